//! One error type: what happened, where, and what to do next.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::Sha256;
use crate::entries::TarFault;
use crate::frame::FrameFault;
use crate::policy::EntryFault;
use crate::staging::{StagingFault, TargetFault};

/// Why an archive was not unpacked.
///
/// Displayed as three parts: what happened, where it happened and what to do next, the last two on lines of their own.
#[derive(Debug)]
pub struct Error {
    kind: Kind,
    archive: Option<PathBuf>,
}

#[derive(Debug)]
pub(crate) enum Kind {
    Open(io::Error),
    Read(io::Error),
    WrongDigest {
        expected: Sha256,
        actual: Sha256,
        bytes: u64,
        symptom: Option<Box<Kind>>,
    },
    /// The offset is in the archive file.
    Frame {
        fault: FrameFault,
        offset: u64,
    },
    /// The offset is in the decoded tar stream, as with entries.
    Tar {
        fault: TarFault,
        offset: u64,
    },
    Entry {
        name: String,
        fault: EntryFault,
        offset: u64,
    },
    Write {
        name: String,
        source: io::Error,
    },
    Target(TargetFault),
    NothingSelected(Vec<String>),
}

impl From<TargetFault> for Kind {
    fn from(fault: TargetFault) -> Self {
        Kind::Target(fault)
    }
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Error { kind, archive: None }
    }

    pub(crate) fn in_archive(mut self, archive: &Path) -> Self {
        self.archive = Some(archive.to_owned());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.write_what(f)?;
        if let Some(archive) = &self.archive {
            write!(f, "\n  archive: {}", archive.display())?;
        }
        self.kind.write_where(f)?;
        write!(f, "\n  next: {}", self.kind.next())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.kind {
            Kind::Open(source) | Kind::Read(source) | Kind::Write { source, .. } => Some(source),
            Kind::Target(TargetFault { fault: StagingFault::Io { source, .. }, .. }) => Some(source),
            _ => None,
        }
    }
}

impl Kind {
    fn write_what(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Open(source) => write!(f, "cannot open the archive: {source}"),
            Kind::Read(source) => write!(f, "cannot read the archive: {source}"),
            Kind::WrongDigest { .. } => write!(f, "the archive does not have the expected sha256"),
            Kind::Frame { fault, .. } => write!(f, "{fault}"),
            Kind::Tar { fault, .. } => write!(f, "{fault}"),
            Kind::Entry { fault, .. } => write!(f, "refused an entry of the archive: {fault}"),
            Kind::Write { source, .. } => write!(f, "cannot write a file of the tree: {source}"),
            Kind::Target(target) => write!(f, "{}", target.fault),
            Kind::NothingSelected(_) => write!(f, "the archive has no file of those that --only names"),
        }
    }

    fn write_where(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Open(_) | Kind::Read(_) => Ok(()),
            Kind::WrongDigest { expected, actual, bytes, symptom } => {
                write!(f, "\n  expected: {expected}\n  actual:   {actual} ({bytes} bytes)")?;
                let Some(symptom) = symptom else {
                    return Ok(());
                };
                f.write_str("\n  also: ")?;
                symptom.write_what(f)
            }
            Kind::Frame { offset, .. } => write!(f, "\n  offset: {offset} in the archive"),
            Kind::Tar { offset, .. } => {
                write!(f, "\n  offset: {offset} in the unpacked tar stream")
            }
            Kind::Entry { name, offset, .. } => {
                write!(f, "\n  entry: {name:?}\n  offset: {offset} in the unpacked tar stream")
            }
            Kind::Write { name, .. } => write!(f, "\n  entry: {name:?}"),
            Kind::Target(target) => write!(f, "\n  target: {}", target.out.display()),
            Kind::NothingSelected(members) => write!(f, "\n  only: {}", members.join(", ")),
        }
    }

    fn next(&self) -> &'static str {
        match self {
            Kind::Open(_) => "check the path that --archive names",
            Kind::Read(_) => "check the disk or the mount that holds the archive, and run again",
            Kind::WrongDigest { .. } => {
                "the download is damaged, or the lock is for another payload: delete the archive and fetch it again, \
                 or update the lock"
            }
            // The sha256 is right, so fetching again brings the same bytes.
            Kind::Frame { fault: FrameFault::Window(_), .. } => "compress it with at most `zstd -19`, without --long",
            Kind::Frame { fault: FrameFault::Dictionary(_), .. } => "compress it without a dictionary",
            Kind::Frame { .. } => "the archive is as its lock says: pack it again, as one zstd frame of one tar stream",
            Kind::Tar { .. } => "the archive is as its lock says: pack it again, with `tar --format=ustar`",
            Kind::Entry { .. } => {
                "the archive is as its lock says: pack it again, with regular files and folders only, under plain \
                 relative names (`tar --format=ustar`, no leading `./`)"
            }
            Kind::Write { .. } => "check the free space and the rights of the target's folder, and run again",
            Kind::NothingSelected(_) => {
                "this is an archive of another kind or of another layout: see what is in it, and correct --only"
            }
            Kind::Target(target) => match target.fault {
                StagingFault::NoName => "give --out the path of the folder to make",
                StagingFault::NotFolder => "remove it, or give --out another path",
                StagingFault::NotEmpty => {
                    "delete it, or give --out another path; if another run was at work on it, its tree is there"
                }
                StagingFault::Io { .. } => "check that the target's parent folder exists, is writable and has space",
            },
        }
    }
}
