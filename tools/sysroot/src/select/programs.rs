//! Programs that are linked dynamically, with their loader and every library that they need, and nothing else.

use std::collections::BTreeSet;
use std::path::Path;

use diagnostic::{Error, Result};

use super::layout::Programs;
use super::{Entry, LICENCES, Tree};
use crate::dynamic::{Exec, File, Inputs, closure, is_library};

/// `bin/NAME`, `lib/ld.so`, `lib/SONAME`, and for each package that one of these is from `licences/PACKAGE`.
///
/// # Errors
///
/// No package has a library that is needed, or a text of licences; or a package has nothing of use.
pub(super) fn collect<'a>(programs: &Programs, path_of: impl Fn(&str) -> &'a Path) -> Result<Tree> {
    let packages = programs.packages.iter().map(|package| {
        let id = Programs::id(package);
        let path = path_of(&id);
        (id, path)
    });
    let is_program = |path: &str| programs.programs.iter().any(|(_, from)| *from == path);
    let inputs = Inputs::read(packages, |path| is_program(path) || is_library(path) || path.ends_with("/copyright"))?;
    let mut tree = Tree::new();
    let mut put = |path: String, file: &File, executable| {
        tree.insert(path, Entry { content: file.content.clone(), executable, packages: vec![file.input.clone()] });
    };

    let mut files: Vec<(&'static str, &File)> = Vec::new();
    for (name, from) in programs.programs {
        let (_, file) = inputs.find(from).ok_or_else(|| {
            Error::new(format!("no package has the program {from}"))
                .next("its package changed its layout: follow it in tools/sysroot/src/select/layout.rs")
        })?;
        put(format!("bin/{name}"), file, true);
        files.push((*name, file));
    }
    let closure = closure(&inputs, &files, Exec::Amd64).map_err(|e| {
        e.next(
            "the packages are those of tools/sysroot/src/select/layout.rs: name there, and pin in the lock, the Debian \
             package that has what is missing (`apt-file search` tells which one); and none that has the same again",
        )
    })?;
    if let Some(loader) = closure.loader {
        put("lib/ld.so".to_owned(), loader, true);
    }
    for (name, file) in &closure.libraries {
        put(format!("lib/{name}"), file, false);
    }

    let all = files.iter().map(|(_, file)| *file).chain(closure.loader).chain(closure.libraries.values().copied());
    let mut used: BTreeSet<&str> = all.map(|file| file.input.as_str()).collect();
    let packed: Vec<&str> =
        programs.packages.iter().copied().filter(|package| used.contains(&*Programs::id(package))).collect();
    for package in packed {
        // The folder may be a link to that of a package of the same source.
        let path = format!("usr/share/doc/{package}/copyright");
        let (_, file) = inputs.find(&path).ok_or_else(|| {
            Error::new(format!("no package has {path}, the licences of {package}")).next(
                "if the package has a link in place of that folder, name in tools/sysroot/src/select/layout.rs, and \
                 pin in the lock, the package that it leads to",
            )
        })?;
        put(format!("{LICENCES}{package}"), file, false);
        used.insert(&file.input);
    }
    let idle: Vec<&str> =
        programs.packages.iter().copied().filter(|package| !used.contains(&*Programs::id(package))).collect();
    match idle.is_empty() {
        true => Ok(tree),
        false => {
            Err(Error::new("packages have nothing that the programs need").fact("packages", idle.join(", ")).next(
                "take them out of tools/sysroot/src/select/layout.rs and, if nothing else is made from them, the lock",
            ))
        }
    }
}
