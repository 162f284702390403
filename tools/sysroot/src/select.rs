//! Which file of which package goes where: from packages to the trees of the five tarballs.

mod headers;
mod layout;

use std::collections::BTreeMap;
use std::path::Path;

pub use self::headers::serves_our_targets;
pub use self::layout::{Layout, NAMES, layout, llvm_of_this_machine};

use self::layout::Pick;
use crate::error::{Error, Result};
use crate::package;

/// A file of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its bytes.
    pub content: Vec<u8>,
    /// Mode 0755 instead of 0644.
    pub executable: bool,
}

/// Files by their path from the tree's root, in the order of the paths' bytes.
pub type Tree = BTreeMap<String, Entry>;

impl Layout {
    /// The packages that the tarball is made from, by `id`, each once, in the order of the layout.
    ///
    /// For a tarball with something compiled these include LLVM's of both architectures, though a run uses only the one
    /// that the machine can execute: the list is the same everywhere, as the bytes are.
    pub fn packages(&self) -> Vec<String> {
        let mut ids = package_ids(&self.picks);
        if self.target.is_some() {
            ids.extend(layout::llvm_packages());
        }
        ids
    }

    /// Those of the packages that packing on this machine reads.
    pub fn packages_read(&self) -> Vec<String> {
        let mut ids = package_ids(&self.picks);
        if self.target.is_some() {
            ids.extend(llvm_of_this_machine().packages());
        }
        ids
    }

    /// The tree, from package files that `path_of` finds by `id`; without what is compiled.
    pub fn tree<'a>(&self, path_of: impl Fn(&str) -> &'a Path) -> Result<Tree> {
        let mut tree = collect(&self.picks, path_of)?;
        headers::check_closed(&tree)?;
        share(&mut tree, &self.share);
        for name in self.empty {
            tree.entry(format!("lib/{name}"))
                .or_insert_with(|| Entry { content: b"!<arch>\n".to_vec(), executable: false });
        }
        Ok(tree)
    }

    /// `include/` with the headers of the C library of [`Layout::target`].
    pub fn target_headers<'a>(&self, path_of: impl Fn(&str) -> &'a Path) -> Result<Tree> {
        collect(&self.target_headers, path_of)
    }
}

/// The packages of `picks`, each once.
fn package_ids(picks: &[Pick]) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for pick in picks {
        if !ids.contains(&pick.package) {
            ids.push(pick.package.clone());
        }
    }
    ids
}

/// The files that `picks` are about.
fn collect<'a>(picks: &[Pick], path_of: impl Fn(&str) -> &'a Path) -> Result<Tree> {
    let mut tree = Tree::new();
    for id in package_ids(picks) {
        let picks: Vec<&Pick> = picks.iter().filter(|pick| pick.package == id).collect();
        let wanted = |name: &str| picks.iter().any(|pick| pick.destination(name).is_some());
        for (name, content) in package::read(path_of(&id), &wanted)? {
            for pick in &picks {
                if let Some(to) = pick.destination(&name) {
                    let entry = Entry { content: content.clone(), executable: pick.executable };
                    tree.insert(to, entry);
                }
            }
        }
        for pick in picks {
            if !tree.keys().any(|path| path.starts_with(&pick.to)) {
                return Err(Error::new(format!("{id} has no {}", pick.from))
                    .next("the package changed its layout: follow it in tools/sysroot/src/select/layout.rs"));
            }
        }
    }
    Ok(tree)
}

/// Moves what is the same, path and bytes, under every one of `folders` to the tree's root.
fn share(tree: &mut Tree, folders: &[&str]) {
    let Some((first, others)) = folders.split_first() else {
        return;
    };
    let paths: Vec<String> = tree.keys().filter_map(|path| path.strip_prefix(first)).map(str::to_owned).collect();
    for path in paths {
        let own = format!("{first}{path}");
        if others.iter().all(|other| tree.get(&format!("{other}{path}")) == tree.get(&own)) {
            others.iter().for_each(|other| drop(tree.remove(&format!("{other}{path}"))));
            if let Some(entry) = tree.remove(&own) {
                tree.insert(path, entry);
            }
        }
    }
}
