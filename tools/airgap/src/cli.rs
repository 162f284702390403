//! The command line.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{self, ExitCode};

use bazel::{Bazel, workspace_of};
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diagnostic::{Error, Result};

use crate::bundle::{PLATFORMS, Request, bundle};
use crate::manifest::Manifest;
use crate::{isolated, list, run as runs, verify};

/// The command failed: stderr says why. Also what clap says of a wrong command line.
const FAILED: u8 = 2;
/// `airgap isolated` could not take the network away.
pub const NOT_ISOLATED: u8 = 125;

/// The `airgap` command.
pub fn command() -> Command {
    let bundle_folder = || {
        Arg::new("bundle")
            .value_name("BUNDLE")
            .required(true)
            .value_parser(value_parser!(PathBuf))
            .help("The bundle's folder")
    };
    let workspace = |help: &'static str| {
        Arg::new("workspace").long("workspace").value_name("DIR").value_parser(value_parser!(PathBuf)).help(help)
    };
    Command::new("airgap")
        .about("Bundles all that a build needs, and builds from the bundle where there is no network")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .after_help("Exit codes: 0 well, 2 an error, which stderr tells; `run` ends as Bazel does")
        .subcommand(
            Command::new("bundle")
                .about("Makes a bundle, on a machine with a network, or adds to one")
                .after_help(
                    "Call it again after an interruption: what was fetched is kept. Bundle several workspaces into the \
                             same folder: what they share is there once.",
                )
                .arg(workspace("The workspace, or a folder in it; else that of `bazel run`, else the current folder"))
                .arg(
                    Arg::new("out")
                        .long("out")
                        .value_name("BUNDLE")
                        .required(true)
                        .value_parser(value_parser!(PathBuf))
                        .help("The bundle's folder: new, empty, or a bundle, which gets more"),
                )
                .arg(
                    Arg::new("platform")
                        .long("platform")
                        .value_name("OS/ARCH")
                        .value_delimiter(',')
                        .action(ArgAction::Append)
                        .value_parser(PLATFORMS)
                        .help("What is built for, with commas between; else this machine's platform"),
                )
                .arg(Arg::new("warm").long("warm").action(ArgAction::SetTrue).help(
                    "Bundle the results of all actions as well: they are executed here, and not on the other side",
                ))
                .arg(
                    Arg::new("bazel")
                        .long("bazel")
                        .value_name("FILE")
                        .value_parser(value_parser!(PathBuf))
                        .help("The Bazel to ask; else that of the environment variable BAZEL, else of PATH"),
                )
                .arg(
                    Arg::new("arguments")
                        .value_name("BAZEL_ARGUMENT")
                        .last(true)
                        .num_args(1..)
                        .required(true)
                        .help("Options and targets of the `bazel test` that is to work on the other side: //..."),
                ),
        )
        .subcommand(
            Command::new("verify")
                .about("Reads every file of a bundle, and says what is missing or damaged")
                .arg(bundle_folder()),
        )
        .subcommand(
            Command::new("list")
                .about("Lists what a bundle has, with sizes and who asks for it")
                .arg(
                    Arg::new("format")
                        .long("format")
                        .value_parser(["text", "json"])
                        .default_value("text")
                        .help("What to print on stdout"),
                )
                .arg(bundle_folder()),
        )
        .subcommand(
            Command::new("flags")
                .about("Prints the options for Bazel, as lines of a .bazelrc; they hold for this place of the bundle")
                .arg(workspace("The workspace, or a folder in it; else the current folder"))
                .arg(bundle_folder()),
        )
        .subcommand(
            Command::new("run")
                .about("Verifies a bundle, and runs Bazel with it")
                .arg(workspace("The workspace, or a folder in it; else the current folder"))
                .arg(
                    Arg::new("isolate").long("isolate").action(ArgAction::SetTrue).help(
                        "Take the network away first: a network namespace without interfaces but the loopback one",
                    ),
                )
                .arg(bundle_folder())
                .arg(
                    Arg::new("command")
                        .value_name("COMMAND")
                        .last(true)
                        .num_args(1..)
                        .required(true)
                        .value_parser(value_parser!(OsString))
                        .help("Bazel, with its arguments: bazel test //..."),
                ),
        )
        .subcommand(
            Command::new("isolated")
                .about(
                    "Runs a command without a network: in a network namespace without interfaces but the loopback one",
                )
                .arg(
                    Arg::new("command")
                        .value_name("COMMAND")
                        .last(true)
                        .num_args(1..)
                        .required(true)
                        .value_parser(value_parser!(OsString))
                        .help("The command, with its arguments"),
                ),
        )
}

/// Runs what the process's command line asks for.
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    let done = match matches.subcommand() {
        Some(("bundle", matches)) => make(matches).map(|()| ExitCode::SUCCESS),
        Some(("verify", matches)) => {
            bundle_folder(matches).and_then(|bundle| verify::verify(&bundle)).map(|_| ExitCode::SUCCESS)
        }
        Some(("list", matches)) => print_list(matches).map(|()| ExitCode::SUCCESS),
        Some(("flags", matches)) => print_flags(matches).map(|()| ExitCode::SUCCESS),
        Some(("run", matches)) => run_bazel(matches),
        Some(("isolated", matches)) => return run_isolated(matches),
        _ => unreachable!("clap asks for a subcommand"),
    };
    done.unwrap_or_else(|error| {
        eprintln!("error: {error}");
        ExitCode::from(FAILED)
    })
}

fn make(matches: &ArgMatches) -> Result<()> {
    let program = matches.get_one::<PathBuf>("bazel").cloned();
    let bazel = match matches.get_one::<PathBuf>("workspace") {
        None => Bazel::of_this_process(program)?,
        Some(folder) => {
            let folder = absolute(folder)?;
            let program = program.or_else(|| env::var_os("BAZEL").filter(|value| !value.is_empty()).map(PathBuf::from));
            Bazel::new(program.unwrap_or_else(|| "bazel".into()), workspace_of(&folder)?)
        }
    };
    bundle(&Request {
        bazel,
        out: absolute(matches.get_one::<PathBuf>("out").expect("clap asks for it"))?,
        platforms: strings(matches, "platform"),
        arguments: strings(matches, "arguments"),
        warm: matches.get_flag("warm"),
    })
}

fn print_list(matches: &ArgMatches) -> Result<()> {
    let bundle = bundle_folder(matches)?;
    let manifest = Manifest::read(&bundle)?;
    let contents = verify::list(&bundle, &manifest)?;
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => println!("{:#}", list::json(&manifest, &contents)),
        _ => print!("{}", list::text(&manifest, &contents)),
    }
    Ok(())
}

fn print_flags(matches: &ArgMatches) -> Result<()> {
    print!("{}", runs::flags(&bundle_folder(matches)?, &workspace(matches)?)?);
    Ok(())
}

fn run_bazel(matches: &ArgMatches) -> Result<ExitCode> {
    let status = runs::run(&runs::Request {
        bundle: bundle_folder(matches)?,
        workspace: workspace(matches)?,
        words: matches.get_many::<OsString>("command").unwrap_or_default().cloned().collect(),
        isolate: matches.get_flag("isolate"),
    })?;
    // As a shell says it.
    let code = status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or_default());
    Ok(ExitCode::from(u8::try_from(code).unwrap_or(FAILED)))
}

fn run_isolated(matches: &ArgMatches) -> ExitCode {
    let words: Vec<&OsString> = matches.get_many("command").unwrap_or_default().collect();
    if let Err(error) = isolated::enter() {
        eprintln!("error: {error}");
        return ExitCode::from(NOT_ISOLATED);
    }
    let reason = process::Command::new(words[0]).args(&words[1..]).exec();
    eprintln!("error: {}", Error::new(format!("cannot run {}: {reason}", words[0].display())).next("name a program"));
    ExitCode::from(FAILED)
}

fn bundle_folder(matches: &ArgMatches) -> Result<PathBuf> {
    absolute(matches.get_one::<PathBuf>("bundle").expect("clap asks for it"))
}

fn strings(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.get_many::<String>(name).unwrap_or_default().cloned().collect()
}

/// The workspace that is named, else the current folder.
fn workspace(matches: &ArgMatches) -> Result<PathBuf> {
    absolute(matches.get_one::<PathBuf>("workspace").map_or(Path::new("."), |path| path))
}

/// A path that does not depend on the current folder: where `bazel run` started this program, that of the person who called it.
fn absolute(path: &Path) -> Result<PathBuf> {
    let here = match env::var_os("BUILD_WORKING_DIRECTORY") {
        Some(folder) => PathBuf::from(folder),
        None => env::current_dir().map_err(|e| Error::new(format!("cannot tell the current folder: {e}")))?,
    };
    Ok(here.join(path))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
