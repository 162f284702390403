//! Brings packages into the cache folder, each checked against the lock.
//!
//! Cached files are named after their SHA-256 and checked at each use, so a stale or damaged one never serves.

mod apt;
mod client;
mod debian;
mod pypi;
mod registries;

use std::fs;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};
use serde_json::Value;

pub use self::apt::Archive;
pub use self::registries::{Offer, Registries};

use crate::digest::Digest;
use crate::folder::Folder;
use crate::lock::Package;
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
    let mut registries = Registries::new(cache, archive)?;
    let mut fetched = Vec::new();
    for package in packages {
        if let Some(path) = registries.cached(package)? {
            fetched.push(Fetched { path, package: (*package).clone(), locked: true });
            continue;
        }
        let step = progress.step(format!("fetch {} {}", package.id, package.version), None);
        let found = registries.fetch(package)?;
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

/// Moves a downloaded file into the cache, as this version of `package`.
fn admit_as(package: &Package, version: &str, downloaded: &Path, cache: &Folder) -> Result<Fetched> {
    let file = downloaded.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let digest = Digest::of_file(downloaded)?;
    let package = Package { version: version.to_owned(), file, digest, ..package.clone() };
    admit(cache, downloaded, package, false)
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
