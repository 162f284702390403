//! The command line.
//!
//! Exit codes: 0 done, and nothing differs; 1 it failed and stderr says why, or `verify` or `diff` found a difference; 2 the
//! command line is wrong.

mod inspect;
mod llvm;
mod pack;
mod update;

use std::process::ExitCode;

use clap::Command;

/// The `sysroot` command with its sub-commands.
pub fn command() -> Command {
    Command::new("sysroot")
        .about("Makes and inspects the payload of toolchains_go_race: clang, headers and libraries")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help("Exit codes: 0 done, 1 failed (verify, diff: something differs), 2 wrong command line")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(pack::command())
        .subcommand(update::command())
        .subcommand(llvm::command())
        .subcommand(inspect::list_command())
        .subcommand(inspect::verify_command())
        .subcommand(inspect::diff_command())
}

/// Runs what the process's command line asks for.
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    let result = match matches.subcommand() {
        Some((pack::NAME, matches)) => pack::run(matches).map(|()| true),
        Some((update::NAME, matches)) => update::run(matches).map(|()| true),
        Some((llvm::NAME, matches)) => llvm::run(matches).map(|()| true),
        Some(("list", matches)) => inspect::list(matches),
        Some(("verify", matches)) => inspect::verify(matches),
        Some(("diff", matches)) => inspect::diff(matches),
        _ => unreachable!("clap requires one of the sub-commands"),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
