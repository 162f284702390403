//! Wheels, with pip.

use std::process::Command;

use super::client::Run;
use super::{Fetched, admit, only_file, refused};
use crate::digest::Digest;
use crate::error::{Error, Result};
use crate::folder::Folder;
use crate::lock::Package;

/// Names under which pip may be installed.
const PIP: [&[&str]; 3] = [&["pip"], &["pip3"], &["python3", "-m", "pip"]];

/// Downloads the wheel of `package` for `platform`. The index never changes a published file: any difference is refused.
pub(super) fn fetch(package: &Package, platform: &[String], cache: &Folder) -> Result<Fetched> {
    let folder = cache.partial_folder()?;
    let mut command = pip()?;
    command.args(["download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"]);
    command.arg("--only-binary=:all:").arg("--dest").arg(folder.path());
    for tag in platform {
        command.args(["--platform", tag]);
    }
    command.arg(format!("{}=={}", package.name, package.version));
    Run::new(&mut command)?.or_fail(&format!("download {} {}", package.id, package.version))?;
    let file = only_file(folder.path())?;
    let actual = Digest::of_file(&file)?;
    match actual == package.digest {
        true => admit(cache, &file, package.clone(), true),
        false => Err(refused(package, &actual)),
    }
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
