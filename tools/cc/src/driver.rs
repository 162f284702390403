//! `cc` and `c++`: the user's command line, completed.

use std::borrow::Cow;
use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::error::Error;
use crate::flags::{CLANG, is_one_of};
use crate::headers::Headers;
use crate::hint::Missing;
use crate::host_paths;
use crate::invocation::Call;
use crate::layout::{Layout, Tool};
use crate::roots::Roots;
use crate::scan::pieces;
use crate::{compile, link, request, response};

/// Between these two, clang does not complain about options that a call has no use for (a link's `-isystem`, a compile's `-L`).
const QUIET: &str = "--start-no-unused-arguments";
const LOUD: &str = "--end-no-unused-arguments";

/// What a link may say of its kind. The driver decides that; clang, told `-static`, has no use for them.
const KINDS: &[&str] = &["-pie", "--pie", "-no-pie", "--no-pie", "-rdynamic", "-static-libgcc", "-static-libstdc++"];

/// LLVM's arguments for a call of the compiler.
pub fn args(call: &Call, layout: &Layout, roots: &Roots) -> Result<(Vec<OsString>, Missing), Error> {
    let expanded = response::expanded(call, roots)?;
    let pieces = pieces(&expanded, &CLANG);
    let request = request::read(&pieces, layout, roots)?;
    let headers = Headers::of(&request, layout, call.exists);
    host_paths::check(&pieces, roots)?;

    let mut args: Vec<OsString> = vec!["clang".into()];
    if layout.tool == Tool::Cxx {
        args.push("--driver-mode=g++".into());
    }
    args.push(QUIET.into());
    args.extend(compile::before(call, layout, roots));
    if let Some(link) = &request.link {
        args.extend(link::before(link, layout));
    }
    args.push(LOUD.into());

    let user_args = match &request.link {
        Some(link) if link.coverage => Cow::Owned(without_coverage(expanded)),
        _ => Cow::Borrowed(&*call.args),
    };
    let end_of_options = user_args.iter().position(|arg| arg == "--").unwrap_or(user_args.len());
    let (options, inputs) = user_args.split_at(end_of_options);
    for arg in options {
        let of_a_kind = is_one_of(arg.as_bytes(), KINDS) || arg.as_bytes().starts_with(b"@");
        if request.link.is_some() && of_a_kind {
            args.extend([QUIET.into(), arg.clone(), LOUD.into()]);
        } else {
            args.push(arg.clone());
        }
    }
    args.push(QUIET.into());
    args.extend(compile::after(layout, request.c_headers, &headers.folders));
    if let Some(link) = &request.link {
        args.extend(link::after(link, layout));
    }
    args.push(LOUD.into());
    args.extend_from_slice(inputs);
    let missing = if request.link.is_none() { headers.missing } else { Missing::default() };
    Ok((args, missing))
}

/// A link's arguments, those of its response files too, but for the option that only rules_go means by it.
fn without_coverage(expanded: Vec<Vec<u8>>) -> Vec<OsString> {
    expanded.into_iter().filter(|arg| !is_one_of(arg, request::COVERAGE)).map(OsString::from_vec).collect()
}
