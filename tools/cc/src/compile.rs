//! What every call of the compiler gets: a target, headers, and the same bytes on every machine.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use crate::bytes::joined;
use crate::invocation::Call;
use crate::layout::{Layout, Libc};
use crate::roots::Roots;

/// Options before the user's own, which may override them.
pub fn before(call: &Call, layout: &Layout, roots: &Roots) -> Vec<OsString> {
    // Outside Bazel the trees have the only path that is this machine's and not the user's.
    let prefix = roots.execution_root().unwrap_or(layout.dir());
    let replacement = if prefix == Path::new("/") { "=./" } else { "=." };
    let mut args = vec![
        "--no-default-config".into(),
        "-no-canonical-prefixes".into(),
        Layout::flag("-resource-dir=", &layout.resources(call.exec)),
        // An empty root, so that clang does not look for the host's GCC.
        Layout::flag("--sysroot=", &layout.sysroot()),
        // So that `-print-prog-name=ar`, which Go asks for a c-archive, is ours and not the host's.
        Layout::flag("-B", &layout.tools()),
        joined(&[OsStr::new("-ffile-prefix-map="), prefix.as_os_str(), OsStr::new(replacement)]),
        "-ffile-compilation-dir=.".into(),
        "-D__DATE__=\"redacted\"".into(),
        "-D__TIME__=\"redacted\"".into(),
        "-D__TIMESTAMP__=\"redacted\"".into(),
    ];
    if let Libc::Glibc { minor } = layout.libc {
        // The wheel's headers serve every version, and are told which.
        args.push(format!("-D__GLIBC_MINOR__={minor}").into());
    }
    args
}

/// Options after the user's own.
/// `headers` are the folders to search.
///
/// The target stands last so that a user's `--target`, already checked to mean the same, cannot take the musl out of it.
/// musl's headers stand after the user's `-isystem` and before clang's own ones, as clang does for musl: both libraries
/// have, say, a <stddef.h>, and musl's is the one that its other headers are made for.
pub fn after(layout: &Layout, c_headers: bool, headers: &[PathBuf]) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec![
        joined(&[OsStr::new("--target="), OsStr::new(layout.triple())]),
        // After the user's `-Weverything`: it would complain about the driver's own macros.
        "-Wno-builtin-macro-redefined".into(),
    ];
    if c_headers {
        // This takes the root's headers away and leaves clang's, after those named here.
        args.push("-nostdlibinc".into());
    }
    for folder in headers {
        args.extend(["-isystem".into(), folder.into()]);
    }
    args
}
