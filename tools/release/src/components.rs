//! What the tools are linked from: crates, Rust's standard library, glibc and libgcc; and their licences.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::path::Path;

use diagnostic::{Error, Result};
use sysroot::digest::Digest;

/// A part of the tools that is not of this repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Component {
    /// Its name in its registry.
    pub name: String,
    /// Its version there.
    pub version: String,
    /// The package URL (<https://github.com/package-url/purl-spec>).
    pub purl: String,
    /// An SPDX expression.
    pub licence: String,
    /// Of the package's file, where that is pinned.
    pub sha256: Option<String>,
    /// The package's own files of licences, by their names.
    pub texts: BTreeMap<String, Vec<u8>>,
}

/// Debian's packages that are linked into every tool, by the beginnings of their names, and the licences of what is linked.
const LINKED: [(&str, &str); 3] = [
    ("libc6-dev", "LGPL-2.1-or-later"),
    ("libgcc-", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    ("libstd-rust-dev", "MIT OR Apache-2.0"),
];

/// The crates of `list` (the text of third_party/crates/crates.bzl), whose archives are in `folder`.
///
/// # Errors
///
/// One is missing, is not what the list pins, or says nothing of its licence.
pub fn crates(list: &str, folder: &Path) -> Result<Vec<Component>> {
    // Lines of the form: "name": ("version", "sha256"),
    let entries = list.lines().filter(|line| line.starts_with("    \""));
    let crates: Vec<Component> = entries
        .map(|line| {
            let words: Vec<&str> = line.split('"').skip(1).step_by(2).collect();
            match words[..] {
                [name, version, sha256] => one_crate(name, version, sha256, folder),
                _ => Err(Error::new("crates.bzl has a line that is no crate").fact("line", line)),
            }
        })
        .collect::<Result<_>>()?;
    if crates.is_empty() {
        return Err(Error::new("crates.bzl lists no crates").next("./dev crates writes it"));
    }
    Ok(crates)
}

fn one_crate(name: &str, version: &str, sha256: &str, folder: &Path) -> Result<Component> {
    let path = folder.join(format!("{name}-{version}.crate"));
    let digest = Digest::of_file(&path)?;
    if digest.sha256 != sha256 {
        return Err(Error::new(format!("{} is not what crates.bzl pins", path.display()))
            .fact("expected", sha256)
            .fact("is", digest.sha256));
    }
    let unreadable = |e: std::io::Error| Error::io("read", &path, e);
    let file = fs::File::open(&path).map_err(unreadable)?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(file));
    let (mut texts, mut licence) = (BTreeMap::new(), None);
    for entry in archive.entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let inner = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let Some((_, file)) = inner.split_once('/') else { continue };
        if file == "Cargo.toml" {
            let mut manifest = String::new();
            entry.read_to_string(&mut manifest).map_err(unreadable)?;
            licence = licence_of(&manifest);
        } else if !file.contains('/') && is_licence(file) {
            let mut text = Vec::new();
            entry.read_to_end(&mut text).map_err(unreadable)?;
            texts.insert(file.to_owned(), text);
        }
    }
    let licence = licence.ok_or_else(|| Error::new(format!("{name} {version} names no licence")))?;
    let (name, version) = (name.to_owned(), version.to_owned());
    let purl = format!("pkg:cargo/{name}@{}", version.replace('+', "%2B"));
    Ok(Component { name, version, purl, licence, sha256: Some(sha256.to_owned()), texts })
}

/// Debian's packages that the tools are linked with, of a list of .debs, a name a line.
///
/// # Errors
///
/// One is not in the list.
pub fn linked(list: &str) -> Result<Vec<Component>> {
    let find = |(start, licence): (&str, &str)| {
        let of = |line: &&str| line.starts_with(start) && line.split('_').next().unwrap_or_default().ends_with("-dev");
        let line = list.lines().find(of).ok_or_else(|| {
            Error::new(format!("no package {start}… is in the list of packages, and every tool is linked with it"))
        })?;
        let mut parts = line.split('_');
        let (name, version) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let encoded = version.replace('+', "%2B");
        Ok(Component {
            name: name.to_owned(),
            version: version.replace("%3a", ":"),
            purl: format!("pkg:deb/debian/{name}@{encoded}"),
            licence: licence.to_owned(),
            sha256: None,
            texts: BTreeMap::new(),
        })
    };
    LINKED.into_iter().map(find).collect()
}

/// The licence that a manifest names, as SPDX writes it: old ones have `/` for OR.
fn licence_of(manifest: &str) -> Option<String> {
    let line = manifest.lines().find_map(|line| line.strip_prefix("license = \""))?;
    Some(line.trim_end_matches('"').replace('/', " OR "))
}

fn is_licence(file: &str) -> bool {
    let name = file.to_ascii_uppercase();
    ["LICENSE", "LICENCE", "COPYING", "COPYRIGHT", "NOTICE", "UNLICENSE"].iter().any(|start| name.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_expressions_are_written_as_spdx_does() {
        assert_eq!(licence_of("[package]\nlicense = \"MIT/Apache-2.0\"\n").unwrap(), "MIT OR Apache-2.0");
        assert_eq!(licence_of("[package]\nlicense-file = \"x\"\n"), None);
    }

    #[test]
    fn what_is_linked_is_found_by_the_packages_names() {
        let list = "libc6_2.43-7_amd64.deb\nlibc6-dev_2.43-7_amd64.deb\nlibgcc-s1_16_amd64.deb\nlibgcc-16-dev_16.2.0-3_amd64.deb\n\
                    libstd-rust-1.97_1_amd64.deb\nlibstd-rust-dev_1.97.1+dfsg1-1_amd64.deb\n";
        let names: Vec<String> =
            linked(list).unwrap().into_iter().map(|c| format!("{} {}", c.purl, c.version)).collect();
        assert_eq!(
            names,
            [
                "pkg:deb/debian/libc6-dev@2.43-7 2.43-7",
                "pkg:deb/debian/libgcc-16-dev@16.2.0-3 16.2.0-3",
                "pkg:deb/debian/libstd-rust-dev@1.97.1%2Bdfsg1-1 1.97.1+dfsg1-1"
            ]
        );
        assert!(linked("libc6-dev_2.43-7_amd64.deb\n").unwrap_err().to_string().contains("libgcc-"));
    }
}
