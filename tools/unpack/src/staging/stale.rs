//! Staging folders of killed processes: told from living ones by their lock.

use std::ffi::OsStr;
use std::fs::{self, File, TryLockError};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Whose a staging folder is.
pub(super) enum Claim {
    /// This process's, with the lock if the file system has locks.
    Ours(Option<File>),
    /// Another process holds it, or has removed it.
    Lost,
}

/// Locks the staging folder `path`.
pub(super) fn claim(path: &Path) -> Claim {
    let Ok(folder) = File::open(path) else {
        return Claim::Lost;
    };
    match folder.try_lock() {
        // Removed, and perhaps made again, between the opening and the locking?
        Ok(()) if same(path, &folder) => Claim::Ours(Some(folder)),
        Ok(()) | Err(TryLockError::WouldBlock) => Claim::Lost,
        Err(TryLockError::Error(_)) => Claim::Ours(None),
    }
}

/// Removes the stale ones among the folders of `parent` named `<prefix><pid>-<n>`. What cannot be removed stays: it is in
/// nobody's way.
pub(super) fn remove(parent: &Path, prefix: &OsStr) {
    for entry in fs::read_dir(parent).into_iter().flatten().flatten() {
        let named_so = entry.file_name().as_bytes().strip_prefix(prefix.as_bytes()).is_some_and(is_pid_and_number);
        if !named_so || !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        if let Claim::Ours(Some(_lock)) = claim(&entry.path()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_pid_and_number(text: &[u8]) -> bool {
    let digits = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_digit);
    let mut parts = text.split(|byte| *byte == b'-');
    matches!((parts.next(), parts.next(), parts.next()), (Some(pid), Some(n), None) if digits(pid) && digits(n))
}

fn same(path: &Path, file: &File) -> bool {
    let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
    match (fs::symlink_metadata(path), file.metadata()) {
        (Ok(named), Ok(open)) => identity(named) == identity(open),
        _ => false,
    }
}
