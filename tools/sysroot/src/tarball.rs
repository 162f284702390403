//! Writes a tree as a `.tar.zst` whose bytes depend on the tree and on this program alone.
//!
//! The tar has the files in the order of their paths and no entries for folders (the unpacker creates parents), with
//! modification time, owner and group 0 and no names. It is one zstd frame that says how long its content is; it
//! carries no checksum, because whoever reads a tarball checks its SHA-256.

use std::io::Write;

use diagnostic::{Error, Result};
use tar::{Builder, EntryType, Header};

use crate::digest::{Digest, Hashing};
use crate::select::Tree;

/// zstd's highest level whose window (8 MiB) every decoder accepts. 20 to 22 ask for more memory in each unpacking.
pub const MAX_LEVEL: i32 = 19;

const BLOCK: u64 = 512;

/// Writes `tree` to `sink`, compressed at one of zstd's levels (1 to [`MAX_LEVEL`]) with `workers` (at least one) threads, and says
/// what was written.
///
/// zstd cuts the content into jobs by its parameters and never by the number of workers. So the bytes are the same for
/// any number from 1 on; without workers, where zstd uses no jobs at all, they would not be.
pub fn write(tree: &Tree, sink: impl Write, level: i32, workers: u32, packed: impl Fn(u64)) -> Result<Digest> {
    let failed = |e: std::io::Error| Error::new("cannot write the tarball").fact("reason", e);
    let mut encoder = zstd::Encoder::new(Hashing::new(sink), level).map_err(failed)?;
    encoder.multithread(workers.max(1)).map_err(failed)?;
    encoder.include_checksum(false).map_err(failed)?;
    encoder.set_pledged_src_size(Some(tar_size(tree))).map_err(failed)?;
    let mut tar = Builder::new(Counting { inner: encoder, total: 0, report: packed });
    for (path, entry) in tree {
        let mut header = Header::new_ustar();
        header.set_entry_type(EntryType::Regular);
        header.set_path(path).map_err(failed)?;
        header.set_mode(if entry.executable { 0o755 } else { 0o644 });
        header.set_size(entry.content.len() as u64);
        header.set_mtime(0);
        header.set_uid(0);
        header.set_gid(0);
        header.set_cksum();
        tar.append(&header, entry.content.as_slice()).map_err(failed)?;
    }
    let hashing = tar.into_inner().and_then(|counting| counting.inner.finish()).map_err(failed)?;
    let (mut sink, digest) = hashing.finish();
    sink.flush().map_err(failed)?;
    Ok(digest)
}

/// The size of the uncompressed tar, which the frame's header states.
pub fn tar_size(tree: &Tree) -> u64 {
    let entries = tree.values().map(|entry| BLOCK + (entry.content.len() as u64).next_multiple_of(BLOCK));
    entries.sum::<u64>() + 2 * BLOCK
}

/// A writer that reports how much went through it.
struct Counting<W, F> {
    inner: W,
    total: u64,
    report: F,
}

impl<W: Write, F: Fn(u64)> Write for Counting<W, F> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.total += written as u64;
        (self.report)(self.total);
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush()
    }
}
