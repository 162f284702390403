//! Why a tree cannot be made at its target, in words.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

/// Why a tree cannot be made at its target.
#[derive(Debug)]
pub(crate) enum StagingFault {
    NoName,
    NotFolder,
    NotEmpty,
    Io { doing: &'static str, path: PathBuf, source: io::Error },
}

impl fmt::Display for StagingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoName => write!(f, "the target's path does not end in a name"),
            Self::NotFolder => write!(f, "the target exists and is not a folder"),
            Self::NotEmpty => write!(f, "the target exists and is not empty"),
            Self::Io { doing, path, source } => write!(f, "cannot {doing} {}: {source}", path.display()),
        }
    }
}

/// A target, and the fault that it has.
#[derive(Debug)]
pub(crate) struct TargetFault {
    pub(crate) out: PathBuf,
    pub(crate) fault: StagingFault,
}

pub(super) fn io_fault(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> StagingFault {
    let path = path.to_owned();
    move |source| StagingFault::Io { doing, path: path.clone(), source }
}
