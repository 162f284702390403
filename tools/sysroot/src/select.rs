//! Which file of which package goes where: from packages to the trees of the tarballs.

mod cxx;
mod headers;
mod image;
mod inline;
mod kernel;
mod layout;
mod programs;

use std::collections::BTreeMap;
use std::path::Path;

use diagnostic::{Error, Result};

pub use self::headers::serves_our_targets;
pub use self::layout::{LICENCES, Layout, Libc, NAMES, Runtimes, layout, llvm_of_this_machine};

use self::layout::{Pick, Programs};
use crate::package;

/// A file of a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its bytes.
    pub content: Vec<u8>,
    /// Mode 0755 instead of 0644.
    pub executable: bool,
    /// The packages that it is from, by `id`; none for a file of ours. Where either architecture's serves, both.
    pub packages: Vec<String>,
}

impl Entry {
    /// A file of ours.
    pub fn ours(content: impl Into<Vec<u8>>) -> Self {
        Entry { content: content.into(), executable: false, packages: Vec::new() }
    }
}

/// Files by their path from the tree's root, in the order of the paths' bytes.
pub type Tree = BTreeMap<String, Entry>;

impl Layout {
    /// The packages that the tarball is made from, by `id`, each once, in the order of the layout.
    ///
    /// Where either architecture's LLVM serves, both are among these, though a run uses only the one that the machine can
    /// execute: the list is the same everywhere, as the bytes are.
    pub fn packages(&self) -> Vec<String> {
        each_once(self.all_picks().flat_map(layout::packages_of).chain(self.packages_of_programs()))
    }

    /// Those of the packages that packing on this machine reads.
    pub fn packages_read(&self) -> Vec<String> {
        each_once(self.all_picks().map(layout::package_read).chain(self.packages_of_programs()))
    }

    fn packages_of_programs(&self) -> impl Iterator<Item = String> {
        self.programs.iter().flat_map(|programs| programs.packages).map(|package| Programs::id(package))
    }

    fn all_picks(&self) -> impl Iterator<Item = &Pick> {
        self.picks.iter().chain(self.runtimes.iter().flat_map(|runtimes| &runtimes.inputs))
    }

    /// The tree, from package files that `path_of` finds by `id`; without what is compiled.
    pub fn tree<'a>(&self, path_of: impl Fn(&str) -> &'a Path) -> Result<Tree> {
        let mut tree = collect(&self.picks, &path_of)?;
        if tree.contains_key("bin/llvm") {
            headers::check_closed(&tree)?;
        }
        if let Some(image) = tree.get("boot/Image") {
            image::check(&image.content)?;
        }
        if let Some(programs) = &self.programs {
            tree.extend(programs::collect(programs, path_of)?);
        }
        for (folder, is_part) in &self.inline {
            inline::inline(&mut tree, folder, *is_part)?;
        }
        share(&mut tree, &self.share);
        if let Some(architecture) = self.kernel_for {
            kernel::keep_needed(&mut tree, architecture);
        }
        for (name, text) in self.scripts {
            tree.insert(format!("lib/{name}"), Entry::ours(*text));
        }
        for name in self.empty {
            tree.entry(format!("lib/{name}")).or_insert_with(|| Entry::ours(*b"!<arch>\n"));
        }
        Ok(tree)
    }
}

/// clang's own headers, `include/NAME`: those that serve our targets, parts in the place where they are included.
pub fn resource_headers(tree: &mut Tree) -> Result<()> {
    headers::check_closed(tree)?;
    inline::inline(tree, "include/", inline::clang_part)
}

impl Runtimes {
    /// Sources and headers: `libcxx/`, `libcxxabi/`, `libunwind/`, for glibc its `glibc/`; and `cxx/include/`, `include/`
    /// and `linux/` as `sysroot_library` has them, but musl's for this target alone.
    pub fn inputs<'a>(&self, path_of: impl Fn(&str) -> &'a Path) -> Result<Tree> {
        collect(&self.inputs, path_of)
    }
}

fn each_once(ids: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    for id in ids {
        if !seen.contains(&id) {
            seen.push(id);
        }
    }
    seen
}

/// The files that `picks` are about.
fn collect<'a>(picks: &[Pick], path_of: impl Fn(&str) -> &'a Path) -> Result<Tree> {
    let mut tree = Tree::new();
    for id in each_once(picks.iter().map(layout::package_read)) {
        let picks: Vec<&Pick> = picks.iter().filter(|pick| layout::package_read(pick) == id).collect();
        let wanted = |name: &str| picks.iter().any(|pick| pick.destination(name).is_some());
        for (name, content) in package::read(path_of(&id), &wanted)? {
            for pick in &picks {
                if let Some(to) = pick.destination(&name) {
                    let packages = layout::packages_of(pick);
                    tree.insert(to, Entry { content: content.clone(), executable: pick.executable, packages });
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
    cxx::configure(&mut tree)?;
    Ok(tree)
}

/// Moves what is the same, path and bytes, under every one of `folders` to the tree's root. It is then of all packages.
fn share(tree: &mut Tree, folders: &[&str]) {
    let Some((first, others)) = folders.split_first() else {
        return;
    };
    let paths: Vec<String> = tree.keys().filter_map(|path| path.strip_prefix(first)).map(str::to_owned).collect();
    for path in paths {
        let own = format!("{first}{path}");
        let same = |other: &&str| {
            let other = tree.get(&format!("{other}{path}"));
            other
                .is_some_and(|other| (&other.content, other.executable) == (&tree[&own].content, tree[&own].executable))
        };
        if others.iter().all(same) {
            let copies: Vec<Entry> = others.iter().filter_map(|other| tree.remove(&format!("{other}{path}"))).collect();
            if let Some(mut entry) = tree.remove(&own) {
                entry.packages =
                    each_once(entry.packages.into_iter().chain(copies.into_iter().flat_map(|e| e.packages)));
                tree.insert(path, entry);
            }
        }
    }
}
