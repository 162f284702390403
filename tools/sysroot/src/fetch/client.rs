//! Runs the registries' clients.

use std::io;
use std::process::{Command, Output};

use diagnostic::{Error, Result};

/// How many lines of a failed client's stderr an error shows.
const LINES: usize = 8;

/// What came of a client's run.
pub(super) struct Run {
    /// The command line, for errors.
    command: String,
    output: Output,
}

impl Run {
    /// Runs `command` with messages in English, so that they can be recognised.
    pub(super) fn new(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let words: Vec<_> = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect();
        let output = command.env("LC_ALL", "C").env("LANGUAGE", "C").output().map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => {
                Error::new(format!("{name} is not on PATH")).next(format!("install {name}, or put it on PATH"))
            }
            _ => Error::new(format!("cannot start {name}")).fact("reason", e),
        })?;
        Ok(Run { command: format!("{name} {}", words.join(" ")), output })
    }

    /// The client said that it succeeded.
    pub(super) fn succeeded(&self) -> bool {
        self.output.status.success()
    }

    /// What the client printed.
    pub(super) fn stdout(&self) -> String {
        String::from_utf8_lossy(&self.output.stdout).into_owned()
    }

    /// What the client complained about.
    pub(super) fn stderr(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }

    /// Turns a failed run into an error that says `what` could not be done.
    pub(super) fn or_fail(self, what: &str) -> Result<Self> {
        if self.succeeded() {
            return Ok(self);
        }
        let stderr = self.stderr();
        let lines: Vec<&str> = stderr.trim_end().lines().collect();
        Err(Error::new(format!("cannot {what}"))
            .fact("command", &self.command)
            .fact("status", self.output.status)
            .fact("stderr", lines[lines.len().saturating_sub(LINES)..].join("\n"))
            .next("check the network and the client's own set-up with the command above, then run this again"))
    }
}
