//! What a target and its parent must be like.

use std::fs;
use std::io::{self, ErrorKind};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::fault::{StagingFault, io_fault};

/// The device of the target, if it exists.
pub(super) fn check_target(out: &Path) -> Result<Option<u64>, StagingFault> {
    let metadata = match fs::symlink_metadata(out) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        result => result.map_err(io_fault("look at", out))?,
    };
    if !metadata.is_dir() {
        return Err(StagingFault::NotFolder);
    }
    let mut entries = fs::read_dir(out).map_err(io_fault("list", out))?;
    match entries.next() {
        Some(_) => Err(StagingFault::NotEmpty),
        None => Ok(Some(metadata.dev())),
    }
}

/// Whether the parent of a target does not take a new folder, while the target may.
pub(super) fn is_refusal(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::CrossesDevices)
}
