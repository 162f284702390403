//! The command line.
//!
//! Exit codes: 0 nothing leaked, 1 something did, 2 it could not be checked.

use std::env;
use std::fs::{self, File};
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use bazel::Bazel;
use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diagnostic::{Error, Result};

use crate::aquery::{self, Actions, merge};
use crate::binary::{self, Known};
use crate::leak::{Leaks, Source};
use crate::report::{self, Report};
use crate::roots::Roots;
use crate::{allow, execution_log, syso, workspace};

fn paths(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name)
        .long(name)
        .value_name(value)
        .action(ArgAction::Append)
        .value_parser(value_parser!(PathBuf))
        .help(help)
}

fn choice(name: &'static str, choices: [&'static str; 3], help: &'static str) -> Arg {
    Arg::new(name).long(name).value_parser(choices).default_value(choices[0]).help(help)
}

/// The `leakcheck` command.
pub fn command() -> Command {
    Command::new("leakcheck")
        .about("Shows what of the host takes part in a build: in its actions, and in its binaries")
        .version(env!("CARGO_PKG_VERSION"))
        .after_help("Exit codes: 0 nothing leaked, 1 something did, 2 it could not be checked")
        .arg(
            Arg::new("pattern")
                .value_name("PATTERN")
                .action(ArgAction::Append)
                .help("Targets, which are built and checked"),
        )
        .arg(
            Arg::new("flag")
                .value_name("BAZEL_FLAG")
                .last(true)
                .num_args(1..)
                .help("Flags of that build, such as --config"),
        )
        .arg(paths("binary", "FILE", "Check a program or shared library; may be repeated"))
        .arg(paths("aquery", "FILE", "Check the actions of `bazel aquery --output=jsonproto`; may be repeated"))
        .arg(paths("execution-log", "FILE", "Check the actions of --execution_log_json_file; may be repeated"))
        .arg(
            paths("execution-root", "DIR", "Where paths of these two lead: `bazel info execution_root`")
                .action(ArgAction::Set),
        )
        .arg(paths("goroot", "DIR", "Compare the race runtime with this Go SDK's; may be repeated"))
        .arg(paths("allow", "FILE", "An allow-list: JSON, a reason for each entry; may be repeated"))
        .arg(
            Arg::new("glibc")
                .long("glibc")
                .value_name("VERSION")
                .help("Allow programs to need glibc up to this version"),
        )
        .arg(choice("format", ["text", "json", "html"], "The report's form"))
        .arg(paths("output", "FILE", "Write the report there, and not to stdout").action(ArgAction::Set))
        .arg(choice("color", ["auto", "always", "never"], "Colours of the text"))
        .arg(paths("bazel", "PROGRAM", "Bazel, in place of $BAZEL or `bazel`").action(ArgAction::Set))
}

/// Runs what the process's command line asks for.
pub fn run() -> ExitCode {
    let matches = command().get_matches();
    match check(&matches).and_then(|report| print(&matches, &report).map(|()| report.leaks.is_empty())) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}

/// A path of the command line: `bazel run` starts programs elsewhere, and says where it was called.
fn here(path: &Path) -> PathBuf {
    env::var_os("BUILD_WORKING_DIRECTORY").map_or_else(|| path.to_owned(), |folder| Path::new(&folder).join(path))
}

fn given(matches: &ArgMatches, name: &str) -> Vec<PathBuf> {
    matches.get_many::<PathBuf>(name).into_iter().flatten().map(|path| here(path)).collect()
}

fn words(matches: &ArgMatches, name: &str) -> Vec<String> {
    matches.get_many::<String>(name).into_iter().flatten().cloned().collect()
}

fn check(matches: &ArgMatches) -> Result<Report> {
    let patterns = words(matches, "pattern");
    let mut entries = Vec::new();
    for list in given(matches, "allow") {
        entries.extend(allow::read(&list)?);
    }
    entries.extend(matches.get_one::<String>("glibc").into_iter().flat_map(|version| allow::glibc(version)));
    entries.extend(allow::built_in());
    let mut report = Report::default();
    let mut leaks = Leaks::new();
    let mut known = Known::default();
    let mut goroots = given(matches, "goroot");
    let mut files = Vec::new();
    if !patterns.is_empty() {
        let bazel = Bazel::of_this_process(matches.get_one::<PathBuf>("bazel").cloned())?;
        let build = workspace::build(&bazel, &patterns, &words(matches, "flag"))?;
        goroots.extend(build.actions.go_sdks.iter().map(|sdk| build.roots.file(sdk)));
        files = build.files;
        known.machine = build.machine;
        take(&mut report, &mut leaks, build.actions, Some(&build.roots));
    }
    logs(matches, &mut report, &mut leaks)?;
    for goroot in goroots {
        known.sysos.extend(syso::of_sdk(&goroot)?);
    }
    let named = given(matches, "binary");
    if patterns.is_empty() && named.is_empty() && report.actions == 0 && report.notes.is_empty() {
        return Err(Error::new("there is nothing to check")
            .next("name targets, such as //..., or --binary, --aquery or --execution-log; --help says more"));
    }
    let mut unlinked = 0;
    for (label, path) in
        files.iter().map(|(label, path)| (Some(label), path)).chain(named.iter().map(|path| (None, path)))
    {
        if path.is_dir() {
            unlinked += 1;
            continue;
        }
        let data = fs::read(path).map_err(|reason| Error::io("read", path, reason))?;
        if label.is_some() && !binary::is_linked(&data) {
            unlinked += 1;
            continue;
        }
        let binary = binary::check(path, &data, &known)?;
        let name = label.cloned().unwrap_or_else(|| path.display().to_string());
        for leak in &binary.leaks {
            let source = Source { target: name.clone(), mnemonic: String::new() };
            leaks.entry(leak.clone()).or_default().insert(source);
        }
        for section in &binary.unread {
            report.notes.push(format!("{name}: section {section} cannot be decompressed: not looked into"));
        }
        report.binaries.push((name, binary));
    }
    if unlinked > 0 {
        report
            .notes
            .push(format!("{unlinked} outputs are no linked ELF files (archives, scripts, data): not looked into"));
    }
    report.sort(leaks, &entries);
    Ok(report)
}

fn logs(matches: &ArgMatches, report: &mut Report, leaks: &mut Leaks) -> Result<()> {
    let roots = matches.get_one::<PathBuf>("execution-root").map(|root| Roots::new(&here(root), None, None));
    let (queries, logs) = (given(matches, "aquery"), given(matches, "execution-log"));
    if roots.is_none() && !(queries.is_empty() && logs.is_empty()) {
        report
            .notes
            .push("links of inputs were not resolved: --execution-root names the folder that they are of".to_owned());
    }
    let open = |path: &PathBuf| File::open(path).map_err(|reason| Error::io("read", path, reason));
    for path in queries {
        let actions = aquery::read(open(&path)?, &path.display().to_string(), roots.as_ref())?;
        take(report, leaks, actions, roots.as_ref());
    }
    for path in logs {
        let actions = execution_log::read(open(&path)?, &path.display().to_string(), roots.as_ref())?;
        take(report, leaks, actions, roots.as_ref());
    }
    Ok(())
}

fn take(report: &mut Report, leaks: &mut Leaks, actions: Actions, roots: Option<&Roots>) {
    report.actions += actions.actions;
    report.inputs += actions.inputs;
    merge(leaks, actions.leaks);
    for (name, folder) in roots.map(Roots::overrides).unwrap_or_default() {
        report
            .notes
            .push(format!("repository {name} is the folder {} (an override): taken for source", folder.display()));
    }
}

fn print(matches: &ArgMatches, report: &Report) -> Result<()> {
    let output = matches.get_one::<PathBuf>("output").map(|path| here(path));
    let colour = match matches.get_one::<String>("color").map(String::as_str) {
        Some("always") => true,
        Some("never") => false,
        _ => {
            output.is_none() && std::io::stdout().is_terminal() && env::var_os("NO_COLOR").is_none_or(|v| v.is_empty())
        }
    };
    let text = match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => format!("{:#}\n", report::json(report)),
        Some("html") => report::html(report),
        _ => report::text(report, colour),
    };
    match output {
        Some(path) => fs::write(&path, text).map_err(|reason| Error::io("write", &path, reason)),
        None => std::io::stdout()
            .write_all(text.as_bytes())
            .map_err(|reason| Error::new(format!("cannot write the report: {reason}"))),
    }
}
