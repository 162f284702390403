//! What goes in, and what comes out.

use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::error::Error;
use crate::hint::Missing;
use crate::layout::Arch;
use crate::llvm::Start;

/// The variables that LLVM gets to see: where temporary files go, and nothing else.
///
/// So neither `CPATH`, `LIBRARY_PATH`, `COMPILER_PATH`, `CCC_OVERRIDE_OPTIONS` nor `PATH` (where clang would look for a
/// host's `ld`) reach it. `GOTMPDIR` is not for LLVM, but for this program when clang calls it as `ld.lld`.
/// `SOURCE_DATE_EPOCH` is not among them: the macros that it steers are fixed by the driver.
const KEPT_VARIABLES: [&str; 4] = ["TMPDIR", "TMP", "TEMP", "GOTMPDIR"];

/// Everything about a process that the driver's answer depends on.
pub struct Call {
    /// `argv[0]` as given: where the trees are, which tool is asked for, and which architecture.
    pub argv0: OsString,
    /// The other arguments.
    pub args: Vec<OsString>,
    /// The current folder.
    pub cwd: PathBuf,
    /// The variables of the environment that matter.
    pub env: Vec<(OsString, OsString)>,
    /// The architecture that the driver itself runs on.
    pub exec: Arch,
    /// Reads a response file.
    pub read: fn(&Path) -> io::Result<Vec<u8>>,
    /// Whether there is something at a path: a tree that not every action has.
    pub exists: fn(&Path) -> bool,
}

impl Call {
    /// The call that started this process.
    pub fn of_this_process() -> Result<Self, Error> {
        let mut args = env::args_os();
        let argv0 = args.next().unwrap_or_default();
        let cwd = env::current_dir().map_err(|cause| {
            Error::refused(
                format!("cannot tell the current folder: {cause}"),
                argv0.to_string_lossy(),
                "run it in a folder that exists and that it may read",
            )
        })?;
        Ok(Self {
            argv0,
            args: args.collect(),
            cwd,
            env: KEPT_VARIABLES.iter().filter_map(|name| Some((OsString::from(name), env::var_os(name)?))).collect(),
            exec: Arch::OF_THIS_PROGRAM,
            read: |path| std::fs::read(path),
            exists: Path::exists,
        })
    }

    pub(crate) fn variable(&self, name: &str) -> Option<&OsStr> {
        self.env.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_os_str())
    }
}

/// What to execute: the program, its arguments, and all of its environment.
#[derive(Debug)]
pub struct Invocation {
    /// LLVM's one binary, one of its programs, or the dynamic loader of its tree.
    pub program: PathBuf,
    /// Its arguments; the one binary's first one selects the tool.
    pub args: Vec<OsString>,
    /// Its `argv[0]`, where that is not the program's path.
    pub argv0: Option<OsString>,
    /// Its whole environment.
    pub env: Vec<(OsString, OsString)>,
    /// Headers that the action does not have, when it compiles: if clang fails for want of one, the user is to be told.
    pub missing: Missing,
}

impl Invocation {
    pub(crate) fn new(start: Start, env: &[(OsString, OsString)], missing: Missing) -> Self {
        let kept = |(name, _): &&(OsString, OsString)| KEPT_VARIABLES.iter().any(|kept| name == kept);
        let Start { program, args, argv0 } = start;
        Self { program, args, argv0, env: env.iter().filter(kept).cloned().collect(), missing }
    }
}

/// One line for the program, each argument and each variable.
impl fmt::Display for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.program.display())?;
        if let Some(argv0) = &self.argv0 {
            write!(f, " as {}", argv0.to_string_lossy())?;
        }
        for arg in &self.args {
            write!(f, "\n  {}", arg.to_string_lossy())?;
        }
        for (name, value) in &self.env {
            write!(f, "\nenv {}={}", name.to_string_lossy(), value.to_string_lossy())?;
        }
        Ok(())
    }
}
