//! How LLVM is started: one multi-call program, separate programs, or those through a dynamic loader of the tree's own.

use std::ffi::OsString;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::invocation::Call;
use crate::layout::{Layout, Tool};
use crate::response;
use crate::roots::Roots;

/// The program, its arguments, and `argv[0]` where it is not the program's path.
pub struct Start {
    pub program: PathBuf,
    pub args: Vec<OsString>,
    pub argv0: Option<OsString>,
}

/// `args` are those of the multi-call program: the first one selects the tool.
pub fn start(call: &Call, layout: &Layout, args: Vec<OsString>) -> Start {
    let tree = layout.resources(call.exec);
    if !(call.exists)(&tree.join("bin/clang")) {
        return Start { program: layout.llvm(call.exec), args, argv0: None };
    }
    // llvm-ar tells by its name what it is.
    let (program, ranlib) = match layout.tool {
        Tool::Cc | Tool::Cxx => ("bin/clang", false),
        Tool::Linker => ("bin/ld.lld", false),
        Tool::Ar => ("bin/llvm-ar", false),
        Tool::Ranlib => ("bin/llvm-ar", true),
    };
    let program = tree.join(program);
    let name = || layout.tools().join(name_of(layout.tool)).into_os_string();
    let args = args.into_iter().skip(1);
    let Some(loader) = loader(call, layout) else {
        return Start { program, args: args.collect(), argv0: ranlib.then(name) };
    };
    // clang starts its argv[0] for each of several jobs: through the loader, that has to be this driver (see [`again`]).
    let named = matches!(layout.tool, Tool::Cc | Tool::Cxx | Tool::Ranlib);
    let mut all = loader_args(&tree.join("lib"), &program, named.then(name));
    all.extend(args);
    Start { program: loader, args: all, argv0: None }
}

/// What a clang that runs through the loader asks for where it starts itself again, for one of several jobs
/// (`-cc1 …`, or a response file of its own that begins so): the same clang with just these arguments.
pub fn again(call: &Call, layout: &Layout, roots: &Roots) -> Option<Start> {
    let first = call.args.first()?.as_bytes();
    let begins = |arg: &[u8]| arg.starts_with(b"-cc1");
    let is_job = match first.strip_prefix(b"@") {
        None => begins(first),
        Some(path) if call.args.len() == 1 && roots.is_made_by_clang(path) => {
            response::tokens_of(path, call).first().is_some_and(|arg| begins(arg))
        }
        Some(_) => false,
    };
    if !is_job || !matches!(layout.tool, Tool::Cc | Tool::Cxx) {
        return None;
    }
    loader(call, layout)?;
    let args = std::iter::once("clang".into()).chain(call.args.iter().cloned());
    Some(start(call, layout, args.collect()))
}

/// The loader in LLVM's tree, if that has one.
fn loader(call: &Call, layout: &Layout) -> Option<PathBuf> {
    let loader = layout.resources(call.exec).join("lib/ld.so");
    (call.exists)(&loader).then_some(loader)
}

fn name_of(tool: Tool) -> &'static str {
    match tool {
        Tool::Cc => "cc",
        Tool::Cxx => "c++",
        Tool::Linker => "ld.lld",
        Tool::Ar => "ar",
        Tool::Ranlib => "ranlib",
    }
}

/// Nothing of the host is looked up: neither its cache of libraries nor a path that is compiled into a file.
fn loader_args(libraries: &Path, program: &Path, argv0: Option<OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec!["--inhibit-cache".into(), "--library-path".into(), libraries.into()];
    args.extend(argv0.into_iter().flat_map(|name| ["--argv0".into(), name]));
    args.push(program.into());
    args
}
