//! `sysroot update`: pins newer packages.
//!
//! All or nothing: the lock is written once, when every package is there. The tarballs that were made of what is replaced
//! are no longer right, so their entries go: `sysroot pack` refuses such a lock until `--update-lock` has put them back.

mod edit;
mod members;
mod plan;
mod version;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use diagnostic::{Error, Result};
use serde_json::{Value, json};

pub use self::members::{Change, Outcome};
pub use self::plan::Wish;

use self::plan::{Group, Known};
use crate::fetch::{Archive, Registries};
use crate::folder::write_whole;
use crate::lock::{Lock, Package};
use crate::progress::Progress;
use crate::select::layout;

/// What to update, and how.
pub struct Options {
    /// The lock file.
    pub lock: PathBuf,
    /// The packages' cache.
    pub cache: PathBuf,
    /// Which packages, and to what.
    pub wish: Wish,
    /// Leave the lock alone.
    pub dry_run: bool,
    /// Where Debian's packages come from.
    pub archive: Archive,
}

/// What was, or would be, changed.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The lock was written.
    pub written: bool,
    /// Old and new entries of the packages that move, in the lock's order.
    pub moved: Vec<(Package, Package)>,
    /// Packages that were looked at and stay.
    pub up_to_date: Vec<Package>,
    /// The tarballs that the lock does not, or would not, pin any more, in the layout's order.
    pub pack_again: Vec<String>,
    /// What changes in those of them that were pinned.
    pub changes: Vec<Change>,
}

/// Finds newer versions, fetches them and pins them.
///
/// # Errors
///
/// A client fails, packages that belong together are not to be had in one version, or the lock cannot be written. The lock
/// is as it was then.
pub fn update(options: &Options, progress: &Progress) -> Result<Summary> {
    let text = fs::read_to_string(&options.lock).map_err(|e| Error::io("read the lock", &options.lock, e))?;
    let in_lock = |e: Error| e.fact("in", options.lock.display());
    let lock = Lock::parse(&text).map_err(in_lock)?;
    let mut registries = Registries::new(&options.cache, &options.archive)?;

    let mut known = Vec::new();
    for package in options.wish.concerned(&lock.packages)? {
        let step = progress.step(format!("look {} up", package.id), None);
        known.push(Known { package, offer: registries.offer(package)? });
        step.done("");
    }
    let groups = options.wish.groups(known)?;
    // Before anything is downloaded, each is known to be there.
    let targets = groups.iter().map(Group::target).collect::<Result<Vec<_>>>()?;
    for group in groups.iter().filter(|group| !group.is_insisted_on()) {
        if let Some(version) = group.missed() {
            let names = group.names();
            progress
                .warn(format!("{names} {version} is there, but not for the lock's `platform`: have the tags changed?"));
        }
    }
    let mut new: BTreeMap<String, Package> = BTreeMap::new();
    let mut paths: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut same: Vec<&str> = Vec::new();
    for (group, target) in groups.iter().zip(&targets) {
        for Known { package, offer } in &group.members {
            let Some(version) = target.as_ref().filter(|version| **version != package.version) else {
                if !offer.versions.contains(&package.version) {
                    progress.warn(format!("{}: {} is no longer offered", package.id, package.version));
                }
                same.push(&package.id);
                continue;
            };
            let step = progress.step(format!("fetch {} {version}", package.id), None);
            let fetched = registries.bring(package, version, group.is_insisted_on())?;
            step.done("");
            paths.insert(package.id.clone(), fetched.path);
            new.insert(package.id.clone(), fetched.package);
        }
    }

    let gone = lock.tarballs.iter().filter(|tarball| tarball.packages.iter().any(|id| new.contains_key(id)));
    let gone: Vec<String> = gone.map(|tarball| tarball.name.clone()).collect();
    let stays = |name: &str| lock.tarball(name).is_some() && !gone.iter().any(|gone| gone == name);
    let layouts = layout();
    let pack_again = layouts.iter().map(|layout| layout.name).filter(|name| !stays(name)).map(str::to_owned).collect();
    let replacements: Vec<Package> = new.values().cloned().collect();
    let edited = edit::edit(&text, &replacements, &gone).map_err(in_lock)?;

    let mut files = members::Files::new();
    for package in lock.packages.iter().filter(|_| !gone.is_empty()) {
        let old = registries.cached(package)?;
        let old = old.ok_or_else(|| format!("{} {} is not in the cache", package.id, package.version));
        let pair = old.map(|old| (old.clone(), paths.get(&package.id).cloned().unwrap_or(old)));
        files.insert(package.id.clone(), pair);
    }
    let changes = layouts.iter().filter(|layout| gone.iter().any(|name| name == layout.name));
    let changes = changes.map(|layout| members::change(layout, &files)).collect();

    let written = !options.dry_run && !new.is_empty();
    if written {
        write(options, &text, &edited)?;
    }
    let up_to_date = lock.packages.iter().filter(|package| same.contains(&package.id.as_str())).cloned().collect();
    let moved = lock.packages.iter().filter_map(|old| Some((old.clone(), new.remove(&old.id)?))).collect();
    Ok(Summary { written, moved, up_to_date, pack_again, changes })
}

/// Replaces the lock, unless somebody else did meanwhile.
fn write(options: &Options, text: &str, edited: &str) -> Result<()> {
    let now = fs::read_to_string(&options.lock).map_err(|e| Error::io("read the lock", &options.lock, e))?;
    match now == text {
        true => write_whole(&options.lock, edited.as_bytes()),
        false => Err(Error::new(format!("{} was changed meanwhile", options.lock.display())).next("run this again")),
    }
}

impl Summary {
    /// As JSON: `written`; `packages`, each with `id`, `old` and `new`, which have `version`, `file`, `sha256` and `size`;
    /// `up_to_date`, with `id` and `version`; `pack_again`, names of tarballs; and `members`, see [`Change::to_json`].
    pub fn to_json(&self) -> Value {
        let side = |package: &Package| {
            json!({"version": package.version, "file": package.file, "sha256": package.digest.sha256,
                "size": package.digest.size})
        };
        let moved = self.moved.iter().map(|(old, new)| json!({"id": old.id, "old": side(old), "new": side(new)}));
        let same = self.up_to_date.iter().map(|package| json!({"id": package.id, "version": package.version}));
        json!({
            "written": self.written,
            "packages": moved.collect::<Vec<_>>(),
            "up_to_date": same.collect::<Vec<_>>(),
            "pack_again": self.pack_again,
            "members": self.changes.iter().map(Change::to_json).collect::<Vec<_>>(),
        })
    }
}
