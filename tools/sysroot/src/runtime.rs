//! Adds to the payload's `libgcc_eh.a` what it expects of glibc and musl lacks: `sysroot/runtime`, compiled here.
//!
//! The compiler is the packed clang of the machine that packs. What it makes depends on its version alone, which is one
//! for both machines: code for a target is the same from either, and nothing of a folder, the time or the environment
//! gets into it. So `sysroot_lib_*` have the same bytes wherever they are packed.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::select::{Layout, Tree};

/// The archive that gets the object.
const ARCHIVE: &str = "lib/libgcc_eh.a";

const SOURCE: &str = "dl_find_object.c";
const OBJECT: &str = "dl_find_object.o";
const TEXT: &str = include_str!("../../../sysroot/runtime/dl_find_object.c");

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

    /// Compiles for the target of `layout`, with `headers` of its C library, and adds the object to the archive in `tree`.
    ///
    /// A layout without a target is left as it is.
    pub fn complete(&self, layout: &Layout, headers: &Tree, tree: &mut Tree) -> Result<()> {
        let Some(triple) = &layout.target else {
            return Ok(());
        };
        let Some(archive) = tree.get_mut(ARCHIVE) else {
            return Err(Error::new(format!("the tree has no {ARCHIVE}")));
        };
        // Every name is relative to this folder.
        let work = self.folder.path().join(triple);
        write(headers, &work)?;
        save(&work.join(SOURCE), TEXT.as_bytes())?;
        let copy = work.join("libgcc_eh.a");
        save(&copy, &archive.content)?;

        let target = format!("--target={triple}");
        let compile = [
            "clang",
            &target,
            "-std=c11",
            "-O2",
            "-fPIC",
            "-fvisibility=hidden",
            // Where clang was built is no part of what it makes.
            "-fno-ident",
            "-Wall",
            "-Werror",
            // Nothing of this machine, and musl's headers before clang's own, as the cc driver has them.
            "-nostdinc",
            "-isystem",
            "include",
            "-isystem",
            "../llvm/include",
            "-c",
            SOURCE,
            "-o",
            OBJECT,
        ];
        self.run(&work, &compile)?;
        let mut expected = self.members(&work)?;
        self.run(&work, &["ar", "rcsD", "libgcc_eh.a", OBJECT])?;
        // Once: a libgcc_eh.a that brings a member of this name would have lost it.
        expected.push(OBJECT.to_owned());
        let members = self.members(&work)?;
        if members != expected {
            return Err(Error::new(format!("{OBJECT} is not what was added to {ARCHIVE}"))
                .fact("expected", expected.join(" "))
                .fact("actual", members.join(" "))
                .next("see what libgcc_eh.a has got, and follow it in tools/sysroot/src/runtime.rs"));
        }
        archive.content = fs::read(&copy).map_err(|e| Error::io("read", &copy, e))?;
        Ok(())
    }

    /// The names of the archive's members, in its order.
    fn members(&self, work: &Path) -> Result<Vec<String>> {
        let names = self.run(work, &["ar", "t", "libgcc_eh.a"])?;
        Ok(names.lines().map(str::to_owned).collect())
    }

    /// What `llvm WORDS…` prints, in the folder `work` and without an environment.
    fn run(&self, work: &Path, words: &[&str]) -> Result<String> {
        let program: PathBuf = self.folder.path().join("llvm/bin/llvm");
        let output = Command::new(&program)
            .args(words)
            .current_dir(work)
            .env_clear()
            .output()
            .map_err(|e| Error::io("run", &program, e))?;
        match output.status.success() {
            true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
            false => Err(Error::new(format!("the packed LLVM cannot make {OBJECT} for {ARCHIVE}"))
                .fact("command", format!("llvm {}", words.join(" ")))
                .fact("status", output.status)
                .fact("stderr", String::from_utf8_lossy(&output.stderr).trim_end())
                .next("mend sysroot/runtime or its compilation in tools/sysroot/src/runtime.rs")),
        }
    }
}

fn write(tree: &Tree, folder: &Path) -> Result<()> {
    for (name, entry) in tree {
        let path = folder.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|e| Error::io("create", parent, e))?;
        }
        save(&path, &entry.content)?;
        if entry.executable {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755))
                .map_err(|e| Error::io("set the mode of", &path, e))?;
        }
    }
    Ok(())
}

fn save(path: &Path, content: &[u8]) -> Result<()> {
    fs::write(path, content).map_err(|e| Error::io("write", path, e))
}
