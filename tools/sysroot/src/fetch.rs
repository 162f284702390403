//! Brings packages into the cache folder, each checked against the lock.
//!
//! Cached files are named after their SHA-256 and checked at each use, so a stale or damaged one never serves.

mod apt;
mod client;
mod debian;
mod pypi;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

pub use self::apt::Archive;

use self::debian::Suite;
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::lock::{Package, Source};
use crate::progress::Progress;

/// A package in the cache.
#[derive(Clone, Debug)]
pub struct Fetched {
    /// Where its file is.
    pub path: PathBuf,
    /// What it is: the lock's entry, or the suite's current version of it.
    pub package: Package,
    /// The lock pins exactly this.
    pub locked: bool,
}

impl Fetched {
    /// The JSON of the package as in the lock.
    pub fn to_json(&self) -> Value {
        self.package.to_json()
    }
}

/// Fetches `packages` that the folder `cache` lacks, and gives all of them.
pub fn fetch(packages: &[&Package], cache: &Path, archive: &Archive, progress: &Progress) -> Result<Vec<Fetched>> {
    let cache = Folder::hold(cache, ".fetch.lock")?;
    // One apt set-up serves all packages of a suite, and none is made if the cache has everything.
    let mut suites: BTreeMap<String, Suite> = BTreeMap::new();
    let mut fetched = Vec::new();
    for package in packages {
        if let Some(path) = cached(&cache, package)? {
            fetched.push(Fetched { path, package: (*package).clone(), locked: true });
            continue;
        }
        let step = progress.step(format!("fetch {} {}", package.id, package.version), None);
        let found = match &package.source {
            Source::Pypi { platform } => pypi::fetch(package, platform, &cache)?,
            Source::Debian { suite, architecture } => {
                let suite = match suites.entry(suite.clone()) {
                    MapEntry::Occupied(known) => known.into_mut(),
                    MapEntry::Vacant(new) => new.insert(Suite::prepare(suite, archive, &cache)?),
                };
                suite.fetch(package, architecture, &cache)?
            }
        };
        step.done("");
        if !found.locked {
            progress.warn(format!(
                "{}: pinned {} is gone; using {}, payload is NOT LOCKED; sysroot/README.md says how to renew the lock",
                package.id, package.version, found.package.version
            ));
        }
        fetched.push(found);
    }
    Ok(fetched)
}

/// The cache's file for `package`, if it is there and undamaged.
fn cached(cache: &Folder, package: &Package) -> Result<Option<PathBuf>> {
    let path = cache.path().join(cache_name(package));
    if !path.exists() {
        return Ok(None);
    }
    if Digest::of_file(&path)? == package.digest {
        return Ok(Some(path));
    }
    fs::remove_file(&path).map_err(|e| Error::io("remove the damaged", &path, e))?;
    Ok(None)
}

fn cache_name(package: &Package) -> String {
    let extension = Path::new(&package.file).extension().and_then(|extension| extension.to_str()).unwrap_or("package");
    format!("{}-{}.{extension}", package.id, package.digest.sha256)
}

/// Moves a downloaded file into the cache.
fn admit(cache: &Folder, downloaded: &Path, package: Package, locked: bool) -> Result<Fetched> {
    let path = cache.path().join(cache_name(&package));
    fs::rename(downloaded, &path).map_err(|e| Error::io("move a download to", &path, e))?;
    Ok(Fetched { path, package, locked })
}

/// The error for a download that isn't what the lock pins.
fn refused(package: &Package, actual: &Digest) -> Error {
    let Digest { sha256, size } = &package.digest;
    Error::new(format!("{} {} is not what the lock pins: refused", package.id, package.version))
        .fact("expected", format!("sha256 {sha256}, {size} bytes"))
        .fact("actual", format!("sha256 {}, {} bytes", actual.sha256, actual.size))
        .next(
            "try again; if it stays, a registry never changes a published version: find out who did \
             (mirror, proxy, registry) before you trust it",
        )
}

/// The only file in `folder`.
fn only_file(folder: &Path) -> Result<PathBuf> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|e| Error::io("list", folder, e))? {
        paths.push(entry.map_err(|e| Error::io("list", folder, e))?.path());
    }
    match paths.len() {
        1 => Ok(paths.remove(0)),
        n => Err(Error::new(format!("the client left {n} files in its folder, expected the one package"))),
    }
}
