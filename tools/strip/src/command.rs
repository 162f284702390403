//! The command lines of `strip` and `objcopy`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::sections::{Selection, Symbols};

/// What a command line asks for.
pub enum Action {
    /// Print this.
    Print(String),
    /// Strip files.
    Strip(Job),
}

/// Files to strip, and how.
pub struct Job {
    /// Inputs with their outputs, which may be the same.
    pub files: Vec<(PathBuf, PathBuf)>,
    /// What goes.
    pub selection: Selection,
    /// The output gets the input's times.
    pub keep_times: bool,
}

const HELP: &str = "\
strip [OPTION]... FILE...       changes each FILE, or writes one FILE's result elsewhere with -o
objcopy [OPTION]... IN [OUT]    changes IN, or writes the result to OUT

  -s, --strip-all               symbols and debug information (what strip does by default; objcopy: -S)
  -S, -g, -d, --strip-debug     debug information only (objcopy: -g)
      --strip-unneeded          as --strip-all: an executable needs no symbol
  -x, --discard-all             debug information and local symbols
  -R, --remove-section NAME     a section that is not loaded
  -p, --preserve-dates          the output gets the input's times
  -o FILE                       the output (strip only)

Files are 64-bit little-endian ELF executables.
";

/// Reads a command line.
pub fn parse(argv0: &OsStr, args: &[OsString]) -> Result<Action, Error> {
    let objcopy = Path::new(argv0).file_name() == Some(OsStr::new("objcopy"));
    let me = Path::new(if objcopy { "objcopy" } else { "strip" });
    let misuse = |what: String| Error::new(what, me, "see --help for what it can do");

    let mut symbols = None;
    let mut removed = Vec::new();
    let (mut keep_times, mut output, mut files) = (false, None, Vec::new());
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or_else(|| misuse(format!("`{}` needs a value", arg.display())));
        match arg.as_bytes() {
            b"--help" | b"-h" => return Ok(Action::Print(HELP.into())),
            b"--version" | b"-V" => {
                return Ok(Action::Print(format!(
                    "{} (toolchains_go_race) {}\n",
                    me.display(),
                    env!("CARGO_PKG_VERSION")
                )));
            }
            b"-S" if objcopy => symbols = Some(Symbols::None),
            b"-s" if objcopy => return Err(misuse("unsupported option `-s`".into())),
            b"-s" | b"--strip-all" | b"--strip-unneeded" => symbols = Some(Symbols::None),
            b"-S" | b"-g" | b"-d" | b"--strip-debug" => symbols = Some(Symbols::All),
            b"-x" | b"--discard-all" => symbols = Some(Symbols::Global),
            b"-p" | b"--preserve-dates" => keep_times = true,
            b"-R" | b"--remove-section" => removed.push(value()?.as_bytes().to_vec()),
            b"-o" if !objcopy => output = Some(PathBuf::from(value()?)),
            text if text.starts_with(b"--remove-section=") => removed.push(text[b"--remove-section=".len()..].to_vec()),
            text if text.starts_with(b"-R") => removed.push(text[2..].to_vec()),
            text if text.starts_with(b"-") => {
                return Err(misuse(format!("unsupported option `{}`", arg.display())));
            }
            _ => files.push(PathBuf::from(arg)),
        }
    }
    if objcopy && files.len() == 2 {
        output = files.pop();
    }
    if files.is_empty() || (files.len() > 1 && (objcopy || output.is_some())) {
        return Err(misuse(format!("{} input files", files.len())));
    }
    let files = files.into_iter().map(|input| (input.clone(), output.clone().unwrap_or(input))).collect();
    // GNU's strip takes all when nothing is said but what else to remove; its objcopy then takes nothing.
    let symbols = match symbols {
        None if !objcopy && removed.is_empty() => Some(Symbols::None),
        given => given,
    };
    Ok(Action::Strip(Job { files, selection: Selection { symbols, removed }, keep_times }))
}
