//! Compares what was packed with what the lock pins.

use std::collections::BTreeMap;
use std::path::Path;

use diagnostic::{Error, Result};

use crate::fetch::Fetched;
use crate::lock::{Lock, Tarball};

/// Refuses a lock without some of the tarballs called `names`: since a package was updated, nobody knows what they must be.
pub(super) fn pins_all(names: &[&str], lock: &Lock, lock_path: &Path) -> Result<()> {
    let missing: Vec<&str> = names.iter().copied().filter(|name| lock.tarball(name).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let only: Vec<String> = missing.iter().map(|name| format!(" --only {name}")).collect();
    Err(Error::new(format!("the lock does not pin {}", missing.join(", ")))
        .fact("lock", lock_path.display())
        .fact("reason", "their packages were updated, and the tarballs were not packed since")
        .next(format!("pack them with --update-lock{}, and review the lock's diff", only.concat())))
}

/// Refuses a tarball that differs from the lock although its packages are the pinned ones.
pub(super) fn against_lock(
    made: &Tarball,
    lock: &Lock,
    fetched: &BTreeMap<String, Fetched>,
    lock_path: &Path,
) -> Result<()> {
    let replaced = |id: &String| fetched.get(id).is_some_and(|package| !package.locked);
    if made.packages.iter().any(replaced) {
        return Ok(());
    }
    let pinned = lock.tarball(&made.name);
    if pinned == Some(made) {
        return Ok(());
    }
    let described = |tarball: &Tarball| {
        let Tarball { digest, unpacked_size, files, packages, .. } = tarball;
        let packages = packages.join(", ");
        format!("sha256 {}, {} bytes ({unpacked_size} in {files} files of {packages})", digest.sha256, digest.size)
    };
    Err(Error::new(format!(
        "{} is not what the lock pins: the packing isn't reproducible or the lock is stale",
        made.name
    ))
    .fact("expected", pinned.map_or("nothing: the lock doesn't have this tarball".to_owned(), described))
    .fact("actual", described(made))
    .fact("lock", lock_path.display())
    .next("after a change of the layout or of this program: run with --update-lock and review the lock's diff"))
}
