//! The command line.
//!
//! Exit codes: 0 done; 1 it failed and stderr says why; 2 the command line is wrong.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::assemble::{Inputs, assemble};

/// The `release` command.
pub fn command() -> Command {
    let path = |name: &'static str| Arg::new(name).long(name).value_parser(value_parser!(PathBuf)).required(true);
    Command::new("release")
        .about("Assembles a release of toolchains_go_race: `./dev release` calls it")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help("Exit codes: 0 done, 1 failed, 2 wrong command line")
        .arg(path("source").value_name("DIR").help("The module's repository"))
        .arg(path("files").value_name("FILE").help("The files of the repository, a path a line (git ls-files)"))
        .arg(path("programs").value_name("DIR").help("The tools: amd64/NAME and arm64/NAME"))
        .arg(path("crates").value_name("DIR").help("The archives of the crates that the tools are built with"))
        .arg(path("packages").value_name("FILE").help("The Debian packages that they are linked with, a .deb's name a line"))
        .arg(path("payload").value_name("DIR").action(ArgAction::Append).help("The payload; may be repeated"))
        .arg(path("out").value_name("DIR").help("The release: a folder that is not there yet, or empty"))
        .arg(
            Arg::new("url")
                .long("url")
                .value_name("URL")
                .action(ArgAction::Append)
                .help("The folder in which the files will be published; may be repeated [default: none, they come from a --distdir]"),
        )
}

/// Runs what the process's command line asks for.
pub fn run() -> ExitCode {
    match assemble(&inputs(&command().get_matches())) {
        Ok(summary) => {
            print!("{summary}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn inputs(matches: &ArgMatches) -> Inputs {
    let path = |name: &str| matches.get_one::<PathBuf>(name).expect("required").clone();
    Inputs {
        source: path("source"),
        files: path("files"),
        programs: path("programs"),
        crates: path("crates"),
        packages: path("packages"),
        payload: matches.get_many("payload").expect("required").cloned().collect(),
        urls: matches.get_many("url").into_iter().flatten().cloned().collect(),
        out: path("out"),
    }
}
