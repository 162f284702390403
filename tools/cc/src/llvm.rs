//! How LLVM is started: one multi-call program, separate programs, or those through a dynamic loader of the tree's own.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use crate::invocation::Call;
use crate::layout::{Layout, Tool};

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
    let (program, name) = match layout.tool {
        Tool::Cc | Tool::Cxx => ("bin/clang", None),
        Tool::Linker => ("bin/ld.lld", None),
        Tool::Ar => ("bin/llvm-ar", None),
        // llvm-ar tells by its name what it is.
        Tool::Ranlib => ("bin/llvm-ar", Some("ranlib")),
    };
    let program = tree.join(program);
    let argv0 = name.map(|name| layout.tools().join(name).into_os_string());
    let args = args.into_iter().skip(1);
    let loader = tree.join("lib/ld.so");
    if !(call.exists)(&loader) {
        return Start { program, args: args.collect(), argv0 };
    }
    let mut all = loader_args(&tree.join("lib"), &program, argv0);
    all.extend(args);
    Start { program: loader, args: all, argv0: None }
}

/// Nothing of the host is looked up: neither its cache of libraries nor a path that is compiled into a file.
fn loader_args(libraries: &Path, program: &Path, argv0: Option<OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec!["--inhibit-cache".into(), "--library-path".into(), libraries.into()];
    args.extend(argv0.into_iter().flat_map(|name| ["--argv0".into(), name]));
    args.push(program.into());
    args
}
