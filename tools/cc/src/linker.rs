//! What the linker's command line may ask for, whoever passes it on.

use crate::error::Error;
use crate::flags::{ANY_VALUE, LINKER, is_one_of};
use crate::host_paths;
use crate::link;
use crate::roots::Roots;
use crate::scan::{Piece, pieces};

/// What the driver must know from the options for the linker.
#[derive(Debug, Default)]
pub struct LinkerOptions {
    /// The output is an object file for another link.
    pub relocatable: bool,
}

/// Reads and checks options for the linker. `inputs_of_clang` is whether clang's temporary objects may be among them.
pub fn checked(args: &[Vec<u8>], roots: &Roots, inputs_of_clang: bool) -> Result<LinkerOptions, Error> {
    let mut options = LinkerOptions::default();
    let mut to_check = pieces(args, &LINKER);
    for piece in &to_check {
        match *piece {
            Piece::Option { flag: b"-shared" | b"--shared" | b"-Bshareable" | b"--Bshareable", spelled, .. } => {
                return Err(link::no_shared(spelled));
            }
            Piece::Option { flag: b"-dynamic-linker" | b"--dynamic-linker", spelled, .. } => {
                return Err(link::no_dynamic_linker(spelled));
            }
            Piece::Option { flag: b"-r" | b"--relocatable", .. } => options.relocatable = true,
            Piece::Input(path) => link::check_input(path)?,
            Piece::Option { .. } => {}
        }
    }
    to_check.retain(|piece| match piece {
        Piece::Input(path) => !(inputs_of_clang && roots.is_made_by_clang(path)),
        Piece::Option { flag, .. } => !is_one_of(flag, ANY_VALUE),
    });
    host_paths::check(&to_check, roots)?;
    Ok(options)
}
