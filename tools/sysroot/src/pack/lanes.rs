//! Packs several tarballs, two at a time.
//!
//! zstd cuts a large tarball into few jobs, so its last ones leave threads idle; a second tarball fills them.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Mutex;
use std::thread;

use diagnostic::{Error, Result};

use super::payload::{Action, Made};
use crate::about;
use crate::fetch::Fetched;
use crate::folder::Folder;
use crate::lock::{Package, Tarball};
use crate::progress::Progress;
use crate::runtimes::Compiler;
use crate::select::{Layout, llvm_of_this_machine};
use crate::tarball;

/// What tarballs are made of.
pub(super) struct Inputs {
    /// Every package of the lock, or what was taken in its place, by its id.
    pub(super) packages: BTreeMap<String, Package>,
    /// Those that packing reads, by their ids.
    pub(super) fetched: BTreeMap<String, Fetched>,
}

/// Packs `todo` into `out` with `jobs` threads. A tarball gets its name when it is complete and `expected` accepts it.
pub(super) fn run(
    mut todo: Vec<Layout>,
    inputs: &Inputs,
    out: &Folder,
    jobs: u32,
    progress: &Progress,
    expected: &(dyn Fn(&Tarball) -> Result<()> + Sync),
) -> Result<Vec<Made>> {
    let Inputs { fetched, .. } = inputs;
    // The largest are taken first.
    let weight = |layout: &Layout| {
        let size = |id: &String| fetched.get(id).map_or(0, |package| package.package.digest.size);
        // What is compiled is small, whatever its compiler is.
        match layout.runtimes {
            Some(_) => 0,
            None => layout.packages().iter().map(size).sum::<u64>(),
        }
    };
    todo.sort_by_key(weight);
    // Before there is a second thread: a program cannot be run while a process forked elsewhere has it open for writing.
    let compiler = match todo.iter().any(|layout| layout.runtimes.is_some()) {
        true => Some(Compiler::unpack(&llvm_of_this_machine().tree(|id| fetched[id].path.as_path())?, out)?),
        false => None,
    };
    let lanes = jobs.clamp(1, 2);
    let workers = jobs.div_ceil(lanes);
    let queue = Mutex::new(todo);
    let lane = || {
        let mut made = Vec::new();
        while let Some(layout) = take(&queue) {
            let one = one(&layout, compiler.as_ref(), inputs, out, workers, progress, expected);
            made.push(one.inspect_err(|_| drop(queue.lock().map(|mut rest| rest.clear())))?);
        }
        Ok(made)
    };
    thread::scope(|scope| {
        let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
        let results =
            lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        Ok(results.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    })
}

fn take(queue: &Mutex<Vec<Layout>>) -> Option<Layout> {
    queue.lock().ok()?.pop()
}

fn one(
    layout: &Layout,
    compiler: Option<&Compiler>,
    inputs: &Inputs,
    out: &Folder,
    workers: u32,
    progress: &Progress,
    expected: &dyn Fn(&Tarball) -> Result<()>,
) -> Result<Made> {
    let in_tarball = |e: Error| e.fact("tarball", layout.name);
    let Inputs { packages, fetched } = inputs;
    let path_of = |id: &str| fetched[id].path.as_path();
    let mut tree = layout.tree(path_of).map_err(in_tarball)?;
    if let (Some(runtimes), Some(compiler)) = (&layout.runtimes, compiler) {
        let step = progress.step(format!("compile libc++ for {}", runtimes.triple), None);
        let inputs = runtimes.inputs(path_of).map_err(in_tarball)?;
        tree.extend(compiler.runtimes(runtimes, &inputs, workers).map_err(in_tarball)?);
        step.done("");
    }
    let ids = layout.packages();
    let mut packages: Vec<Package> = ids.iter().filter_map(|id| packages.get(id)).cloned().collect();
    for package in packages.iter_mut().filter(|package| package.is_wheel()) {
        package.licence = layout.wheel_licence.map_or_else(|| package.licence.clone(), str::to_owned);
    }
    about::describe(&mut tree, layout.name, packages).map_err(in_tarball)?;
    let step = progress.step(format!("pack {}", layout.name), Some(tarball::tar_size(&tree)));
    let mut file = out.partial_file()?;
    let digest = tarball::write(&tree, file.as_file_mut(), tarball::MAX_LEVEL, workers, |bytes| step.at(bytes))
        .map_err(in_tarball)?;
    let tarball = Tarball {
        name: layout.name.to_owned(),
        digest,
        unpacked_size: tree.values().map(|entry| entry.content.len() as u64).sum(),
        files: tree.len() as u64,
        packages: layout.packages(),
    };
    expected(&tarball)?;
    out.publish(file, layout.name)?;
    let elapsed = step.done(&Sizes(&tarball).to_string());
    Ok(Made { tarball, action: Action::Packed(elapsed) })
}

struct Sizes<'a>(&'a Tarball);

impl fmt::Display for Sizes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Tarball { digest, unpacked_size, files, .. } = self.0;
        write!(f, "{} bytes from {unpacked_size} in {files} files", digest.size)
    }
}
