//! Turns a sysroot archive (`.tar.zst`) into a folder, or into nothing at all.
//!
//! Bazel runs this as a build action: an archive and its sha256 in, a tree artifact out. Three promises shape it:
//!
//! - **All or nothing.** The archive is unpacked into a staging folder on the file system of the target, which takes the
//!   target's place only after the sha256 of the whole archive was found right. After an error the target is as it was.
//! - **An allow-list.** Regular files and folders under plain relative names; every other entry is an error.
//! - **Bounded.** The archive is read once, as a stream. Memory stays below 64 MiB whatever the archive says, and
//!   [`Limits`] bounds what is written.
//!
//! The path of the data, a module a step: `digest` hashes what is read, `frame` decodes the one zstd frame,
//! `entries` walks the tar stream, `policy` and `names` say what may pass, and a [`Sink`] takes what did.
//! [`read_archive`] runs this path over any reader and sink, which is the place to fuzz it.

mod digest;
mod entries;
mod error;
mod frame;
mod names;
mod policy;
mod selection;
mod sink;
mod staging;

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

pub use digest::{ParseSha256Error, Sha256};
pub use error::Error;
pub use selection::{Member, ParseMemberError};
pub use sink::{FolderSink, Sink};

use error::Kind;
use frame::FrameReader;
use selection::Selection;
use staging::Staging;

/// What to unpack, and where.
#[derive(Clone, Debug)]
pub struct Request {
    /// The `.tar.zst` archive.
    pub archive: PathBuf,
    /// The sha256 of the archive file, every byte of it.
    pub sha256: Sha256,
    /// The folder to make. It may exist when it is empty, as Bazel makes it; its parent must exist.
    pub out: PathBuf,
    /// The part of the archive that becomes the tree: these files and folders, under the names that they have there. All
    /// of it if none is named. The archive is checked as a whole in any case.
    pub only: Vec<Member>,
}

/// What was unpacked, of the part that was asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Regular files.
    pub files: u64,
    /// Folders, with those that no entry names and a file's name implies.
    pub folders: u64,
    /// Bytes in all regular files together.
    pub bytes: u64,
}

/// How much an archive may hold: the guard against decompression bombs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the tar stream: contents, headers and padding.
    pub bytes: u64,
    /// Files and folders, implied folders included.
    pub entries: u64,
}

impl Default for Limits {
    /// 4 GiB, twenty times our largest payload, and 65,536 entries, some ten times our most numerous one.
    fn default() -> Self {
        Limits { bytes: 4 << 30, entries: 1 << 16 }
    }
}

/// Unpacks an archive into a folder.
///
/// # Errors
///
/// The archive is unreadable, damaged, not the expected one or holds what the policy refuses; or the target is not an
/// empty or absent folder, or cannot be written. The target is then as it was.
pub fn unpack(request: &Request) -> Result<Summary, Error> {
    let run = || {
        let source = File::open(&request.archive).map_err(Kind::Open)?;
        let staging = Staging::create(&request.out)?;
        let mut sink = FolderSink::new(staging.path());
        let summary = read(source, &request.sha256, &Limits::default(), Selection(&request.only), &mut sink)?;
        staging.commit()?;
        Ok(summary)
    };
    run().map_err(|kind| Error::new(kind).in_archive(&request.archive))
}

/// Reads an archive from `source` and hands its entries to `sink`, which must not show them to anyone before this
/// returns success: the sha256 is known only at the end.
///
/// # Errors
///
/// As [`unpack`], without the target's.
pub fn read_archive(
    source: impl Read,
    sha256: &Sha256,
    limits: &Limits,
    sink: &mut impl Sink,
) -> Result<Summary, Error> {
    read(source, sha256, limits, Selection(&[]), sink).map_err(Error::new)
}

fn read(
    source: impl Read,
    expected: &Sha256,
    limits: &Limits,
    selection: Selection<'_>,
    sink: &mut impl Sink,
) -> Result<Summary, Kind> {
    let mut frame = FrameReader::new(source, limits.bytes);
    let walked = entries::walk(&mut frame, limits, selection, sink);
    // A broken frame makes a broken tar stream: the frame's error is the cause.
    let walked = frame.take_failure().map_or(walked, Err);
    if let Err(Kind::Read(_) | Kind::Write { .. }) = walked {
        return walked; // Of this machine, not of the archive.
    }
    let (actual, bytes) = frame.into_digest().map_err(Kind::Read)?;
    if actual != *expected {
        return Err(Kind::WrongDigest { expected: *expected, actual, bytes, symptom: walked.err().map(Box::new) });
    }
    let summary = walked?;
    if summary.files == 0 && !selection.0.is_empty() {
        return Err(Kind::NothingSelected(selection.0.iter().map(Member::to_string).collect()));
    }
    Ok(summary)
}
