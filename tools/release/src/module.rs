//! What the module's source archive is: the repository as it is, with the digests of the prebuilt tools.

use std::collections::BTreeMap;

use diagnostic::{Error, Result};
use serde_json::{Value, json};
use sysroot::json;
use sysroot::select::{Entry, Tree};

use crate::source::MODULE;

/// What a release adds to a checkout, which has an empty one.
const RELEASE: &str = "toolchain/prebuilt/release.json";

/// The folder that the archive consists of, and its name without `.tar.gz`.
pub fn folder(version: &str) -> String {
    format!("{MODULE}-{version}")
}

/// Writes into the tree where the prebuilt tools are: by architecture, the archive's name and SHA-256.
///
/// # Errors
///
/// The tree is that of a release already, or has no such file.
pub fn complete(tree: &mut Tree, tools: &BTreeMap<String, (String, String)>, urls: &[String]) -> Result<()> {
    let empty = json!({"version": 1, "urls": [], "tools": {}});
    let is: Value = serde_json::from_str(crate::source::text(tree, RELEASE)?)
        .map_err(|e| Error::new(format!("{RELEASE} is no JSON")).fact("reason", e))?;
    if is != empty {
        return Err(Error::new(format!("{RELEASE} is not that of a checkout"))
            .next("make releases of a clone of the repository, and commit nothing in this file"));
    }
    let tools: BTreeMap<&String, Value> =
        tools.iter().map(|(arch, (file, sha256))| (arch, json!({"file": file, "sha256": sha256}))).collect();
    let text = json::to_text(&json!({"version": 1, "urls": urls, "tools": tools}));
    tree.insert(RELEASE.to_owned(), Entry::ours(text));
    Ok(())
}
