//! Compiles what the payload's packages have as sources only: libc++, libc++abi and libunwind, static, for each target; and
//! glibc's start files and the stubs of its libraries.
//!
//! The compiler is the packed clang of the machine that packs. What it makes depends on its version alone, which is one
//! for both machines: code for a target is the same from either, and nothing of a folder, the time or the environment
//! gets into it. So `sysroot_lib_*` have the same bytes wherever they are packed.

mod glibc;
mod library;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::thread;

use diagnostic::{Error, Result};
use tempfile::TempDir;

use self::library::{LIBRARIES, Library};
use crate::folder::Folder;
use crate::select::{Entry, Libc, Runtimes, Tree};

/// The packed LLVM, unpacked for this machine until dropped.
pub struct Compiler {
    folder: TempDir,
}

impl Compiler {
    /// Unpacks `llvm`, the tree of `sysroot_llvm_*`, below `into`.
    pub fn unpack(llvm: &Tree, into: &Folder) -> Result<Self> {
        let folder = into.partial_folder()?;
        write(llvm, &folder.path().join("llvm"))?;
        Ok(Compiler { folder })
    }

    /// The archives, `lib/libc++.a` and so on, and for glibc a folder for each version, from `inputs`, which
    /// [`Runtimes::inputs`] gives; with `jobs` threads.
    pub fn runtimes(&self, runtimes: &Runtimes, inputs: &Tree, jobs: u32) -> Result<Tree> {
        // Every name is relative to this folder.
        let work = self.folder.path().join(&runtimes.triple);
        write(inputs, &work)?;
        let mut tree: Tree = LIBRARIES
            .iter()
            .map(|library| self.archive(library, runtimes, inputs, &work, jobs))
            .collect::<Result<_>>()?;
        if runtimes.libc == Libc::Glibc {
            tree.extend(self.glibc(runtimes, inputs, &work, jobs)?);
        }
        Ok(tree)
    }

    fn archive(
        &self,
        library: &Library,
        runtimes: &Runtimes,
        inputs: &Tree,
        work: &Path,
        jobs: u32,
    ) -> Result<(String, Entry)> {
        let sources: Vec<&str> = inputs.keys().map(String::as_str).filter(|path| library.has(path)).collect();
        if sources.is_empty() {
            return Err(Error::new(format!("there are no sources of {}", library.name))
                .next("the wheel changed its layout: follow it in tools/sysroot/src/runtimes/library.rs"));
        }
        let object = |source: &str| format!("{}.o", source.replace(['/', '.'], "_"));
        in_parallel(jobs, &sources, |source| {
            self.run(work, &library.command(source, &object(source), runtimes), source)
        })?;
        let objects: Vec<String> = sources.iter().map(|source| object(source)).collect();
        let packages = &inputs[sources[0]].packages;
        Ok((
            format!("lib/lib{}.a", library.name),
            self.join(work, &format!("lib{}.a", library.name), &objects, packages)?,
        ))
    }

    /// The archive of these objects.
    fn join(&self, work: &Path, name: &str, objects: &[String], packages: &[String]) -> Result<Entry> {
        let mut words = vec!["ar".to_owned(), "rcsD".to_owned(), name.to_owned()];
        words.extend_from_slice(objects);
        self.run(work, &words, name)?;
        made(work, name, packages)
    }

    /// Runs `llvm WORDS…` in the folder `work` and without an environment; `what` is what an error is about.
    fn run(&self, work: &Path, words: &[String], what: &str) -> Result<()> {
        let program: PathBuf = self.folder.path().join("llvm/bin/llvm");
        let output = Command::new(&program)
            .args(words)
            .current_dir(work)
            .env_clear()
            .output()
            .map_err(|e| Error::io("run", &program, e))?;
        match output.status.success() {
            true => Ok(()),
            false => Err(Error::new(format!("the packed LLVM fails on {what}"))
                .fact("command", format!("llvm {}", words.join(" ")))
                .fact("status", output.status)
                .fact("stderr", String::from_utf8_lossy(&output.stderr).trim_end())
                .next("mend how it is compiled in tools/sysroot/src/runtimes/library.rs")),
        }
    }
}

/// Does `work` with each of the items, in `jobs` threads. After one that fails, the others end at their next item.
fn in_parallel<T: Sync>(jobs: u32, items: &[T], work: impl Fn(&T) -> Result<()> + Sync) -> Result<()> {
    let queue = Mutex::new(items.iter());
    let worker = || {
        while let Some(item) = queue.lock().ok().and_then(|mut queue| queue.next()) {
            work(item).inspect_err(|_| drop(queue.lock().map(|mut rest| *rest = [].iter())))?;
        }
        Ok(())
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.max(1)).map(|_| scope.spawn(worker)).collect();
        let results = workers.into_iter().map(|one| one.join().unwrap_or_else(|p| std::panic::resume_unwind(p)));
        results.collect::<Result<Vec<()>>>()
    })?;
    Ok(())
}

/// A file that LLVM made in the folder `work`.
fn made(work: &Path, name: &str, packages: &[String]) -> Result<Entry> {
    let path = work.join(name);
    let content = fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
    Ok(Entry { content, executable: false, packages: packages.to_vec() })
}

fn write(tree: &Tree, folder: &Path) -> Result<()> {
    for (name, entry) in tree {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| Error::io("create", parent, e))?;
        }
        fs::write(&path, &entry.content).map_err(|e| Error::io("write", &path, e))?;
        if entry.executable {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
                .map_err(|e| Error::io("set the mode of", &path, e))?;
        }
    }
    Ok(())
}
