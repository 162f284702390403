//! Errors that say what happened, where, and what to do next.

use std::fmt;
use std::path::Path;

/// Why a file was not listed.
#[derive(Debug)]
pub struct Error {
    what: String,
    place: String,
    next: String,
}

impl Error {
    pub(crate) fn new(what: impl Into<String>, place: &Path, next: impl Into<String>) -> Self {
        Self { what: what.into(), place: place.display().to_string(), next: next.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}\n  where: {}\n  next: {}", self.what, self.place, self.next)
    }
}

impl std::error::Error for Error {}
