//! What the linker's command line may ask for, whoever passes it on.

use crate::error::Error;
use crate::flags::{ANY_VALUE, LINKER, is_one_of};
use crate::host_paths;
use crate::layout::{Arch, Layout, Libc};
use crate::link;
use crate::roots::Roots;
use crate::scan::{Piece, pieces};

/// What the driver must know from the options for the linker.
#[derive(Debug, Default)]
pub struct LinkerOptions {
    /// The output is an object file for another link.
    pub relocatable: bool,
    /// The output is a shared library.
    pub shared: bool,
}

/// Reads and checks options for the linker. `inputs_of_clang` is whether clang's temporary objects may be among them.
pub fn checked(
    args: &[Vec<u8>],
    layout: &Layout,
    roots: &Roots,
    inputs_of_clang: bool,
) -> Result<LinkerOptions, Error> {
    let mut options = LinkerOptions::default();
    let loader = loader(layout);
    let mut to_check = pieces(args, &LINKER);
    for piece in &to_check {
        match *piece {
            Piece::Option { flag: b"-shared" | b"--shared" | b"-Bshareable" | b"--Bshareable", spelled, .. } => {
                if loader.is_none() {
                    return Err(link::no_shared(spelled));
                }
                options.shared = true;
            }
            Piece::Option { flag: b"-dynamic-linker" | b"--dynamic-linker", value, spelled } => match loader {
                None => return Err(link::no_dynamic_linker(spelled)),
                Some(ours) if value.is_some_and(|value| value != ours.as_bytes()) => {
                    return Err(link::no_other_dynamic_linker(value.unwrap_or_default(), ours));
                }
                Some(_) => {}
            },
            Piece::Option { flag: b"-r" | b"--relocatable", .. } => options.relocatable = true,
            Piece::Input(path) => link::check_input(path, layout.libc)?,
            Piece::Option { .. } => {}
        }
    }
    to_check.retain(|piece| match piece {
        Piece::Input(path) => !(inputs_of_clang && roots.is_made_by_clang(path)),
        Piece::Option { flag: b"-dynamic-linker" | b"--dynamic-linker", .. } => false,
        Piece::Option { flag, .. } => !is_one_of(flag, ANY_VALUE),
    });
    host_paths::check(&to_check, roots)?;
    Ok(options)
}

/// Where every machine with the C library has its dynamic linker, if it has one.
fn loader(layout: &Layout) -> Option<&'static str> {
    match (layout.libc, layout.target) {
        (Libc::Musl, _) => None,
        (Libc::Glibc { .. }, Arch::Amd64) => Some("/lib64/ld-linux-x86-64.so.2"),
        (Libc::Glibc { .. }, Arch::Arm64) => Some("/lib/ld-linux-aarch64.so.1"),
    }
}
