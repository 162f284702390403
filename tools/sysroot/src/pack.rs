//! `sysroot pack`: from the lock to the tarballs and `payload.json`.

mod check;
mod lanes;
mod payload;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use diagnostic::{Error, Result};

pub use self::payload::{Action, Made, Summary};

use self::lanes::Inputs;
use crate::digest::Digest;
use crate::fetch::{self, Archive, Fetched};
use crate::folder::{Folder, write_whole};
use crate::lock::{Lock, Package, Tarball};
use crate::progress::Progress;
use crate::select::{Layout, NAMES, layout};

/// The file that says what is in the output folder.
pub const PAYLOAD: &str = "payload.json";

/// What to pack, and how.
pub struct Options {
    /// The lock file.
    pub lock: PathBuf,
    /// The packages' cache.
    pub packages: PathBuf,
    /// Where tarballs and `payload.json` go.
    pub out: PathBuf,
    /// The tarballs to make.
    pub names: Vec<&'static str>,
    /// Pack what is there already.
    pub force: bool,
    /// Write the lock's tarballs instead of checking against them.
    pub update_lock: bool,
    /// When writing the lock, take the tarballs' sizes for their budgets.
    pub accept_sizes: bool,
    /// Compressing threads.
    pub jobs: u32,
    /// Where Debian's packages come from.
    pub archive: Archive,
}

/// Makes what is missing, checks it against the lock and says what there is.
pub fn pack(options: &Options, progress: &Progress) -> Result<Summary> {
    let mut lock = Lock::read(&options.lock)?;
    if !options.update_lock {
        check::pins_all(&options.names, &lock, &options.lock)?;
    }
    let out = Folder::hold(&options.out, ".pack.lock")?;
    let mut layouts = layout();
    layouts.retain(|layout| options.names.contains(&layout.name));

    let (mut kept, mut todo) = (Vec::new(), Vec::new());
    for layout in layouts {
        match present(&layout, &lock, &out, options)? {
            Some(tarball) => kept.push((layout, tarball)),
            None => todo.push(layout),
        }
    }
    let fetched = fetch_for(&mut todo, &mut kept, &lock, options, progress)?;
    let locked = fetched.values().all(|package| package.locked);
    if options.update_lock && !locked {
        return Err(Error::new("the lock's tarballs can't be written from packages that aren't locked")
            .next("renew the lock's packages first, with `sysroot update`"));
    }

    // Until this run is through, nothing says what is in the folder.
    let payload = out.path().join(PAYLOAD);
    match fs::remove_file(&payload) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => {
            return Err(Error::io("remove", &payload, e));
        }
        _ => {}
    }
    let expected = |tarball: &Tarball| match options.update_lock {
        true => Ok(()),
        false => check::against_lock(tarball, &lock, &fetched, &options.lock),
    };
    let actual = |package: &Package| fetched.get(&package.id).map_or(package, |fetched| &fetched.package).clone();
    let packages = lock.packages.iter().map(|package| (package.id.clone(), actual(package))).collect();
    let inputs = Inputs { packages, fetched: fetched.clone() };
    let mut made = lanes::run(todo, &inputs, &out, options.jobs, progress, &expected)?;
    made.extend(kept.into_iter().map(|(_, tarball)| Made { tarball, action: Action::Kept }));
    made.sort_by_key(|made| NAMES.iter().position(|name| *name == made.tarball.name));

    if options.update_lock {
        update(&mut lock, &made);
        lock.budget(options.accept_sizes)?;
        lock.write(&options.lock)?;
    }
    let used = |package: &&Package| made.iter().any(|made| made.tarball.packages.contains(&package.id));
    let packages = lock.packages.iter().filter(used).map(actual).collect();
    let summary = Summary { locked, tarballs: made, packages };
    write_whole(&payload, summary.to_payload_text().as_bytes())?;
    Ok(summary)
}

/// The lock's tarball of this layout, if the output folder has just that.
fn present(layout: &Layout, lock: &Lock, out: &Folder, options: &Options) -> Result<Option<Tarball>> {
    let path = out.path().join(layout.name);
    let pinned = lock.tarball(layout.name).filter(|tarball| tarball.packages == layout.packages());
    match pinned {
        Some(tarball) if !options.force && !options.update_lock && path.exists() => {
            Ok((Digest::of_file(&path)? == tarball.digest).then(|| tarball.clone()))
        }
        _ => Ok(None),
    }
}

/// Fetches the packages of `todo`. Where one of them isn't the pinned one, what was made from the pinned one is made
/// again: headers and library of a payload are of one version.
fn fetch_for(
    todo: &mut Vec<Layout>,
    kept: &mut Vec<(Layout, Tarball)>,
    lock: &Lock,
    options: &Options,
    progress: &Progress,
) -> Result<BTreeMap<String, Fetched>> {
    let mut fetched: BTreeMap<String, Fetched> = BTreeMap::new();
    loop {
        let needed = |id: &String| todo.iter().any(|layout| layout.packages_read().contains(id));
        let missing: Vec<&Package> =
            lock.packages.iter().filter(|package| needed(&package.id) && !fetched.contains_key(&package.id)).collect();
        if missing.is_empty() {
            break;
        }
        for package in fetch::fetch(&missing, &options.packages, &options.archive, progress)? {
            fetched.insert(package.package.id.clone(), package);
        }
        let replaced = |id: &String| fetched.get(id).is_some_and(|package| !package.locked);
        let stale = kept.extract_if(.., |(layout, _)| layout.packages().iter().any(replaced));
        todo.extend(stale.map(|(layout, _)| layout));
    }
    for id in todo.iter().flat_map(Layout::packages) {
        lock.package(&id)?;
    }
    Ok(fetched)
}

/// Puts what was made into the lock, in the layout's order; what wasn't made stays.
fn update(lock: &mut Lock, made: &[Made]) {
    let new = |name: &str| made.iter().map(|made| &made.tarball).find(|tarball| tarball.name == name);
    let tarballs = NAMES.iter().filter_map(|name| new(name).or_else(|| lock.tarball(name)).cloned());
    lock.tarballs = tarballs.collect();
}
