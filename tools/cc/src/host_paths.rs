//! Refuses paths of the host.
//!
//! The rule is turned round, so that an option nobody thought of cannot leak: every absolute path (and every one that
//! climbs out by `..`) is refused wherever it stands, unless the option is known to write it or to treat it as text.

use crate::error::Error;
use crate::flags::{ANY_VALUE, CLANG, is_one_of};
use crate::roots::Roots;
use crate::scan::{Piece, Table, pieces};

/// Checks every piece of a command line. Options for the assembler, the preprocessor and clang's front end are read
/// with clang's table; those for the linker are checked by [`crate::linker`].
pub fn check(pieces: &[Piece], roots: &Roots) -> Result<(), Error> {
    if roots.execution_root().is_none() {
        return Ok(());
    }
    let mut inner: Vec<Vec<u8>> = Vec::new();
    for piece in pieces {
        match *piece {
            Piece::Input(path) => check_path(path, path, roots)?,
            Piece::Option { flag: b"-Wl," | b"-Xlinker" | b"--for-linker", .. } => {}
            Piece::Option { flag: b"-Wa," | b"-Wp,", value: Some(list), .. } => {
                inner.extend(list.split(|b| *b == b',').map(<[u8]>::to_vec));
            }
            Piece::Option { flag, value: Some(value), .. } if flag.starts_with(b"-X") => inner.push(value.to_vec()),
            Piece::Option { flag, .. } if is_one_of(flag, ANY_VALUE) => {}
            Piece::Option { value: Some(value), spelled, .. } => check_value(value, spelled, roots)?,
            Piece::Option { value: None, .. } => {}
        }
    }
    if inner.is_empty() { Ok(()) } else { check_args(&inner, &CLANG, roots) }
}

/// Checks a command line that is not read for anything else.
pub fn check_args(args: &[Vec<u8>], table: &Table, roots: &Roots) -> Result<(), Error> {
    check(&pieces(args, table), roots)
}

/// A value is a path, or text with a path after any `=` (`-I=/usr`, `-fmodule-file=name=/x`).
fn check_value(value: &[u8], spelled: &[u8], roots: &Roots) -> Result<(), Error> {
    check_path(value, spelled, roots)?;
    let after_equals = (0..value.len()).filter(|at| value[*at] == b'=').map(|at| &value[at + 1..]);
    for path in after_equals {
        check_path(path, spelled, roots)?;
    }
    Ok(())
}

/// Checks one path that stands in the argument `spelled`.
pub fn check_path(path: &[u8], spelled: &[u8], roots: &Roots) -> Result<(), Error> {
    let leaves = path.starts_with(b"/") || path.split(|b| *b == b'/').any(|component| component == b"..");
    if !leaves || roots.allow(path) {
        return Ok(());
    }
    let root = roots.execution_root().map(|root| root.display().to_string()).unwrap_or_default();
    Err(Error::refused(
        format!(
            "`{}` is a path of the host: other machines may lack it or have another",
            String::from_utf8_lossy(path)
        ),
        format!("argument `{}`, in the execution root {root}", String::from_utf8_lossy(spelled)),
        "make the file an input of the build (a target in `deps`, `srcs` or `cdeps`) and name it by its label or by a path in the execution root",
    ))
}
