//! The payload's archives, which must be those that the lock pins.

use std::fs;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};
use serde_json::Value;
use sysroot::digest::Digest;
use sysroot::lock::Lock;

/// Finds each archive of the lock in one of `folders`, in the lock's order.
///
/// # Errors
///
/// One is missing or is another one; or a folder's `payload.json` says that it is not what the lock pins.
pub fn find(lock: &Lock, folders: &[PathBuf]) -> Result<Vec<PathBuf>> {
    for folder in folders {
        check_locked(folder)?;
    }
    let mut found = Vec::new();
    for tarball in &lock.tarballs {
        let path = folders.iter().map(|folder| folder.join(&tarball.name)).find(|path| path.is_file());
        let path = path.ok_or_else(|| {
            Error::new(format!("the payload has no {}", tarball.name))
                .fact(
                    "folders",
                    folders.iter().map(|folder| folder.display().to_string()).collect::<Vec<_>>().join(", "),
                )
                .next("make all archives: `sysroot pack` without --only")
        })?;
        let digest = Digest::of_file(&path)?;
        if digest != tarball.digest {
            return Err(Error::new(format!("{} is not what the lock pins", tarball.name))
                .fact("locked", &tarball.digest.sha256)
                .fact("is", &digest.sha256)
                .next("pack it again, or renew the lock: `sysroot pack --update-lock`"));
        }
        found.push(path);
    }
    Ok(found)
}

fn check_locked(folder: &Path) -> Result<()> {
    let path = folder.join("payload.json");
    let text = fs::read_to_string(&path).map_err(|e| Error::io("read", &path, e))?;
    let payload: Value = serde_json::from_str(&text).map_err(|e| Error::io("read", &path, e))?;
    if payload["locked"] == true {
        return Ok(());
    }
    Err(Error::new("the payload is not locked: a pinned package is gone, and its successor was taken")
        .fact("payload", path.display())
        .next("renew the lock (`sysroot update`, sysroot/README.md), review and commit it, and release then"))
}
