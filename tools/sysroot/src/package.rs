//! Reads files out of packages: wheels and Debian packages.

mod deb;
mod members;
mod wheel;

pub use self::members::{Member, members};

use std::collections::BTreeMap;
use std::path::Path;

use diagnostic::{Error, Result};

/// Files by their path in the package, `usr/include/stdio.h`.
pub type Files = BTreeMap<String, Vec<u8>>;

/// Reads those files of the package at `path` that `wanted` says yes to. The file name's end tells the format.
///
/// Only regular files can be wanted: a link or device among them is an error, because a tree that depends on one would
/// not be the same on every file system.
pub fn read(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Files> {
    let files = match path.extension().and_then(|extension| extension.to_str()) {
        Some("whl") => wheel::read(path, wanted),
        Some("deb") => deb::read(path, wanted),
        _ => Err(Error::new("not a package format that this program reads").next("a package is a .whl or a .deb")),
    };
    files.map_err(|e| e.fact("package", path.display()))
}

fn unreadable(reason: impl std::fmt::Display) -> Error {
    Error::new("cannot read the package").fact("reason", reason)
}

fn not_regular(name: &str) -> Error {
    Error::new(format!("{name} is not a regular file")).next("mend the layout in tools/sysroot/src/select/layout.rs")
}
