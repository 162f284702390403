//! The command line.
//!
//! Exit codes: 0 no new race, 1 new races, 2 something cannot be read or the command line is wrong.

mod inputs;

use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diagnostic::{Error, Result};

use crate::baseline::Baseline;
use crate::bazel::Rerun;
use crate::output::{Findings, Look, html, json, sarif, text};
use crate::races::Races;
use crate::workspace::Workspace;

/// The columns where nobody says how many there are.
const WIDTH: usize = 120;

/// The `racereport` command.
pub fn command() -> Command {
    Command::new("racereport")
        .about("Lists each distinct data race of test logs once, with its tests and the command that shows it again")
        .version(crate::VERSION)
        .after_help("Exit codes: 0 no new race, 1 new races, 2 something cannot be read, or a wrong command line")
        .arg(Arg::new("logs").value_name("LOG").num_args(0..).value_parser(value_parser!(PathBuf)).help(
            "Logs: a file of any kind, a folder of test logs, a file of --build_event_json_file, or - for standard \
                 input [default: the workspace's bazel-testlogs]",
        ))
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json", "sarif", "html"])
                .default_value("text")
                .help("What to print"),
        )
        .arg(path("output", "Where to print it, in place of standard output"))
        .arg(path("baseline", "Accepted races, each with a reason and an owner: only others are new"))
        .arg(path(
            "workspace",
            "The workspace's folder [default: that of `bazel run`, or the one around the current folder]",
        ))
        .arg(
            Arg::new("color")
                .long("color")
                .value_parser(["auto", "always", "never"])
                .default_value("auto")
                .help("Colours in text"),
        )
        .arg(
            Arg::new("all-frames")
                .long("all-frames")
                .action(ArgAction::SetTrue)
                .help("Shows frames of Go's own tree in text, too"),
        )
}

fn path(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name("PATH").value_parser(value_parser!(PathBuf)).help(help)
}

/// Runs what the process's command line asks for.
pub fn run() -> ExitCode {
    match report(&command().get_matches()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// Reads and prints; whether there is no new race.
fn report(matches: &ArgMatches) -> Result<bool> {
    let given = |name: &str| matches.get_one::<PathBuf>(name);
    let workspace = Workspace::new(inputs::workspace(given("workspace")));
    let baseline = given("baseline").map(|file| Baseline::read(&inputs::from_here(file))).transpose()?;
    let mut races = Races::new(workspace.root());
    let logs: Vec<PathBuf> = matches.get_many("logs").unwrap_or_default().cloned().collect();
    let read = inputs::read(&logs, workspace.folder(), &mut races)?;
    races.finish();
    let rerun = Rerun::new(read.options, workspace.folder());
    let findings = Findings {
        races: &races,
        baseline: baseline.as_ref(),
        workspace: &workspace,
        rerun: &rerun,
        notes: read.notes,
    };
    print(&rendered(&findings, matches), given("output"))?;
    Ok(findings.fresh() == 0)
}

fn rendered(findings: &Findings<'_>, matches: &ArgMatches) -> String {
    let word = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    match word("format") {
        "json" => format!("{:#}\n", json(findings)),
        "sarif" => format!("{:#}\n", sarif(findings)),
        "html" => html(findings),
        _ => {
            let terminal = std::io::stdout().is_terminal() && matches.get_one::<PathBuf>("output").is_none();
            // https://no-color.org: any value but an empty one.
            let wanted = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
            let colour = match word("color") {
                "always" => true,
                "never" => false,
                _ => wanted,
            };
            let width = terminal_size::terminal_size().map_or(WIDTH, |(width, _)| usize::from(width.0));
            text(findings, Look { colour, width, all_frames: matches.get_flag("all-frames") })
        }
    }
}

fn print(text: &str, output: Option<&PathBuf>) -> Result<()> {
    match output {
        Some(file) => {
            let file = inputs::from_here(file);
            std::fs::write(&file, text).map_err(|reason| Error::io("write", &file, reason))
        }
        None => match std::io::stdout().lock().write_all(text.as_bytes()) {
            // Who reads by `head` has enough.
            Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            written => written.map_err(|reason| Error::new(format!("cannot write to standard output: {reason}"))),
        },
    }
}
