//! All registries' clients behind one face.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry as MapEntry;
use std::path::{Path, PathBuf};

use diagnostic::Result;

use super::debian::Suite;
use super::{Archive, Fetched, cached, pypi};
use crate::folder::Folder;
use crate::lock::{Package, Source};

/// What a registry has of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Every version, in no order.
    pub versions: Vec<String>,
    /// Versions that are there for the machine that asks, whatever the package is wanted for.
    pub here: Vec<String>,
    /// Debian's name of the source that the package is built from.
    pub source: Option<String>,
}

/// The clients, with the cache of packages, which no other process uses meanwhile.
pub struct Registries<'a> {
    cache: Folder,
    archive: &'a Archive,
    /// One apt set-up serves all packages of a suite, and none is made before one is needed.
    suites: BTreeMap<String, Suite>,
}

impl<'a> Registries<'a> {
    /// Nothing is asked yet.
    pub fn new(cache: &Path, archive: &'a Archive) -> Result<Self> {
        Ok(Registries { cache: Folder::hold(cache, ".fetch.lock")?, archive, suites: BTreeMap::new() })
    }

    /// The cache's file for `package`, if it is there and undamaged.
    pub fn cached(&self, package: &Package) -> Result<Option<PathBuf>> {
        cached(&self.cache, package)
    }

    /// What there is of `package`.
    pub fn offer(&mut self, package: &Package) -> Result<Offer> {
        match &package.source {
            Source::Pypi { platform } => pypi::offer(package, platform),
            Source::Debian { suite, .. } => self.suite(suite)?.0.offer(package),
        }
    }

    /// Downloads this version of `package`; one that its makers withdrew only if it is `insisted` on.
    pub fn bring(&mut self, package: &Package, version: &str, insisted: bool) -> Result<Fetched> {
        match &package.source {
            Source::Pypi { platform } => pypi::bring(package, platform, version, insisted, &self.cache),
            Source::Debian { suite, .. } => {
                let (suite, cache) = self.suite(suite)?;
                suite.bring(package, version, cache)
            }
        }
    }

    /// Downloads `package` as it is pinned, or its successor where that is allowed.
    pub(super) fn fetch(&mut self, package: &Package) -> Result<Fetched> {
        match &package.source {
            Source::Pypi { platform } => pypi::fetch(package, platform, &self.cache),
            Source::Debian { suite, .. } => {
                let (suite, cache) = self.suite(suite)?;
                suite.fetch(package, cache)
            }
        }
    }

    fn suite(&mut self, name: &str) -> Result<(&Suite, &Folder)> {
        let suite = match self.suites.entry(name.to_owned()) {
            MapEntry::Occupied(known) => known.into_mut(),
            MapEntry::Vacant(new) => new.insert(Suite::prepare(name, self.archive, &self.cache)?),
        };
        Ok((suite, &self.cache))
    }
}
