//! `sysroot pack`.

use std::num::NonZero;
use std::path::PathBuf;
use std::thread;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diagnostic::Result;

use crate::fetch::Archive;
use crate::pack::{self, Options};
use crate::progress::Progress;
use crate::select;

/// The sub-command's name.
pub(super) const NAME: &str = "pack";

pub(super) fn command() -> Command {
    let path = |name: &'static str| Arg::new(name).long(name).value_parser(value_parser!(PathBuf));
    let flag = |name: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue);
    Command::new(NAME)
        .about("Fetch the pinned packages and pack them into the payload's tarballs")
        .arg(path("lock").value_name("FILE").required(true).help("The lock file, sysroot/lock.json"))
        .arg(path("packages").value_name("DIR").required(true).help("Cache of packages; what is missing is fetched"))
        .arg(path("out").value_name("DIR").required(true).help("Where the tarballs and payload.json go"))
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("NAME")
                .action(ArgAction::Append)
                .value_parser(select::NAMES)
                .help("Make this tarball only; may be repeated"),
        )
        .arg(flag("force").help("Pack again what is there already"))
        .arg(flag("update-lock").help("Write the tarballs' digests to the lock instead of checking them"))
        .arg(
            flag("accept-sizes")
                .requires("update-lock")
                .help("Agree to tarballs that are more than 2 % over their budgets in the lock"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json"])
                .default_value("text")
                .help("What to print on stdout"),
        )
        .arg(
            Arg::new("jobs")
                .long("jobs")
                .short('j')
                .value_name("N")
                .value_parser(value_parser!(NonZero<u32>))
                .help("Threads that compress; the bytes don't depend on it [default: one a core]"),
        )
        .arg(
            Arg::new("debian-mirror")
                .long("debian-mirror")
                .value_name("URL")
                .help("The Debian mirror [default: the one of this machine's apt]"),
        )
        .arg(
            path("debian-keyring")
                .value_name("FILE")
                .default_value("/usr/share/keyrings/debian-archive-keyring.gpg")
                .help("Keys that may sign the Debian archive"),
        )
}

pub(super) fn run(matches: &ArgMatches) -> Result<()> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned().unwrap_or_default();
    let only: Vec<&String> = matches.get_many("only").unwrap_or_default().collect();
    let names = select::NAMES.into_iter().filter(|name| only.is_empty() || only.iter().any(|wanted| wanted == name));
    let jobs = matches.get_one::<NonZero<u32>>("jobs").map(|jobs| jobs.get());
    let options = Options {
        lock: path("lock"),
        packages: path("packages"),
        out: path("out"),
        names: names.collect(),
        force: matches.get_flag("force"),
        update_lock: matches.get_flag("update-lock"),
        accept_sizes: matches.get_flag("accept-sizes"),
        jobs: jobs.or_else(|| thread::available_parallelism().ok()?.get().try_into().ok()).unwrap_or(1),
        archive: Archive { mirror: matches.get_one("debian-mirror").cloned(), keyring: path("debian-keyring") },
    };
    let summary = pack::pack(&options, &Progress::on_stderr())?;
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => print!("{}", summary.to_json_text()),
        _ => print!("{}", summary.to_text()),
    }
    Ok(())
}
