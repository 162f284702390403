//! Asks the workspace's Bazel, on behalf of a program that `bazel run` started, or a person in the workspace.
//!
//! `bazel run` gives its lock back before it starts the program, so that the program can call Bazel again.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

use diagnostic::{Error, Result};

/// The files that make a folder a workspace.
const MARKERS: [&str; 2] = ["MODULE.bazel", "REPO.bazel"];

/// Bazel, in one workspace.
#[derive(Clone, Debug)]
pub struct Bazel {
    program: PathBuf,
    workspace: PathBuf,
}

/// What Bazel wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its standard output.
    pub stdout: String,
    /// Its standard error: progress, warnings, and the lines of `--toolchain_resolution_debug`.
    pub stderr: String,
}

impl Bazel {
    /// The Bazel and the workspace of this process.
    ///
    /// The program is `program`, else that of the environment variable `BAZEL`, else `bazel` of `PATH`. The workspace is
    /// `BUILD_WORKSPACE_DIRECTORY`, which `bazel run` sets, else the nearest folder upwards that is one; with neither, there
    /// is an error.
    pub fn of_this_process(program: Option<PathBuf>) -> Result<Self> {
        let program = program.or_else(|| variable("BAZEL")).unwrap_or_else(|| "bazel".into());
        let workspace = match variable("BUILD_WORKSPACE_DIRECTORY") {
            Some(folder) => folder,
            None => {
                let here =
                    env::current_dir().map_err(|e| Error::new(format!("cannot tell the current folder: {e}")))?;
                workspace_of(&here)?.to_owned()
            }
        };
        Ok(Bazel { program, workspace })
    }

    /// A given Bazel in a given workspace.
    pub fn new(program: impl Into<PathBuf>, workspace: impl Into<PathBuf>) -> Self {
        Bazel { program: program.into(), workspace: workspace.into() }
    }

    /// The program.
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// The workspace's folder.
    pub fn workspace(&self) -> &Path {
        &self.workspace
    }

    /// Runs a command of Bazel's; a failure is an error with the end of what Bazel said.
    pub fn run<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<Answer> {
        let words: Vec<_> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        let (answer, status) = self.attempt(&words)?;
        if status.success() {
            return Ok(answer);
        }
        let words: Vec<_> = words.iter().map(|word| word.to_string_lossy()).collect();
        Err(Error::new(format!("Bazel failed: {status}"))
            .fact("command", format!("{} {}", self.program.display(), words.join(" ")))
            .fact("workspace", self.workspace.display())
            .fact("stderr", end_of(&answer.stderr))
            .next("mend what Bazel names, and call this again"))
    }

    /// Runs a command of Bazel's that may fail and says something nevertheless, as with `--keep_going`. An error only if
    /// it cannot be started.
    pub fn attempt<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Result<(Answer, ExitStatus)> {
        let output = self.command(args).output().map_err(|reason| self.not_run(reason))?;
        Ok((Answer { stdout: lossy(&output.stdout), stderr: lossy(&output.stderr) }, output.status))
    }

    /// A command of Bazel's in the workspace, without input.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(&self.program);
        command.args(args).current_dir(&self.workspace).stdin(Stdio::null());
        // Variables of `bazel run` are not for the Bazel below.
        for name in ["BUILD_WORKSPACE_DIRECTORY", "BUILD_WORKING_DIRECTORY", "RUNFILES_DIR", "RUNFILES_MANIFEST_FILE"] {
            command.env_remove(name);
        }
        command
    }

    /// The error of a Bazel that cannot be started.
    pub fn not_run(&self, reason: std::io::Error) -> Error {
        Error::new(format!("cannot run Bazel: {reason}"))
            .fact("program", self.program.display())
            .next("put `bazel` into PATH, or name it by the environment variable BAZEL")
    }

    /// One value of `bazel info`, such as `execution_root`, `output_base` or `release`.
    pub fn info(&self, key: &str) -> Result<String> {
        Ok(self.run(["info", key])?.stdout.trim_end().to_owned())
    }
}

/// The nearest folder upwards of `folder` that is a workspace.
pub fn workspace_of(folder: &Path) -> Result<&Path> {
    folder.ancestors().find(|folder| MARKERS.iter().any(|marker| folder.join(marker).exists())).ok_or_else(|| {
        Error::new("this folder is in no Bazel workspace")
            .fact("where", folder.display())
            .next("go to a folder with a MODULE.bazel, or below one")
    })
}

fn variable(name: &str) -> Option<PathBuf> {
    env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The last lines of what Bazel said: the errors stand there.
fn end_of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_found_upwards() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("a/b")).unwrap();
        std::fs::write(dir.path().join("MODULE.bazel"), "").unwrap();
        assert_eq!(workspace_of(&dir.path().join("a/b")).unwrap(), dir.path());
    }

    #[test]
    fn a_folder_of_no_workspace_is_an_error_that_names_it() {
        let error = workspace_of(Path::new("/dev/fd")).unwrap_err().to_string();
        assert!(error.contains("/dev/fd") && error.contains("MODULE.bazel"), "{error}");
    }

    #[test]
    fn a_missing_bazel_is_an_error_that_says_what_to_do() {
        let error = Bazel::new("/dev/null/bazel", "/").run(["info"]).unwrap_err().to_string();
        assert!(error.contains("/dev/null/bazel") && error.contains("BAZEL"), "{error}");
    }

    #[test]
    fn what_bazel_said_is_part_of_the_error() {
        let error = Bazel::new("/bin/sh", "/").run(["-c", "echo no such target >&2; exit 7"]).unwrap_err().to_string();
        assert!(error.contains("no such target") && error.contains("exit status: 7"), "{error}");
    }

    #[test]
    fn an_attempt_that_fails_answers_as_well() {
        let (answer, status) = Bazel::new("/bin/sh", "/").attempt(["-c", "echo some; exit 1"]).unwrap();
        assert_eq!((answer.stdout.as_str(), status.code()), ("some\n", Some(1)));
    }

    #[test]
    fn both_streams_are_answered() {
        let answer = Bazel::new("/bin/sh", "/").run(["-c", "echo out; echo err >&2"]).unwrap();
        assert_eq!(answer, Answer { stdout: "out\n".into(), stderr: "err\n".into() });
    }
}
