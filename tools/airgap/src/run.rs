//! Builds from a bundle, where there is no network.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus};

use bazel::workspace_of;
use diagnostic::{Error, Result};

use crate::bundle::name_of;
use crate::manifest::{Manifest, Workspace};
use crate::{files, gaps, isolated, place, shown, verify};

/// Bazel's exit code for a build that is well and a test that failed: nothing is missing then.
const TESTS_FAILED: i32 = 3;

/// What is to be run.
pub struct Request {
    /// The bundle's folder.
    pub bundle: PathBuf,
    /// The workspace, or a folder in it.
    pub workspace: PathBuf,
    /// Bazel, with its own arguments.
    pub words: Vec<OsString>,
    /// Whether the network is to be taken away.
    pub isolate: bool,
}

/// The options for a workspace, as a bazelrc. The bundle's files are not read.
pub fn flags(bundle: &Path, workspace: &Path) -> Result<String> {
    let place = bundle.canonicalize().map_err(|e| Error::io("find", bundle, e))?;
    let manifest = Manifest::read(&place)?;
    Ok(place::bazelrc(&place, entry(&manifest, workspace, bundle)?))
}

/// Verifies the bundle, and runs Bazel with it. Says how Bazel ended.
pub fn run(request: &Request) -> Result<ExitStatus> {
    let place = request
        .bundle
        .canonicalize()
        .map_err(|e| Error::io("find", &request.bundle, e).next("name a bundle's folder"))?;
    let manifest = Manifest::read(&place)?;
    let entry = entry(&manifest, &request.workspace, &request.bundle)?;
    verify::verify(&place)?;
    let bazelrc = Temporary::new(&place::bazelrc(&place, entry))?;
    if request.isolate {
        // A server of before is in another network namespace, where nobody can talk to it from this one; and so is the one of now
        // for whoever comes after.
        shut_down(request);
        isolated::enter()?;
    }
    let done = bazel(request, &bazelrc.0);
    if request.isolate {
        shut_down(request);
    }
    let (status, said) = done?;
    if !matches!(status.code(), Some(0 | TESTS_FAILED)) {
        let gaps = gaps::gaps(&said);
        if !gaps.is_empty() {
            return Err(missing(&gaps, entry, &request.words));
        }
    }
    Ok(status)
}

/// The part of the manifest that is about the workspace.
fn entry<'a>(manifest: &'a Manifest, folder: &Path, bundle: &Path) -> Result<&'a Workspace> {
    let folder = folder.canonicalize().map_err(|e| Error::io("find", folder, e))?;
    let workspace = workspace_of(&folder)?;
    let name = name_of(workspace)?;
    manifest.workspace(&name).ok_or_else(|| {
        let names: Vec<&str> = manifest.workspaces.iter().map(|workspace| workspace.name.as_str()).collect();
        Error::new(format!("the bundle has nothing for the workspace {name}"))
            .fact("workspace", workspace.display())
            .fact("bundle", format!("{}, for {}", bundle.display(), names.join(", ")))
            .next("on the machine with a network, add it: airgap bundle --workspace … --out … -- //...")
    })
}

/// What is missing, who asks, and how to add it.
fn missing(gaps: &[gaps::Gap], entry: &Workspace, words: &[OsString]) -> Error {
    let command = words.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>();
    // What follows Bazel and its command: options and targets.
    let arguments: Vec<&str> = command
        .iter()
        .skip(1)
        .map(AsRef::as_ref)
        .skip_while(|word: &&str| word.starts_with('-'))
        .skip(1)
        .filter(|word| !word.starts_with("--platforms=") && *word != "--nobuild")
        .collect();
    let mut platforms = entry.platforms.clone();
    platforms.extend(command.iter().filter_map(|word| {
        let arch = word.strip_prefix("--platforms=")?.rsplit("linux_").next()?;
        let arch = arch.trim_end_matches("_cgo");
        Some(format!("linux/{arch}")).filter(|name| crate::bundle::PLATFORMS.contains(&name.as_str()))
    }));
    let platforms: Vec<&str> = platforms.iter().map(String::as_str).collect();
    let arguments = if arguments.is_empty() { entry.arguments.join(" ") } else { arguments.join(" ") };
    let warm = if entry.warm { " --warm" } else { "" };
    Error::new("the build needs what the bundle has not got")
        .fact("missing", gaps::told(gaps))
        .fact(
            "bundled",
            format!(
                "{} for {}",
                entry.arguments.join(" "),
                entry.platforms.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            ),
        )
        .next(format!(
            "on the machine with a network, add it, and bring the bundle here again:\n\
             airgap bundle --workspace … --out … --platform {}{warm} -- {arguments}",
            platforms.join(",")
        ))
}

/// Runs Bazel, and says what it wrote to its standard error, which goes to this process's at once.
fn bazel(request: &Request, bazelrc: &Path) -> Result<(ExitStatus, String)> {
    let (program, words) = request
        .words
        .split_first()
        .ok_or_else(|| Error::new("nothing is to be run").next("airgap run BUNDLE -- bazel test //..."))?;
    let mut command = Command::new(program);
    command.arg(format!("--bazelrc={}", bazelrc.display()));
    let child = shown::start(command.args(words).current_dir(&request.workspace)).map_err(|reason| {
        Error::new(format!("cannot run Bazel: {reason}"))
            .fact("program", Path::new(program).display())
            .next("name Bazel after `--`: airgap run BUNDLE -- bazel test //...")
    })?;
    shown::read(child)
}

/// Stops the server that Bazel with these startup options has, if there is one.
fn shut_down(request: &Request) {
    let Some((program, words)) = request.words.split_first() else { return };
    let startup = words.iter().take_while(|word| word.as_encoded_bytes().starts_with(b"-"));
    // What is wrong with these words is told by the command that people asked for.
    let _ = Command::new(program).args(startup).arg("shutdown").current_dir(&request.workspace).output();
}

/// A bazelrc that is gone when Bazel has ended.
struct Temporary(PathBuf);

impl Temporary {
    fn new(text: &str) -> Result<Self> {
        let path = std::env::temp_dir().join(format!("airgap-{}.bazelrc", std::process::id()));
        let shown: String = shown::options().iter().map(|option| format!("common {option}\n")).collect();
        files::write(&path, format!("{text}{shown}").as_bytes())?;
        Ok(Temporary(path))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
