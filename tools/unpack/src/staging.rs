//! The staging folder: where a tree grows until it may take the target's place.
//!
//! It lies beside the target, as `.<name>.unpack-<pid>-<n>`, so that one rename makes the whole tree appear. Where the
//! parent is not writable or is another file system, it lies inside the target, and its entries are moved up one by one,
//! and back again if one fails.
//!
//! A staging folder is removed when it is dropped. One that a killed process left is removed by the next run for the same
//! target. A process id proves nothing across containers that share a folder, so each run holds a lock (flock) on its
//! staging folder, which the kernel drops with the process: only what can be locked is removed. Where the file system has
//! no locks, nothing is.

mod fault;
mod inside;
mod stale;
mod target;

use std::ffi::{OsStr, OsString};
use std::fs::{self, File, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process;

pub(crate) use fault::{StagingFault, TargetFault};

use fault::io_fault;
use target::is_refusal;

/// A folder that becomes the target on [`Staging::commit`], and nothing when dropped before.
pub(crate) struct Staging {
    path: PathBuf,
    out: PathBuf,
    inside: bool,
    /// Held open for its lock.
    _claim: Option<File>,
}

impl Staging {
    /// Makes the staging folder for the target `out`, which must be absent or an empty folder.
    pub(crate) fn create(out: &Path) -> Result<Self, TargetFault> {
        Self::place(out).map_err(|fault| TargetFault { out: out.to_owned(), fault })
    }

    fn place(out: &Path) -> Result<Self, StagingFault> {
        let name = out.file_name().ok_or(StagingFault::NoName)?;
        let parent = match out.parent() {
            Some(parent) if parent != Path::new("") => parent,
            _ => Path::new("."),
        };
        let device = target::device(out)?;
        // Whether or not this run will find a place: there may be no other.
        stale::remove(parent, &prefix(name));
        if device.is_some() {
            inside::recover(out);
            target::check_empty(out)?;
        }
        let parent_device = fs::metadata(parent).map_err(io_fault("look at", parent))?.dev();
        if device.is_some_and(|device| device != parent_device) {
            return Self::inside(out);
        }
        match Self::beside(out, parent, name) {
            Err(StagingFault::Io { source, .. }) if device.is_some() && is_refusal(&source) => Self::inside(out),
            result => result,
        }
    }

    fn beside(out: &Path, parent: &Path, name: &OsStr) -> Result<Self, StagingFault> {
        for n in 0u32.. {
            let mut file_name = prefix(name);
            file_name.push(format!("{}-{n}", process::id()));
            let path = parent.join(file_name);
            match fs::create_dir(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == ErrorKind::AlreadyExists => continue,
                Err(error) => return Err(io_fault("make the staging folder", &path)(error)),
            }
            // Another run may have taken the new folder for a stale one before this one could lock it.
            if let stale::Claim::Ours(claim) = stale::claim(&path) {
                return Self::open(path, out, false, claim);
            }
        }
        unreachable!("four billion staging folders")
    }

    fn inside(out: &Path) -> Result<Self, StagingFault> {
        let (path, claim) = inside::create(out)?;
        Self::open(path, out, true, claim)
    }

    fn open(path: PathBuf, out: &Path, inside: bool, claim: Option<File>) -> Result<Self, StagingFault> {
        let staging = Staging { path, out: out.to_owned(), inside, _claim: claim };
        let mode = Permissions::from_mode(0o755);
        fs::set_permissions(&staging.path, mode).map_err(io_fault("set the mode of", &staging.path))?;
        Ok(staging)
    }

    /// The folder to fill.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the tree in the target's place.
    pub(crate) fn commit(self) -> Result<(), TargetFault> {
        let result = if self.inside { inside::move_up(&self.out) } else { self.rename() };
        result.map_err(|fault| TargetFault { out: self.out.clone(), fault })
    }

    fn rename(&self) -> Result<(), StagingFault> {
        // Replaces an empty folder, and nothing else.
        fs::rename(&self.path, &self.out).map_err(|error| match error.kind() {
            ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists => StagingFault::NotEmpty,
            ErrorKind::NotADirectory => StagingFault::NotFolder,
            _ => io_fault("move the unpacked tree to", &self.out)(error),
        })
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        // After a rename it is gone. Otherwise an error has been or will be reported, and it is the one that matters.
        if self.inside {
            inside::remove(&self.out);
        } else {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

fn prefix(name: &OsStr) -> OsString {
    let mut prefix = OsString::from(".");
    prefix.push(name);
    prefix.push(".unpack-");
    prefix
}

#[cfg(test)]
mod tests;
