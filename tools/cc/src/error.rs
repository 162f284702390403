//! Errors that say what happened, where, and what to do next.

use std::fmt;
use std::io;
use std::path::Path;

/// Exit code of a call that the driver refuses; clang's own for a bad command line.
pub const REFUSED: u8 = 1;

/// Why the driver did not become LLVM.
#[derive(Debug)]
pub struct Error {
    what: String,
    place: String,
    next: String,
    exit_code: u8,
}

impl Error {
    pub(crate) fn refused(what: impl Into<String>, place: impl Into<String>, next: impl Into<String>) -> Self {
        Self { what: what.into(), place: place.into(), next: next.into(), exit_code: REFUSED }
    }

    /// The payload could not be executed. 127 and 126 are the shell's codes for "not found" and "found, cannot run".
    pub fn not_executable(program: &Path, cause: &io::Error) -> Self {
        let missing = cause.kind() == io::ErrorKind::NotFound;
        Self {
            what: format!("cannot run LLVM: {cause}"),
            place: program.display().to_string(),
            next: if missing {
                "the LLVM tree must be at this place beside the driver: make the toolchain's `all_files` inputs of the action".into()
            } else {
                "the LLVM tree must be made for this machine's architecture and be on a file system that allows programs".into()
            },
            exit_code: if missing { 127 } else { 126 },
        }
    }

    /// The process's exit code for this error.
    pub fn exit_code(&self) -> u8 {
        self.exit_code
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  where: {}\n  next: {}", self.what, self.place, self.next)
    }
}

impl std::error::Error for Error {}
