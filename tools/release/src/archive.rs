//! Writes a tree as a `.tar.gz` whose bytes depend on the tree and on this program alone.
//!
//! Bazel unpacks these archives itself, and not every Bazel reads zstd: Debian's does not.

use std::path::Path;

use diagnostic::{Error, Result};
use flate2::{Compression, GzBuilder};
use sysroot::select::Tree;
use tar::{Builder, EntryType, Header};

/// Packs the tree below a folder (none: an empty name).
pub fn pack(tree: &Tree, folder: &str) -> Result<Vec<u8>> {
    let failed = |e: std::io::Error| Error::new("cannot write an archive").fact("reason", e);
    // No name and no time in gzip's header; 255 stands for an unknown system.
    let encoder = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
    let mut tar = Builder::new(encoder);
    let folder = Path::new(folder);
    for (path, entry) in tree {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_path(folder.join(path)).map_err(failed)?;
        header.set_mode(if entry.executable { 0o755 } else { 0o644 });
        header.set_size(entry.content.len() as u64);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_cksum();
        tar.append(&header, entry.content.as_slice()).map_err(failed)?;
    }
    tar.into_inner().and_then(|encoder| encoder.finish()).map_err(failed)
}
