//! The module's source archive: the repository as it is, with the digests of the prebuilt tools.

use std::collections::BTreeMap;
use std::io::Write as _;

use diagnostic::{Error, Result};
use flate2::{Compression, GzBuilder};
use serde_json::{Value, json};
use sysroot::json;
use sysroot::select::{Entry, Tree};
use tar::{Builder, EntryType, Header};

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

/// Packs the tree as a `.tar.gz` whose bytes depend on the tree and on this program alone.
pub fn pack(tree: &Tree, version: &str) -> Result<Vec<u8>> {
    let failed = |e: std::io::Error| Error::new("cannot write the source archive").fact("reason", e);
    // No name and no time in gzip's header; 255 stands for an unknown system.
    let encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let mut tar = Builder::new(encoder);
    let folder = folder(version);
    for (path, entry) in tree {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_path(format!("{folder}/{path}")).map_err(failed)?;
        header.set_mode(if entry.executable { 0o755 } else { 0o644 });
        header.set_size(entry.content.len() as u64);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_cksum();
        tar.append(&header, entry.content.as_slice()).map_err(failed)?;
    }
    let mut bytes = tar.into_inner().and_then(|encoder| encoder.finish()).map_err(failed)?;
    bytes.flush().map_err(failed)?;
    Ok(bytes)
}
