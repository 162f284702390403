//! The bill of materials, in SPDX 2.3 (<https://spdx.github.io/spdx-spec/v2.3/>).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::{Manifest, hexadecimal};
use crate::lock::Package;
use crate::select::{Entry, LICENCES, Tree};

/// SPDX wants a time. The document says nothing of when it was made, so that it is the same whenever it is.
pub const CREATED: &str = "1980-01-01T00:00:00Z";

/// Identifiers of licences that are in no list of SPDX's, and what they say.
const EXTRACTED: [(&str, &str); 2] = [
    ("LicenseRef-public-domain", "Parts are in the public domain"),
    ("LicenseRef-IBM-as-is", "Parts are IBM's, who allows any use of them and gives no warranty"),
];

const PAYLOAD: &str = "SPDXRef-Payload";

/// The document about the archive of `manifest`.
pub(super) fn document(tree: &Tree, manifest: &Manifest, namespace: &str) -> Value {
    let mut sums: Vec<String> = Vec::new();
    let mut files = Vec::new();
    let mut relationships = vec![relationship("SPDXRef-DOCUMENT", "DESCRIBES", PAYLOAD)];
    for (number, member) in manifest.members.iter().enumerate() {
        let sha1 = hexadecimal(&Sha1::digest(&tree[&member.path].content));
        let id = format!("SPDXRef-File-{number}");
        files.push(json!({
            "SPDXID": id,
            "fileName": format!("./{}", member.path),
            "checksums": [
                {"algorithm": "SHA1", "checksumValue": sha1},
                {"algorithm": "SHA256", "checksumValue": member.sha256},
            ],
            "licenseConcluded": "NOASSERTION",
            "licenseInfoInFiles": ["NOASSERTION"],
            "copyrightText": "NOASSERTION",
        }));
        relationships.push(relationship(PAYLOAD, "CONTAINS", &id));
        for package in &member.packages {
            relationships.push(relationship(&id, "GENERATED_FROM", &package_id(package)));
        }
        sums.push(sha1);
    }
    sums.sort();
    let all = declared(manifest.packages.iter().map(|package| package.licence.as_str()));
    let mut packages = vec![json!({
        "SPDXID": PAYLOAD,
        "name": manifest.tarball,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": true,
        "packageVerificationCode": {"packageVerificationCodeValue": hexadecimal(&Sha1::digest(sums.concat()))},
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": all,
        "licenseInfoFromFiles": ["NOASSERTION"],
        "copyrightText": "NOASSERTION",
    })];
    packages.extend(manifest.packages.iter().map(package));
    for source in &manifest.packages {
        relationships.push(relationship(PAYLOAD, "GENERATED_FROM", &package_id(&source.id)));
    }
    let extracted = EXTRACTED.iter().filter(|(id, _)| all.contains(id)).map(|(id, meaning)| {
        let text = format!("{meaning}: see the archive's {}.", named_files(&files_about(tree, manifest, id)));
        json!({"licenseId": id, "extractedText": text})
    });
    json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": manifest.tarball,
        "documentNamespace": namespace,
        "creationInfo": {
            "created": CREATED,
            "creators": [concat!("Tool: toolchains_go_race-sysroot-", env!("CARGO_PKG_VERSION"))],
        },
        "hasExtractedLicensingInfos": extracted.collect::<Vec<_>>(),
        "packages": packages,
        "files": files,
        "relationships": relationships,
    })
}

/// The packages' own texts of licences, of those packages whose licence names `id`.
fn files_about<'a>(tree: &'a Tree, manifest: &Manifest, id: &str) -> Vec<&'a str> {
    let named: Vec<&Package> = manifest.packages.iter().filter(|package| package.licence.contains(id)).collect();
    let is_of_one = |entry: &Entry| named.iter().any(|package| entry.packages.contains(&package.id));
    tree.iter()
        .filter(|(path, entry)| path.starts_with(LICENCES) && is_of_one(entry))
        .map(|(path, _)| path.as_str())
        .collect()
}

fn named_files(paths: &[&str]) -> String {
    format!("{} {}", if paths.len() == 1 { "file" } else { "files" }, paths.join(", "))
}

fn package(source: &Package) -> Value {
    json!({
        "SPDXID": package_id(&source.id),
        "name": source.name,
        "versionInfo": source.version,
        "packageFileName": source.file,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "checksums": [{"algorithm": "SHA256", "checksumValue": source.digest.sha256}],
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": source.licence,
        "copyrightText": "NOASSERTION",
        "externalRefs": [{
            "referenceCategory": "PACKAGE-MANAGER",
            "referenceType": "purl",
            "referenceLocator": source.purl(),
        }],
    })
}

/// SPDX allows letters, digits, `.` and `-` in identifiers, and so do the lock's.
fn package_id(id: &str) -> String {
    format!("SPDXRef-Package-{id}")
}

/// The licences of all parts together, each once.
pub fn declared<'a>(licences: impl IntoIterator<Item = &'a str>) -> String {
    let licences: BTreeSet<&str> = licences.into_iter().collect();
    let parts: Vec<String> = licences.iter().map(|licence| format!("({licence})")).collect();
    parts.join(" AND ")
}

/// That an element of a document is related to another, both by their identifiers.
pub fn relationship(from: &str, kind: &str, to: &str) -> Value {
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
}
