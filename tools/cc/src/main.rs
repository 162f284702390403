//! The program under all its names: `strip` and `objcopy` work by themselves, for every other one it gathers the call,
//! asks [`cc::plan`] what it means, and becomes LLVM; or runs it, where an error of clang's may want an explanation.
//!
//! Exit codes: those of LLVM's tool; 1 when the call is refused or stripping fails; 127 when the payload is missing; 126
//! when it is there and cannot be executed.

use std::io::{self, IsTerminal, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};

use cc::hint::Missing;

fn main() -> ExitCode {
    let argv0 = std::env::args_os().next().unwrap_or_default();
    let name = Path::new(&argv0).file_name().unwrap_or_default();
    if name == "strip" || name == "objcopy" {
        return strip(&argv0);
    }
    let error = match cc::Call::of_this_process().and_then(|call| cc::plan(&call)) {
        Ok(invocation) => {
            let mut command = Command::new(&invocation.program);
            command.args(&invocation.args).env_clear().envs(invocation.env);
            if let Some(argv0) = &invocation.argv0 {
                command.arg0(argv0);
            }
            // A terminal is left to clang: it shows colours there, and no build stands behind it.
            let run = match invocation.missing.any() && !io::stderr().is_terminal() {
                true => with_hint(command, invocation.missing),
                false => Err(command.exec()),
            };
            match run {
                Ok(code) => return code,
                Err(cause) => cc::Error::not_executable(&invocation.program, &cause),
            }
        }
        Err(error) => error,
    };
    eprintln!("{error}");
    ExitCode::from(error.exit_code())
}

/// Runs clang, passes on what it says, and explains a failure for want of headers that this action does not have.
fn with_hint(mut command: Command, missing: Missing) -> io::Result<ExitCode> {
    let mut child = command.stderr(Stdio::piped()).spawn()?;
    let mut stderr = Vec::new();
    if let Some(mut pipe) = child.stderr.take() {
        let mut buffer = [0; 16 * 1024];
        loop {
            match pipe.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => {
                    // Who does not listen to errors does not stop the compilation.
                    let _ = io::stderr().write_all(&buffer[..n]);
                    stderr.extend_from_slice(&buffer[..n]);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
    let status = child.wait()?;
    if let Some(hint) = (!status.success()).then(|| missing.hint(&stderr)).flatten() {
        eprintln!("{hint}");
    }
    // A signal's number as the shell has it.
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(u8::MAX)))
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
