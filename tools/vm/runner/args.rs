//! The arguments, parsed by hand: what comes first is nearly always the program to run.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

pub const USAGE: &str = "\
usage: runner [--vm DIR] [--] PROGRAM [ARG]...
       runner --help
";

pub const HELP: &str = "\
Runs PROGRAM. One for arm64, where this machine is another, gets a virtual machine of its own, in which it sees this file
system, its environment, its working folder and its user as it would here. It may open no network connection but to itself.

usage: runner [--vm DIR] [--] PROGRAM [ARG]...
       runner --help

  --vm DIR  the folder with the machine's parts: `emulator`, `kernel`, `init` and `defaults`.
            Default: toolchains_go_race_vm in the runfiles (TEST_SRCDIR, RUNFILES_DIR), where Bazel's --run_under has it

Environment:
  GO_RACE_VM_CPUS    the machine's processors, 1 to 8
  GO_RACE_VM_MEMORY  the machine's memory in MiB, 256 or more; only what is used is taken
                     Default of both: what the tag race.virtual_machine of MODULE.bazel says

Exit codes: PROGRAM's own; if a signal ended it, the same signal ends the runner.
  2    the arguments make no sense
  126  PROGRAM was not run: stderr says why
";

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
pub enum Parsed {
    Help,
    Run(Call),
}

/// A program to run.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    pub vm: Option<PathBuf>,
    /// The program and its arguments: never empty.
    pub command: Vec<PathBuf>,
}

/// Why the arguments make no sense.
#[derive(Debug, PartialEq, Eq)]
pub enum UsageError {
    Unknown(OsString),
    NoValue,
    NoProgram,
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(argument) => write!(f, "unknown argument {argument:?} before the program"),
            Self::NoValue => write!(f, "--vm wants a folder"),
            Self::NoProgram => write!(f, "no program to run"),
        }
    }
}

/// Parses the arguments after the runner's own name.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Parsed, UsageError> {
    let mut arguments = arguments.into_iter().peekable();
    let mut vm = None;
    while let Some(argument) = arguments.next_if(|argument| argument.as_encoded_bytes().starts_with(b"-")) {
        match argument.to_str() {
            Some("--help") => return Ok(Parsed::Help),
            Some("--vm") => vm = Some(arguments.next().filter(|v| !v.is_empty()).ok_or(UsageError::NoValue)?.into()),
            Some("--") => break,
            _ => return Err(UsageError::Unknown(argument)),
        }
    }
    let command: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    if command.is_empty() { Err(UsageError::NoProgram) } else { Ok(Parsed::Run(Call { vm, command })) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(words: &[&str]) -> Result<Parsed, UsageError> {
        parse(words.iter().map(OsString::from))
    }

    #[test]
    fn the_programs_arguments_are_its_own() {
        for (words, vm) in [
            (&["test", "--vm", "--help"][..], None),
            (&["--", "test", "--vm", "--help"], None),
            (&["--vm", "dir", "test", "--vm", "--help"], Some("dir".into())),
        ] {
            let command = ["test", "--vm", "--help"].map(PathBuf::from).to_vec();
            assert_eq!(parsed(words), Ok(Parsed::Run(Call { vm, command })), "{words:?}");
        }
    }

    #[test]
    fn what_makes_no_sense_is_an_error() {
        assert_eq!(parsed(&[]), Err(UsageError::NoProgram));
        assert_eq!(parsed(&["--"]), Err(UsageError::NoProgram));
        assert_eq!(parsed(&["--vm"]), Err(UsageError::NoValue));
        assert_eq!(parsed(&["--cpus", "2", "test"]), Err(UsageError::Unknown("--cpus".into())));
        assert_eq!(parsed(&["--help"]), Ok(Parsed::Help));
    }
}
