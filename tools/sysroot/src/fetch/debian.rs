//! Debian's binary packages, with apt-get.

use std::path::Path;
use std::process::Command;

use diagnostic::{Error, Result};

use super::apt::{Apt, Archive};
use super::client::Run;
use super::{Fetched, Offer, admit, admit_as, only_file, refused};
use crate::digest::Digest;
use crate::folder::Folder;
use crate::lock::{Package, Source};

/// A suite whose package lists are there.
pub(super) struct Suite {
    apt: Apt,
}

impl Suite {
    /// Sets up a private apt for the suite `name` and brings its package lists.
    pub(super) fn prepare(name: &str, archive: &Archive, cache: &Folder) -> Result<Self> {
        let apt = Apt::new(name, archive, cache.partial_folder()?)?;
        Run::new(apt.get().arg("update"))?.or_fail(&format!("bring the package lists of {name}"))?;
        Ok(Suite { apt })
    }

    /// Downloads `package`: the pinned version, or the suite's current one if that is gone.
    ///
    /// apt checks either against the archive's signature. The pinned version must also be what the lock pins.
    pub(super) fn fetch(&self, package: &Package, cache: &Folder) -> Result<Fetched> {
        let folder = cache.partial_folder()?;
        let what = format!("download {} {}", package.id, package.version);
        let mut command = self.download(folder.path());
        let pinned = Run::new(command.arg(format!("{}={}", qualified(package, &package.name), package.version)))?;
        let stderr = pinned.stderr();
        if !pinned.succeeded() && (is_gone(&stderr) || metapackage(package).is_some() && is_unknown(&stderr)) {
            return self.fetch_current(package, cache);
        }
        pinned.or_fail(&what)?;
        let file = only_file(folder.path())?;
        let actual = Digest::of_file(&file)?;
        match actual == package.digest {
            true => admit(cache, &file, package.clone(), true),
            false => Err(refused(package, &actual)),
        }
    }

    /// What the suite has of `package`.
    pub(super) fn offer(&self, package: &Package) -> Result<Offer> {
        let name = self.current_name(package)?;
        let run = self.show(&[&qualified(package, &name)], &format!("list the versions of {}", package.id))?;
        Ok(offer(&run, &name))
    }

    /// Downloads this version of `package`, whatever the lock pins. apt checks it against the archive's signature.
    pub(super) fn bring(&self, package: &Package, version: &str, cache: &Folder) -> Result<Fetched> {
        let folder = cache.partial_folder()?;
        let package = Package { name: self.current_name(package)?, ..package.clone() };
        let mut command = self.download(folder.path());
        command.arg(format!("{}={version}", qualified(&package, &package.name)));
        Run::new(&mut command)?.or_fail(&format!("download {} {version}", package.id))?;
        admit_as(&package, version, &only_file(folder.path())?, cache)
    }

    fn fetch_current(&self, package: &Package, cache: &Folder) -> Result<Fetched> {
        let folder = cache.partial_folder()?;
        let what = format!("download the current version of {}", package.id);
        let name = self.current_name(package)?;
        Run::new(self.download(folder.path()).arg(qualified(package, &name)))?.or_fail(&what)?;
        let path = only_file(folder.path())?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let version = version(&file).ok_or_else(|| {
            Error::new(format!("apt-get named a package {file}, expected NAME_VERSION_ARCHITECTURE.deb"))
        })?;
        let current = Package { name, version, digest: Digest::of_file(&path)?, file, ..package.clone() };
        admit(cache, &path, current, false)
    }

    /// What `package` is called now: a newer version may have another name than the pinned one.
    fn current_name(&self, package: &Package) -> Result<String> {
        let Some(metapackage) = metapackage(package) else { return Ok(package.name.clone()) };
        let asked = ["--no-all-versions", &qualified(package, metapackage)];
        let what = format!("ask what {metapackage} depends on, the metapackage of {}", package.id);
        first_dependency(&self.show(&asked, &what)?).ok_or_else(|| {
            Error::new(format!("{metapackage}, the metapackage of {}, depends on nothing", package.id))
                .next("see what depends on the package now, and change `metapackage` in the lock")
        })
    }

    fn show(&self, arguments: &[&str], what: &str) -> Result<String> {
        let run = Run::new(self.apt.cache().arg("show").args(arguments))?.or_fail(what)?;
        Ok(run.stdout())
    }

    /// apt-get downloads into its working directory.
    fn download(&self, folder: &Path) -> Command {
        let mut command = self.apt.get();
        command.arg("download").current_dir(folder);
        command
    }
}

/// `name` as apt wants it for the architecture of `package`.
fn qualified(package: &Package, name: &str) -> String {
    match &package.source {
        Source::Debian { architecture, .. } => format!("{name}:{architecture}"),
        Source::Pypi { .. } => name.to_owned(),
    }
}

fn metapackage(package: &Package) -> Option<&str> {
    match &package.source {
        Source::Debian { metapackage, .. } => metapackage.as_deref(),
        Source::Pypi { .. } => None,
    }
}

/// The name of the first package that `apt-cache show`'s first paragraph with such a field says is depended on.
fn first_dependency(paragraphs: &str) -> Option<String> {
    let all = paragraphs.lines().find_map(|line| line.strip_prefix("Depends: "))?;
    all.split([' ', ',', ':']).next().map(str::to_owned)
}

/// Reads `apt-cache show`'s paragraphs, one a version. A package that doesn't name its source is named like it.
fn offer(paragraphs: &str, name: &str) -> Offer {
    let field = |label: &str| {
        let values = paragraphs.lines().filter_map(move |line| line.strip_prefix(label)?.strip_prefix(": "));
        values.map(|value| value.split(' ').next().unwrap_or_default().to_owned()).collect::<Vec<_>>()
    };
    let source = field("Source").first().cloned().unwrap_or_else(|| name.to_owned());
    Offer { versions: field("Version"), here: Vec::new(), source: Some(source) }
}

/// apt-get's words for a version that its lists don't have.
fn is_gone(stderr: &str) -> bool {
    stderr.lines().any(|line| line.starts_with("E: Version '") && line.ends_with(" was not found"))
}

/// apt-get's words for a name that its lists don't have.
fn is_unknown(stderr: &str) -> bool {
    stderr.lines().any(|line| line.starts_with("E: Unable to locate package "))
}

/// The version in a package's file name, where apt writes an epoch's colon as `%3a`.
fn version(file: &str) -> Option<String> {
    file.split('_').nth(1).map(|version| version.replace("%3a", ":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_that_is_gone_is_told_from_other_failures() {
        assert!(is_gone("Reading lists\nE: Version '1.2.5-9' for 'musl-dev:arm64' was not found\n"));
        assert!(!is_gone("E: Unable to locate package musl-dev:arm64\n"));
        assert!(!is_gone("E: Failed to fetch x  404  Not Found\n"));
        assert!(is_unknown(
            "E: Unable to locate package linux-image-6.12.1+deb13-cloud-arm64:arm64\nE: Couldn't find\n"
        ));
        assert!(!is_unknown("E: Failed to fetch x  404  Not Found\n"));
    }

    #[test]
    fn what_a_metapackage_depends_on_is_read_from_apt_caches_paragraph() {
        let text = "Package: a\nPre-Depends: x\nDepends: linux-image-6.12.1+deb13-cloud-arm64 (= 6.12.1-1), b\n";
        assert_eq!(first_dependency(text).as_deref(), Some("linux-image-6.12.1+deb13-cloud-arm64"));
        assert_eq!(first_dependency("Package: a\n"), None);
    }

    #[test]
    fn versions_and_source_are_read_from_apt_caches_paragraphs() {
        let text =
            "Package: a\nSource: b (1)\nVersion: 2:1-3+b1\nDescription: c\n Version: d\n\nPackage: a\nVersion: 2\n";
        let found = offer(text, "a");
        assert_eq!((found.versions, found.source.as_deref()), (vec!["2:1-3+b1".to_owned(), "2".to_owned()], Some("b")));
        assert_eq!(offer("Package: a\nVersion: 2\n", "a").source.as_deref(), Some("a"));
    }

    #[test]
    fn the_version_is_read_from_the_file_name() {
        assert_eq!(version("musl-dev_1.2.5-3.1~deb13u1_amd64.deb").as_deref(), Some("1.2.5-3.1~deb13u1"));
        assert_eq!(version("zip_1%3a3.0_amd64.deb").as_deref(), Some("1:3.0"));
    }
}
