//! The command line.

use std::io::{IsTerminal, stdout};
use std::path::PathBuf;
use std::process::ExitCode;

use bazel::Bazel;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diagnostic::Result;

use crate::examine::{Request, examine};
use crate::report::{Report, json, text};

/// Nothing to mend was found.
const WELL: u8 = 0;
/// A check found something to mend.
const SICK: u8 = 1;
/// The workspace could not be examined: stderr says why. Also what clap says of a wrong command line.
const NOT_EXAMINED: u8 = 2;

/// The `doctor` command.
pub fn command() -> Command {
    Command::new("doctor")
        .about("Says which C toolchain each Go race platform gets and why, and what to mend")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help("Exit codes: 0 nothing to mend, 1 something to mend, 2 could not examine")
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json"])
                .default_value("text")
                .help("What to print on stdout"),
        )
        .arg(
            Arg::new("fetch")
                .long("fetch")
                .action(ArgAction::SetTrue)
                .help("Let Bazel fetch what is missing, from the mirrors too; else nothing is fetched"),
        )
        .arg(
            Arg::new("bazel")
                .long("bazel")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .help("The Bazel to ask; else that of the environment variable BAZEL, else of PATH"),
        )
        .arg(
            Arg::new("flags")
                .value_name("BAZEL_FLAG")
                .last(true)
                .num_args(0..)
                .help("Flags of your builds, such as --platforms=…: what is examined is a build with them"),
        )
}

/// Runs what the process's command line asks for.
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    match report(&matches) {
        Ok(report) => {
            let exit_code = if report.is_sick() { SICK } else { WELL };
            match matches.get_one::<String>("format").map(String::as_str) {
                Some("json") => println!("{:#}", json::render(&report, exit_code)),
                _ => print!("{}", text::render(&report, stdout().is_terminal())),
            }
            ExitCode::from(exit_code)
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(NOT_EXAMINED)
        }
    }
}

fn report(matches: &ArgMatches) -> Result<Report> {
    let bazel = Bazel::of_this_process(matches.get_one::<PathBuf>("bazel").cloned())?;
    let flags = matches.get_many::<String>("flags").unwrap_or_default().cloned().collect();
    examine(&Request { bazel, flags, fetch: matches.get_flag("fetch") })
}
