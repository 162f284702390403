//! The staging folder inside of the target, for a target whose parent takes no folder.
//!
//! It holds the tree, and from the moment when entries move up, their list: a run that is killed between two of them leaves a
//! target that is neither empty nor whole, and the next run can tell which of its entries to remove.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::fault::{StagingFault, io_fault};
use super::stale::{Claim, claim};

/// The staging folder's name in the target. One name for all: the second of two runs at once must fail.
pub(super) const NAME: &str = ".unpack-staging";

const TREE: &str = "tree";
const LIST: &str = "moved-up";

/// The folder to fill for an empty target, and the lock on the staging folder around it.
pub(super) fn create(out: &Path) -> Result<(PathBuf, Option<File>), StagingFault> {
    let staging = out.join(NAME);
    make(&staging)?;
    // Another run may have taken the new folder for a stale one before this one could lock it.
    let Claim::Ours(lock) = claim(&staging) else {
        return Err(StagingFault::NotEmpty);
    };
    // Again, now that no second run can come between: it would have to make the same staging folder.
    let entries = fs::read_dir(out).map_err(io_fault("list", out))?;
    let tree = staging.join(TREE);
    let made = if entries.count() == 1 { make(&tree) } else { Err(StagingFault::NotEmpty) };
    made.inspect_err(|_| remove(out))?;
    Ok((tree, lock))
}

fn make(folder: &Path) -> Result<(), StagingFault> {
    fs::create_dir(folder).map_err(|error| match error.kind() {
        ErrorKind::AlreadyExists => StagingFault::NotEmpty,
        _ => io_fault("make the staging folder", folder)(error),
    })
}

/// Removes what a killed run left in the target `out`: nothing, unless there is a staging folder that no process holds.
pub(super) fn recover(out: &Path) {
    let staging = out.join(NAME);
    if let Claim::Ours(Some(_lock)) = claim(&staging) {
        let list = fs::read(staging.join(LIST)).unwrap_or_default();
        let names = list.split(|byte| *byte == b'\n').map(OsStr::from_bytes);
        for name in names.filter(|name| Path::new(name).file_name() == Some(name)) {
            // What cannot be removed makes the target one that is not empty.
            let path = out.join(name);
            let _ = fs::remove_dir_all(&path).or_else(|_| fs::remove_file(&path));
        }
        remove(out);
    }
}

/// Removes the staging folder.
pub(super) fn remove(out: &Path) {
    let _ = fs::remove_dir_all(out.join(NAME));
}

/// Moves the entries of the staging folder's tree into the target `out`, all or none.
pub(super) fn move_up(out: &Path) -> Result<(), StagingFault> {
    let tree = out.join(NAME).join(TREE);
    let mut moved = Vec::new();
    let mut run = || -> io::Result<()> {
        let names = fs::read_dir(&tree)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
        fs::write(out.join(NAME).join(LIST), names.join(OsStr::new("\n")).as_bytes())?;
        for name in names {
            fs::rename(tree.join(&name), out.join(&name))?;
            moved.push(name);
        }
        Ok(())
    };
    run().map_err(|error| {
        for name in &moved {
            // The first error is the one to report; a folder that cannot be written to any more keeps its content.
            let _ = fs::rename(out.join(name), tree.join(name));
        }
        io_fault("move the unpacked tree into", out)(error)
    })
}
