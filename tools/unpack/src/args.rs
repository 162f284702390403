//! The arguments, parsed by hand: an argument parser would be a build action, or ten, of every user.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;

use unpack::{Member, ParseMemberError, Request, Sha256};

pub(crate) const USAGE: &str = "\
usage: unpack --archive FILE --sha256 HEX --out DIR [--only PATH]...
       unpack --help | --version
";

pub(crate) const HELP: &str = "\
Unpacks a sysroot archive into a folder, or changes nothing.

usage: unpack --archive FILE --sha256 HEX --out DIR [--only PATH]...
       unpack --help | --version

  --archive FILE  a tar archive in one zstd frame (.tar.zst), of regular files and folders
  --sha256 HEX    the sha256 of FILE, 64 hexadecimal digits
  --out DIR       the folder to make; it may exist if it is empty; its parent must exist
  --only PATH     of the archive, only this file or folder (and those that further --only name); what the archive does
                  not have is no error, unless it has none of them; all of FILE is checked nevertheless

Exit codes:
  0  DIR holds the tree
  1  the archive or the target was refused; DIR is as it was
  2  the arguments make no sense
";

/// What the arguments ask for.
#[derive(Debug)]
pub(crate) enum Command {
    Help,
    Version,
    Unpack(Request),
}

/// Why the arguments make no sense.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum UsageError {
    Unknown(OsString),
    NoValue(&'static str),
    Twice(&'static str),
    Missing(&'static str),
    Digest(OsString),
    Member(OsString),
}

impl fmt::Display for UsageError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(argument) => write!(f, "unknown argument {argument:?}"),
            Self::NoValue(flag) => write!(f, "{flag} wants a value"),
            Self::Twice(flag) => write!(f, "{flag} is given twice"),
            Self::Missing(flag) => write!(f, "{flag} is missing"),
            Self::Digest(text) => write!(f, "--sha256 wants 64 hexadecimal digits, not {text:?}"),
            Self::Member(text) => {
                write!(f, "--only wants a path as the archive has it ({ParseMemberError}), not {text:?}")
            }
        }
    }
}

const ARCHIVE: &str = "--archive";
const SHA256: &str = "--sha256";
const OUT: &str = "--out";
const ONLY: &str = "--only";

/// Parses the arguments after the program's name.
pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, UsageError> {
    let mut arguments = arguments.into_iter();
    let (mut archive, mut sha256, mut out, mut only) = (None, None, None, Vec::new());
    while let Some(argument) = arguments.next() {
        let (flag, slot) = match argument.to_str() {
            Some("--help") => return Ok(Command::Help),
            Some("--version") => return Ok(Command::Version),
            Some(ARCHIVE) => (ARCHIVE, Some(&mut archive)),
            Some(SHA256) => (SHA256, Some(&mut sha256)),
            Some(OUT) => (OUT, Some(&mut out)),
            Some(ONLY) => (ONLY, None),
            _ => return Err(UsageError::Unknown(argument)),
        };
        let value = arguments.next().filter(|value| !value.is_empty()).ok_or(UsageError::NoValue(flag))?;
        match slot {
            None => only.push(member(value)?),
            Some(slot) if slot.is_some() => return Err(UsageError::Twice(flag)),
            Some(slot) => *slot = Some(value),
        }
    }
    let archive = PathBuf::from(archive.ok_or(UsageError::Missing(ARCHIVE))?);
    let sha256 = digest(sha256.ok_or(UsageError::Missing(SHA256))?)?;
    let out = PathBuf::from(out.ok_or(UsageError::Missing(OUT))?);
    Ok(Command::Unpack(Request { archive, sha256, out, only }))
}

fn member(text: OsString) -> Result<Member, UsageError> {
    text.to_str().and_then(|text| text.parse().ok()).ok_or(UsageError::Member(text))
}

fn digest(text: OsString) -> Result<Sha256, UsageError> {
    text.to_str().and_then(|text| text.parse().ok()).ok_or(UsageError::Digest(text))
}
