//! The entry for a Bazel registry (<https://bazel.build/external/registry>), in the layout of one.

use data_encoding::BASE64;
use diagnostic::{Error, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use sysroot::json;
use sysroot::select::{Entry, Tree};

use crate::module;
use crate::source::{MODULE, text};

/// Where the source archive is if nobody said where it will be published: nowhere. Bazel finds it in a --distdir.
const NOWHERE: &str = "file:///toolchains_go_race/no-mirror";

/// The entry's files, for a source archive of these bytes.
///
/// # Errors
///
/// The repository lacks one of the templates in `.bcr`.
pub fn entry(tree: &Tree, version: &str, archive: &[u8], urls: &[String]) -> Result<Tree> {
    let folder = module::folder(version);
    let base = urls.first().map_or(NOWHERE, |url| url.trim_end_matches('/'));
    let source = json!({
        "integrity": format!("sha256-{}", BASE64.encode(&Sha256::digest(archive))),
        "strip_prefix": folder,
        "url": format!("{base}/{folder}.tar.gz"),
    });
    let template = ".bcr/metadata.template.json";
    let mut metadata: Value = serde_json::from_str(text(tree, template)?)
        .map_err(|e| Error::new(format!("{template} is no JSON")).fact("reason", e))?;
    metadata["versions"] = json!([version]);
    let modules = format!("modules/{MODULE}");
    let files = [
        ("bazel_registry.json".to_owned(), "{}\n".to_owned()),
        (format!("{modules}/metadata.json"), json::to_text(&metadata)),
        (format!("{modules}/{version}/MODULE.bazel"), text(tree, "MODULE.bazel")?.to_owned()),
        (format!("{modules}/{version}/presubmit.yml"), text(tree, ".bcr/presubmit.yml")?.to_owned()),
        (format!("{modules}/{version}/source.json"), json::to_text(&source)),
    ];
    Ok(files.into_iter().map(|(path, text)| (path, Entry::ours(text))).collect())
}
