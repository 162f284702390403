//! Runs a program for arm64 on a machine for amd64 as if it ran here: in a virtual machine of its own, which sees this
//! file system. Made for Bazel's `--run_under`. Any other program is simply executed.

mod args;
mod console;
mod files;
mod initramfs;
mod job;
mod machine;
mod program;
mod relay;

use std::env;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, ExitCode};

use args::{Call, Parsed};
use diagnostic::{Error, Result};
use files::Files;
use machine::Machine;
use vm::Ending;

/// The program was not run. (bash uses it for commands that cannot be executed.)
const NOT_RUN: u8 = 126;
/// The arguments make no sense.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    let call = match args::parse(env::args_os().skip(1)) {
        Ok(Parsed::Help) => {
            print!("{}", args::HELP);
            return ExitCode::SUCCESS;
        }
        Ok(Parsed::Run(call)) => call,
        Err(error) => {
            eprint!("runner: {error}\n\n{}", args::USAGE);
            return ExitCode::from(USAGE);
        }
    };
    match run(&call) {
        Ok(Ending::Exit(code)) => ExitCode::from(code),
        Ok(Ending::Signal(number)) => {
            // As the program ended, so do we: who waits for us sees what he would have seen.
            let _ = signal_hook::low_level::emulate_default_handler(number.into());
            // The signals whose default is to be ignored end nobody; a program that died of one is not known.
            ExitCode::from(128 + number)
        }
        Err(error) => {
            eprintln!("runner: {error}");
            ExitCode::from(NOT_RUN)
        }
    }
}

fn run(call: &Call) -> Result<Ending> {
    let path = &call.command[0];
    if !program::needs_machine(path)? {
        let error = Command::new(path).args(&call.command[1..]).exec();
        return Err(Error::new(format!("cannot start {}", path.display())).fact("reason", error));
    }
    let files = Files::find(call.vm.as_deref())?;
    let size = files.size()?;
    let job = job::of(&call.command)?;
    let machine = Machine::start(&files, &size)?;
    relay::relay(machine, &job, &size)
}
