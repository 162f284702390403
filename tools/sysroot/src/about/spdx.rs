//! The bill of materials, in SPDX 2.3 (<https://spdx.github.io/spdx-spec/v2.3/>).

use serde_json::{Value, json};
use sha1::{Digest as _, Sha1};

use super::{Manifest, hexadecimal};
use crate::lock::Package;
use crate::select::Tree;

/// SPDX wants a time. The document says nothing of when it was made, so that it is the same whenever it is.
const CREATED: &str = "1980-01-01T00:00:00Z";

/// Identifiers of licences that are in no list of SPDX's, with their texts.
const EXTRACTED: [(&str, &str); 1] =
    [("LicenseRef-public-domain", "Parts are in the public domain: see the archive's file licences/musl.")];

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
    let mut packages = vec![json!({
        "SPDXID": PAYLOAD,
        "name": manifest.tarball,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": true,
        "packageVerificationCode": {"packageVerificationCodeValue": hexadecimal(&Sha1::digest(sums.concat()))},
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": declared(&manifest.packages),
        "licenseInfoFromFiles": ["NOASSERTION"],
        "copyrightText": "NOASSERTION",
    })];
    packages.extend(manifest.packages.iter().map(package));
    for source in &manifest.packages {
        relationships.push(relationship(PAYLOAD, "GENERATED_FROM", &package_id(&source.id)));
    }
    let all = declared(&manifest.packages);
    let extracted = EXTRACTED.iter().filter(|(id, _)| all.contains(id));
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
        "hasExtractedLicensingInfos": extracted
            .map(|(id, text)| json!({"licenseId": id, "extractedText": text}))
            .collect::<Vec<_>>(),
        "packages": packages,
        "files": files,
        "relationships": relationships,
    })
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

/// The licences of all packages together.
fn declared(packages: &[Package]) -> String {
    let mut licences: Vec<&str> = packages.iter().map(|package| package.licence.as_str()).collect();
    licences.sort_unstable();
    licences.dedup();
    let parts: Vec<String> = licences.iter().map(|licence| format!("({licence})")).collect();
    parts.join(" AND ")
}

fn relationship(from: &str, kind: &str, to: &str) -> Value {
    json!({"spdxElementId": from, "relationshipType": kind, "relatedSpdxElement": to})
}
