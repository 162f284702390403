//! Bills of materials, in SPDX 2.3 (<https://spdx.github.io/spdx-spec/v2.3/>): of an archive of tools, and of the whole release.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sysroot::about::{CREATED, declared, relationship};
use sysroot::lock::Package;

use crate::components::Component;

/// A file of the release.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// Its name.
    pub name: String,
    /// The release's version.
    pub version: &'a str,
    /// Its digest, unless the document is in it.
    pub sha256: Option<String>,
    /// The licence of what is this module's own in it.
    pub licence: Option<&'a str>,
    /// What is linked into it.
    pub links: &'a [Component],
    /// What it was made from.
    pub made_from: Vec<&'a Package>,
}

/// The document called `name` about `subjects`.
pub fn document(name: &str, subjects: &[Subject<'_>]) -> Value {
    let mut packages = BTreeMap::new();
    let mut relationships = Vec::new();
    for subject in subjects {
        let id = identifier("File", &subject.name, "");
        relationships.push(relationship("SPDXRef-DOCUMENT", "DESCRIBES", &id));
        for component in subject.links {
            let part = identifier("Linked", &component.name, &component.version);
            relationships.push(relationship(&id, "STATIC_LINK", &part));
            packages.insert(part.clone(), linked(&part, component));
        }
        for package in &subject.made_from {
            let part = identifier("Package", &package.id, "");
            relationships.push(relationship(&id, "GENERATED_FROM", &part));
            packages.insert(part.clone(), made_from(&part, package));
        }
        packages.insert(id.clone(), described(&id, subject));
    }
    let references: BTreeSet<&str> = subjects
        .iter()
        .flat_map(|subject| &subject.made_from)
        .flat_map(|package| package.licence.split([' ', '(', ')']))
        .filter(|word| word.starts_with("LicenseRef-"))
        .collect();
    let mut document = json!({
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": name,
        "documentNamespace": "",
        "creationInfo": {
            "created": CREATED,
            "creators": [concat!("Tool: toolchains_go_race-release-", env!("CARGO_PKG_VERSION"))],
        },
        "hasExtractedLicensingInfos": references
            .iter()
            .map(|id| json!({"licenseId": id, "extractedText": "See the folder `licences` of the archive."}))
            .collect::<Vec<_>>(),
        "packages": packages.into_values().collect::<Vec<_>>(),
        "relationships": relationships,
    });
    let digest = Sha256::digest(document.to_string().as_bytes());
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    document["documentNamespace"] = format!("urn:sha256:{digits}").into();
    document
}

fn described(id: &str, subject: &Subject<'_>) -> Value {
    let own = subject.licence.into_iter();
    let parts = subject.links.iter().map(|component| component.licence.as_str());
    let sources = subject.made_from.iter().map(|package| package.licence.as_str());
    let licences = declared(own.chain(parts).chain(sources));
    let mut package = package(id, &subject.name, subject.version, &licences, subject.sha256.as_deref());
    if subject.sha256.is_some() {
        package["packageFileName"] = subject.name.as_str().into();
    }
    package
}

fn linked(id: &str, component: &Component) -> Value {
    let Component { name, version, purl, licence, sha256, .. } = component;
    let mut package = package(id, name, version, licence, sha256.as_deref());
    package["externalRefs"] = purl_reference(purl);
    package
}

fn made_from(id: &str, source: &Package) -> Value {
    let Package { name, version, licence, file, digest, .. } = source;
    let mut package = package(id, name, version, licence, Some(&digest.sha256));
    package["packageFileName"] = file.as_str().into();
    package["externalRefs"] = purl_reference(&source.purl());
    package
}

fn package(id: &str, name: &str, version: &str, licence: &str, sha256: Option<&str>) -> Value {
    let checksums: Vec<Value> =
        sha256.iter().map(|sha256| json!({"algorithm": "SHA256", "checksumValue": sha256})).collect();
    json!({
        "SPDXID": id,
        "name": name,
        "versionInfo": version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": false,
        "checksums": checksums,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": licence,
        "copyrightText": "NOASSERTION",
    })
}

fn purl_reference(purl: &str) -> Value {
    json!([{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": purl}])
}

/// SPDX allows letters, digits, `.` and `-` in identifiers.
fn identifier(kind: &str, name: &str, version: &str) -> String {
    let text = format!("SPDXRef-{kind}-{name}-{version}");
    let text = text.trim_end_matches('-');
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' }).collect()
}
