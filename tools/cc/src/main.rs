//! The program under all its names: `strip` and `objcopy` work by themselves, for every other one it gathers the call,
//! asks [`cc::plan`] what it means, and becomes LLVM.
//!
//! Exit codes: those of LLVM's tool; 1 when the call is refused or stripping fails; 127 when the payload is missing; 126
//! when it is there and cannot be executed.

use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

fn main() -> ExitCode {
    let argv0 = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&argv0).file_name().unwrap_or_default();
    if name == "strip" || name == "objcopy" {
        return strip(&argv0);
    }
    let error = match cc::Call::of_this_process().and_then(|call| cc::plan(&call)) {
        Ok(invocation) => {
            let cause =
                Command::new(&invocation.program).args(&invocation.args).env_clear().envs(invocation.env).exec();
            cc::Error::not_executable(&invocation.program, &cause)
        }
        Err(error) => error,
    };
    eprintln!("{error}");
    ExitCode::from(error.exit_code())
}

fn strip(argv0: &std::ffi::OsString) -> ExitCode {
    match strip::run(argv0, &std::env::args_os().skip(1).collect::<Vec<_>>()) {
        Ok(text) => {
            print!("{}", text.unwrap_or_default());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
