//! Running programs, and saying all about it when they do not do what was expected.

use std::ffi::OsStr;
use std::fmt;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use crate::{Room, Setup};

/// A program to run, with its arguments.
#[derive(Debug)]
pub struct Command(std::process::Command);

impl Command {
    /// A program, found by `PATH` if it has no slash.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = std::process::Command::new(program);
        command.stdin(std::process::Stdio::null());
        Self(command)
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.0.arg(arg);
        self
    }

    /// Adds arguments.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = S>) -> Self {
        self.0.args(args);
        self
    }

    /// Sets an environment variable.
    #[must_use]
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Sets the working folder.
    #[must_use]
    pub fn dir(mut self, dir: &Path) -> Self {
        self.0.current_dir(dir);
        self
    }

    /// Runs the program to its end, when there is room for it: the programs of few tests run at once.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn run(self) -> Output {
        let _room = Room::wait();
        self.run_at_once()
    }

    /// Runs the program to its end, beside all others: it does little itself, or another one waits for it.
    ///
    /// # Panics
    ///
    /// If it cannot be started.
    pub fn run_at_once(mut self) -> Output {
        let start = Instant::now();
        let output = self.0.output().unwrap_or_else(|error| panic!("cannot run {:?}: {error}", self.0));
        let command = format!("{:?}", self.0);
        note(start.elapsed(), &command);
        Output {
            command,
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

/// Notes how long a program took: seconds, the test's name and the command, as a line of the file `times` in the tests' cache. `./dev
/// test` shows which tests waited longest.
fn note(time: Duration, command: &str) {
    let thread = std::thread::current();
    let line =
        format!("{:.1}\t{}\t{}\n", time.as_secs_f64(), thread.name().unwrap_or_default(), command.replace('\n', " "));
    static TIMES: LazyLock<PathBuf> = LazyLock::new(|| Setup::get().cache.join("times"));
    let file = OpenOptions::new().create(true).append(true).open(&*TIMES);
    file.and_then(|mut file| file.write_all(line.as_bytes())).expect("the list of times");
}

/// What a program did.
#[derive(Debug, Clone)]
pub struct Output {
    /// The exit code, or `None` if a signal ended it.
    pub code: Option<i32>,
    /// What it wrote to its standard output.
    pub stdout: String,
    /// What it wrote to its standard error.
    pub stderr: String,
    command: String,
}

impl Output {
    /// Both streams.
    pub fn text(&self) -> String {
        format!("{}\n{}", self.stdout, self.stderr)
    }

    /// Asserts that the program succeeded.
    #[track_caller]
    pub fn succeeds(self) -> Self {
        assert!(self.code == Some(0), "expected success of {self}");
        self
    }

    /// Asserts that the program failed of itself (no signal).
    #[track_caller]
    pub fn fails(self) -> Self {
        assert!(self.code.is_some_and(|code| code != 0), "expected a failure of {self}");
        self
    }

    /// Asserts that one of the streams contains `part`.
    #[track_caller]
    pub fn says(self, part: &str) -> Self {
        assert!(self.text().contains(part), "expected {part:?} in the output of {self}");
        self
    }

    /// Asserts that neither stream contains `part`.
    #[track_caller]
    pub fn does_not_say(self, part: &str) -> Self {
        assert!(!self.text().contains(part), "expected no {part:?} in the output of {self}");
        self
    }
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, stdout, stderr, command } = self;
        write!(f, "{command}\nexit code: {code:?}\n--- stdout\n{stdout}\n--- stderr\n{stderr}")
    }
}
