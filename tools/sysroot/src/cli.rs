//! The command line.
//!
//! Exit codes: 0 done, 1 it failed and stderr says why, 2 the command line is wrong.

mod pack;

use std::process::ExitCode;

use clap::Command;

/// The `sysroot` command with its sub-commands.
pub fn command() -> Command {
    Command::new("sysroot")
        .about("Makes the payload of toolchains_go_race: clang, headers and libraries")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help("Exit codes: 0 done, 1 failed, 2 wrong command line")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(pack::command())
}

/// Runs what the process's command line asks for.
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    let result = match matches.subcommand() {
        Some((pack::NAME, matches)) => pack::run(matches),
        _ => unreachable!("clap requires one of the sub-commands"),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}
