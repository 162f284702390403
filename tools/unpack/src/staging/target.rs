//! What a target and its parent must be like.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::fault::{StagingFault, io_fault};

/// The device of the target, which must be a folder if it exists.
pub(super) fn device(out: &Path) -> Result<Option<u64>, StagingFault> {
    match fs::symlink_metadata(out) {
        Ok(metadata) if metadata.is_dir() => Ok(Some(metadata.dev())),
        Ok(_) => Err(StagingFault::NotFolder),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(io_fault("look at", out)(error)),
    }
}

pub(super) fn check_empty(out: &Path) -> Result<(), StagingFault> {
    match fs::read_dir(out).map_err(io_fault("list", out))?.next() {
        Some(_) => Err(StagingFault::NotEmpty),
        None => Ok(()),
    }
}

/// Whether the parent of a target does not take a new folder, while the target may.
pub(super) fn is_refusal(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::CrossesDevices)
}
