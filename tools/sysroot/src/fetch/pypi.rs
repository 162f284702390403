//! Wheels, with pip.

use std::path::Path;
use std::process::Command;

use diagnostic::{Error, Result};

use super::client::Run;
use super::{Fetched, Offer, admit, admit_as, only_file, refused};
use crate::digest::Digest;
use crate::folder::Folder;
use crate::lock::Package;

/// Names under which pip may be installed.
const PIP: [&[&str]; 3] = [&["pip"], &["pip3"], &["python3", "-m", "pip"]];

/// Downloads the wheel of `package` for `platform`. The index never changes a published file: any difference is refused.
pub(super) fn fetch(package: &Package, platform: &[String], cache: &Folder) -> Result<Fetched> {
    let folder = cache.partial_folder()?;
    download(package, platform, &package.version, folder.path())?;
    let file = only_file(folder.path())?;
    let actual = Digest::of_file(&file)?;
    match actual == package.digest {
        true => admit(cache, &file, package.clone(), true),
        false => Err(refused(package, &actual)),
    }
}

/// What the index has of `package` for `platform`, pre-releases and yanked ones included.
pub(super) fn offer(package: &Package, platform: &[String]) -> Result<Offer> {
    Ok(Offer { versions: list(package, platform)?, here: list(package, &[])?, source: None })
}

fn list(package: &Package, platform: &[String]) -> Result<Vec<String>> {
    let mut command = pip()?;
    // Not --quiet, which would leave out the answer.
    command.args(["index", "versions", "--disable-pip-version-check", "--no-input", "--pre"]);
    for_platform(&mut command, platform);
    command.arg(&package.name);
    let run = Run::new(&mut command)?.or_fail(&format!("list the versions of {}", package.id))?;
    versions(&run.stdout()).ok_or_else(|| {
        Error::new(format!("pip listed no versions of {}", package.id))
            .fact("stdout", run.stdout())
            .next("`pip index versions` may have changed: follow it in tools/sysroot/src/fetch/pypi.rs")
    })
}

/// Downloads this version of `package`, whatever the lock pins; one that was yanked only if it is `insisted` on.
pub(super) fn bring(
    package: &Package,
    platform: &[String],
    version: &str,
    insisted: bool,
    cache: &Folder,
) -> Result<Fetched> {
    let folder = cache.partial_folder()?;
    let run = download(package, platform, version, folder.path())?;
    if !insisted && is_yanked(&run.stderr()) {
        return Err(Error::new(format!("{} {version} was yanked: its makers withdrew it", package.id))
            .fact("stderr", run.stderr().trim_end())
            .next("choose a version: --to ID=VERSION (the same, if it must be this one)"));
    }
    admit_as(package, version, &only_file(folder.path())?, cache)
}

fn download(package: &Package, platform: &[String], version: &str, folder: &Path) -> Result<Run> {
    let mut command = pip()?;
    command.args(["download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]);
    command.arg("--dest").arg(folder);
    for_platform(&mut command, platform);
    command.arg(format!("{}=={version}", package.name));
    Run::new(&mut command)?.or_fail(&format!("download {} {version}", package.id))
}

fn for_platform(command: &mut Command, platform: &[String]) {
    command.arg("--only-binary=:all:");
    for tag in platform {
        command.args(["--platform", tag]);
    }
}

/// The versions in what `pip index versions` prints.
fn versions(stdout: &str) -> Option<Vec<String>> {
    let list = stdout.lines().find_map(|line| line.strip_prefix("Available versions: "))?;
    Some(list.split(", ").map(|version| version.trim().to_owned()).collect())
}

/// pip's words for a version that the index advises against.
fn is_yanked(stderr: &str) -> bool {
    stderr.contains("is a yanked version")
}

/// The first pip that answers.
fn pip() -> Result<Command> {
    for words in PIP {
        let command = || {
            let mut command = Command::new(words[0]);
            command.args(&words[1..]);
            command
        };
        if Run::new(command().arg("--version")).is_ok_and(|run| run.succeeded()) {
            return Ok(command());
        }
    }
    Err(Error::new("none of pip, pip3 and python3 -m pip answers").next("install pip, or put it on PATH"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_pips_list() {
        let text = "ziglang (0.17.1)\nAvailable versions: 0.17.1, 0.17.0.post0, 0.11.0.dev3747\n  INSTALLED: 0.9.1\n";
        assert_eq!(versions(text).unwrap(), ["0.17.1", "0.17.0.post0", "0.11.0.dev3747"]);
        assert_eq!(versions("ziglang (0.17.1)\n"), None);
    }
}
