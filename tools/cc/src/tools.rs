//! `ld.lld`, `ar` and `ranlib`: LLVM's own, with the driver's checks.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;

use crate::bytes::joined;
use crate::error::Error;
use crate::flags::CLANG;
use crate::host_paths;
use crate::invocation::Call;
use crate::layout::Layout;
use crate::linker;
use crate::response;
use crate::roots::Roots;

/// The linker adds nothing: what a link needs, `cc` has added.
pub fn linker_args(call: &Call, layout: &Layout, roots: &Roots) -> Result<Vec<OsString>, Error> {
    linker::checked(&response::expanded(call, roots)?, layout, roots, true)?;
    Ok(with_tool("ld.lld", &call.args))
}

/// `ar [-]OPERATION ARCHIVE MEMBER…`: the archive may be anywhere, the members not.
pub fn ar_args(call: &Call, roots: &Roots) -> Result<Vec<OsString>, Error> {
    let expanded = response::expanded(call, roots)?;
    let after_options = expanded.iter().skip_while(|arg| arg.starts_with(b"--"));
    let members: Vec<Vec<u8>> = after_options.skip(2).cloned().collect();
    host_paths::check_args(&members, &CLANG, roots)?;

    let mut args = with_tool("ar", &call.args);
    // The last of `D` and `U` wins: no time, no owner, no mode ends in an archive.
    if let Some(operation) = args.iter_mut().skip(1).find(|arg| !arg.as_bytes().starts_with(b"--")) {
        let letters = operation.as_bytes().strip_prefix(b"-").unwrap_or(operation.as_bytes());
        // `-M` reads a script, and a response file speaks for itself: llvm-ar is deterministic unless told otherwise.
        if !letters.starts_with(b"@") && letters != b"M" {
            *operation = joined(&[operation, "D".as_ref()]);
        }
    }
    Ok(args)
}

/// `ranlib ARCHIVE…`
pub fn ranlib_args(call: &Call, roots: &Roots) -> Result<Vec<OsString>, Error> {
    response::expanded(call, roots)?;
    let mut args = with_tool("ranlib", &call.args);
    args.push("-D".into());
    Ok(args)
}

fn with_tool(tool: &str, args: &[OsString]) -> Vec<OsString> {
    let mut all = Vec::with_capacity(args.len() + 2);
    all.push(tool.into());
    all.extend_from_slice(args);
    all
}
