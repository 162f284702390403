//! `sysroot llvm`: an archive of any LLVM, in the layout that the toolchain takes.
//!
//! ```text
//! bin/clang, bin/ld.lld, bin/llvm-ar   the programs
//! include/                             clang's own headers
//! lib/ld.so, lib/SONAME                where the programs are dynamic: their loader, and every library that they need
//! licences/                            the licence texts of Debian packages
//! manifest.json                        each member, and the input that it is from
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};

use crate::about;
use crate::digest::Digest;
use crate::dynamic::{Exec, File, Inputs, closure, file_name, is_library};
use crate::folder::{partial_file_beside, persist};
use crate::progress::Progress;
use crate::select::{Entry, Tree, resource_headers, serves_our_targets};
use crate::tarball;

/// What to make of what.
#[derive(Debug)]
pub struct Options {
    /// Where the LLVM runs.
    pub exec: Exec,
    /// Folders, tars and Debian packages.
    pub inputs: Vec<PathBuf>,
    /// The archive.
    pub out: PathBuf,
    /// zstd's level, from 1 to [`tarball::MAX_LEVEL`].
    pub level: i32,
    /// Threads that compress.
    pub jobs: u32,
}

/// An archive that was made.
#[derive(Debug)]
pub struct Made {
    /// Its file name.
    pub name: String,
    /// Of the file.
    pub digest: Digest,
    /// The sum of its members' sizes.
    pub unpacked_size: u64,
    /// How many members it has.
    pub files: usize,
    /// The libraries in it, the loader not among them; none if the LLVM is static.
    pub libraries: Vec<String>,
    /// Whether there is a loader.
    pub dynamic: bool,
}

/// The programs' names in the archive, and the names that they may have among the inputs.
const PROGRAMS: [(&str, &[&str]); 3] =
    [("clang", &["clang"]), ("ld.lld", &["ld.lld", "lld"]), ("llvm-ar", &["llvm-ar"])];

/// Makes the archive: whole or not at all.
pub fn pack(options: &Options, progress: &Progress) -> Result<Made> {
    let Some(name) = options.out.file_name().and_then(|name| name.to_str()).filter(|name| name.ends_with(".tar.zst"))
    else {
        return Err(Error::new(format!("{} is no name for the archive", options.out.display()))
            .next("give it a name that ends in .tar.zst: the module takes no other"));
    };
    let step = progress.step("read the inputs".to_owned(), None);
    let named = options.inputs.iter().map(|path| {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        (name, path.as_path())
    });
    let inputs = Inputs::read(named, may_be_of_use)?;
    step.done("");
    let mut tree = Tree::new();
    let mut used: BTreeSet<&str> = BTreeSet::new();
    let put = |tree: &mut Tree, path: String, file: &'_ File, executable| {
        tree.insert(path, Entry { content: file.content.clone(), executable, packages: vec![file.input.clone()] });
    };

    let mut programs = Vec::new();
    for (name, known) in PROGRAMS {
        programs.push((name, program(&inputs, name, known)?));
    }
    for (name, (_, file)) in &programs {
        put(&mut tree, format!("bin/{name}"), file, true);
        used.insert(&file.input);
    }
    let folder = resource_folder(&inputs, &programs[0].1.0)?;
    for path in inputs.paths() {
        if let Some((of, name)) = header(path)
            && of == folder
            && serves_our_targets(name)
            && let Some((_, file)) = inputs.find(path)
        {
            put(&mut tree, format!("include/{name}"), file, false);
            used.insert(&file.input);
        }
    }
    resource_headers(&mut tree)?;

    let files: Vec<(&'static str, &File)> = programs.iter().map(|(name, (_, file))| (*name, *file)).collect();
    let closure = closure(&inputs, &files, options.exec)?;
    for (path, file, executable) in closure
        .loader
        .iter()
        .map(|file| ("ld.so", *file, true))
        .chain(closure.libraries.iter().map(|(name, file)| (name.as_str(), *file, false)))
    {
        put(&mut tree, format!("lib/{path}"), file, executable);
        used.insert(&file.input);
    }
    for (name, file) in licences(&inputs, &used) {
        put(&mut tree, format!("licences/{name}"), file, false);
    }
    about::list(&mut tree, name);

    let step = progress.step(format!("pack {name}"), Some(tarball::tar_size(&tree)));
    let mut file = partial_file_beside(&options.out)?;
    let digest = tarball::write(&tree, file.as_file_mut(), options.level, options.jobs, |bytes| step.at(bytes))?;
    persist(file, &options.out)?;
    step.done("");
    Ok(Made {
        name: name.to_owned(),
        digest,
        unpacked_size: tree.values().map(|entry| entry.content.len() as u64).sum(),
        files: tree.len(),
        libraries: closure.libraries.into_keys().collect(),
        dynamic: closure.loader.is_some(),
    })
}

/// The one program that the inputs have under these names.
fn program<'a>(inputs: &'a Inputs, name: &str, known: &[&str]) -> Result<(String, &'a File)> {
    let in_bin = |path: &str| Path::new(path).parent().is_some_and(|folder| folder.ends_with("bin"));
    let found = inputs.found(|file| known.iter().any(|known| is_named(file, known)));
    let mut found: Vec<(String, &File)> = found.into_iter().filter(|(path, _)| in_bin(path)).collect();
    if found.len() > 1 {
        let paths: Vec<&str> = found.iter().map(|(path, _)| path.as_str()).collect();
        return Err(Error::new(format!("the inputs have several programs {name}"))
            .fact("they are", paths.join("\n"))
            .next("name the inputs of one LLVM"));
    }
    found.pop().ok_or_else(|| {
        Error::new(format!("no input has the program {name}"))
            .fact("expected", format!("bin/{}, bin/{}-VERSION", known.join(", bin/"), known[0]))
            .next("name the package that has it, too (Debian's are clang-N, lld-N and llvm-N)")
    })
}

/// A header in clang's resource folder, `…/clang/19/include/NAME`: the folder before the name, and the name.
fn header(path: &str) -> Option<(&str, &str)> {
    path.match_indices("/include/").find_map(|(at, separator)| {
        let (folder, name) = (&path[..at], &path[at + separator.len()..]);
        let (parent, version) = folder.rsplit_once('/')?;
        let is_version = version.starts_with(|first: char| first.is_ascii_digit());
        (file_name(parent) == "clang" && is_version).then_some((folder, name))
    })
}

/// clang's resource folder: the only one, or the one of the clang at `program`.
fn resource_folder<'a>(inputs: &'a Inputs, program: &str) -> Result<&'a str> {
    let all: BTreeSet<&str> =
        inputs.paths().filter_map(header).filter(|(_, name)| *name == "stddef.h").map(|(folder, _)| folder).collect();
    let prefix = program.rsplit_once("bin/").map_or("", |(prefix, _)| prefix);
    let own: Vec<&str> = all.iter().copied().filter(|folder| folder.starts_with(prefix)).collect();
    match (all.first(), &own[..]) {
        (Some(folder), _) if all.len() == 1 => Ok(folder),
        (_, [folder]) => Ok(folder),
        (None, ..) => Err(Error::new("no input has clang's own headers")
            .fact("expected", "lib/clang/VERSION/include/stddef.h")
            .next("name the package that has them, too (Debian's is libclang-common-N-dev)")),
        _ => Err(Error::new("the inputs have the headers of several clangs")
            .fact("they are", all.into_iter().collect::<Vec<_>>().join("\n"))
            .next("name the inputs of one LLVM")),
    }
}

/// The copyright files of Debian packages, by the packages' names, as far as `used` inputs have them. A package may have a
/// link in place of the folder that the file is in.
fn licences<'a>(inputs: &'a Inputs, used: &BTreeSet<&str>) -> Vec<(&'a str, &'a File)> {
    let packages: BTreeSet<&str> = inputs
        .paths()
        .filter_map(|path| path.strip_prefix("usr/share/doc/"))
        .filter_map(|rest| match rest.split_once('/') {
            Some((package, "copyright")) => Some(package),
            None => Some(rest),
            Some(_) => None,
        })
        .collect();
    let names = |input: &str, package: &str| input.strip_prefix(package).is_some_and(|rest| rest.starts_with('_'));
    packages
        .into_iter()
        .filter_map(|package| Some((package, inputs.find(&format!("usr/share/doc/{package}/copyright"))?.1)))
        .filter(|(package, file)| used.contains(file.input.as_str()) || used.iter().any(|input| names(input, package)))
        .collect()
}

/// Programs, libraries, clang's headers and licences. An LLVM as its project ships it has gigabytes of other things.
fn may_be_of_use(path: &str) -> bool {
    let name = file_name(path);
    let in_bin = Path::new(path).parent().is_some_and(|folder| folder.ends_with("bin"));
    let program = in_bin && ["clang", "ld.lld", "lld", "llvm-ar"].iter().any(|known| is_named(name, known));
    program || is_library(path) || header(path).is_some() || name == "copyright"
}

/// Whether a program's name is `known`, or that with a version: `clang-19`.
fn is_named(name: &str, known: &str) -> bool {
    name.strip_prefix(known).is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('-').is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_may_have_versions() {
        for name in ["clang", "clang-19", "clang-19.1"] {
            assert!(is_named(name, "clang"), "{name}");
        }
        for name in ["clang++", "clang-format", "clang-cl", "clangd", "lang"] {
            assert!(!is_named(name, "clang"), "{name}");
        }
    }
}
