//! The command line.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::error::Error;

/// What a command line asks for.
pub enum Request {
    /// Print this.
    Print(String),
    /// List symbols.
    List(Options),
}

/// In which order symbols are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// By name.
    Name,
    /// By address, undefined ones first.
    Address,
    /// As in the file.
    File,
}

/// The base of numbers.
#[derive(Clone, Copy)]
pub enum Radix {
    /// `-t d`
    Decimal,
    /// `-t o`
    Octal,
    /// `-t x`
    Hexadecimal,
}

/// How to list symbols, and of what.
pub struct Options {
    /// `-P`: name, letter, value and size, in place of BSD's value, letter and name.
    pub posix: bool,
    /// `-g`
    pub only_global: bool,
    /// `-u`
    pub only_undefined: bool,
    /// `-U`
    pub only_defined: bool,
    /// `-D`: the dynamic linker's symbols.
    pub dynamic: bool,
    /// `-A`: the file's name in each line.
    pub file_names: bool,
    /// `-p`, `-n`
    pub order: Order,
    /// `-t`
    pub radix: Radix,
    /// What to list; `a.out` when nothing is named.
    pub files: Vec<PathBuf>,
}

const HELP: &str = "\
nm [OPTION]... [FILE]...    lists the symbols of ELF objects, executables and archives (a.out when none is named)

  -P, --portability, --format=posix   lines of name, letter, value, size; --format=bsd: of value, letter, name
  -g, --extern-only                   global symbols only
  -u, --undefined-only                undefined symbols only
  -U, --defined-only                  defined symbols only
  -D, --dynamic                       the dynamic linker's symbols
  -A, -o, --print-file-name           the file's name in each line
  -p, --no-sort                       in the file's order
  -n, -v, --numeric-sort              by address
  -t, --radix d|o|x                   the base of numbers
";

/// Reads a command line. Letters without a value may share an argument (`-gu`).
pub fn parse(args: &[OsString]) -> Result<Request, Error> {
    let mut options = Options {
        posix: false,
        only_global: false,
        only_undefined: false,
        only_defined: false,
        dynamic: false,
        file_names: false,
        order: Order::Name,
        radix: Radix::Hexadecimal,
        files: Vec::new(),
    };
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        let text = arg.to_string_lossy();
        if let Some(long) = text.strip_prefix("--") {
            let (name, mut value) =
                long.split_once('=').map_or((long, None), |(name, value)| (name, Some(value.to_string())));
            if matches!(name, "radix" | "format") && value.is_none() {
                value = args.next().map(|value| value.to_string_lossy().into_owned());
            }
            match (name, value.as_deref()) {
                ("help", None) => return Ok(Request::Print(HELP.into())),
                ("version", None) => {
                    return Ok(Request::Print(format!("nm (toolchains_go_race) {}\n", env!("CARGO_PKG_VERSION"))));
                }
                ("", None) => options.files.extend(args.by_ref().map(PathBuf::from)),
                ("format", Some(format @ ("posix" | "bsd"))) => options.posix = format == "posix",
                ("radix", Some(radix)) => options.radix = radix_of(radix)?,
                _ => set(&mut options, long_name(name).filter(|_| value.is_none()).ok_or_else(|| misuse(&text))?)?,
            }
        } else if arg.as_bytes().starts_with(b"-") && arg != "-" {
            let mut letters = text[1..].chars();
            while let Some(letter) = letters.next() {
                if letter == 't' {
                    let rest = letters.as_str();
                    let value = if rest.is_empty() {
                        args.next().map(|value| value.to_string_lossy())
                    } else {
                        Some(rest.into())
                    };
                    options.radix = radix_of(&value.unwrap_or_default())?;
                    break;
                }
                set(&mut options, letter)?;
            }
        } else {
            options.files.push(arg.into());
        }
    }
    if options.files.is_empty() {
        options.files.push("a.out".into());
    }
    Ok(Request::List(options))
}

fn long_name(name: &str) -> Option<char> {
    Some(match name {
        "portability" => 'P',
        "extern-only" => 'g',
        "undefined-only" => 'u',
        "defined-only" => 'U',
        "dynamic" => 'D',
        "print-file-name" => 'A',
        "no-sort" => 'p',
        "numeric-sort" => 'n',
        _ => return None,
    })
}

fn set(options: &mut Options, letter: char) -> Result<(), Error> {
    match letter {
        'P' => options.posix = true,
        'g' => options.only_global = true,
        'u' => options.only_undefined = true,
        'U' => options.only_defined = true,
        'D' => options.dynamic = true,
        'A' | 'o' => options.file_names = true,
        'p' => options.order = Order::File,
        'n' | 'v' => options.order = Order::Address,
        _ => return Err(misuse(&format!("-{letter}"))),
    }
    Ok(())
}

fn radix_of(text: &str) -> Result<Radix, Error> {
    match text {
        "d" => Ok(Radix::Decimal),
        "o" => Ok(Radix::Octal),
        "x" => Ok(Radix::Hexadecimal),
        _ => {
            Err(Error::new(format!("the radix `{text}` is none of d, o, x"), Path::new("nm"), "say -t d, -t o or -t x"))
        }
    }
}

fn misuse(option: &str) -> Error {
    Error::new(format!("unsupported option `{option}`"), Path::new("nm"), "see --help for what it can do")
}
