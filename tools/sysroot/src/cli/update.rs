//! `sysroot update`.

use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diagnostic::Result;

use super::inspect::table;
use crate::fetch::Archive;
use crate::json;
use crate::progress::Progress;
use crate::select;
use crate::update::{self, Change, Options, Outcome, Summary, Wish};

/// The sub-command's name.
pub(super) const NAME: &str = "update";

pub(super) fn command() -> Command {
    let path = |name: &'static str| Arg::new(name).long(name).value_parser(value_parser!(PathBuf));
    Command::new(NAME)
        .about("Pin the newest versions of the packages, and show what changes; then the tarballs are packed again")
        .arg(path("lock").value_name("FILE").required(true).help("The lock file, sysroot/lock.json"))
        .arg(path("cache").value_name("DIR").required(true).help("Cache of packages, as of `sysroot pack --packages`"))
        .arg(
            Arg::new("package")
                .value_name("PACKAGE")
                .num_args(0..)
                .help("Look at these only, and at what belongs to them: ids of the lock, or names of a registry"),
        )
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("ID=VERSION")
                .action(ArgAction::Append)
                .value_parser(choice)
                .help("Pin this version, be it older, unfinished or withdrawn; may be repeated"),
        )
        .arg(
            Arg::new("dry-run")
                .long("dry-run")
                .action(ArgAction::SetTrue)
                .help("Leave the lock as it is; packages are fetched to the cache nevertheless"),
        )
        .arg(
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json"])
                .default_value("text")
                .help("What to print on stdout"),
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

/// Parses `ID=VERSION`.
fn choice(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((id, version)) if !id.is_empty() && !version.is_empty() => Ok((id.to_owned(), version.to_owned())),
        _ => Err("expected ID=VERSION".to_owned()),
    }
}

pub(super) fn run(matches: &ArgMatches) -> Result<()> {
    let path = |name: &str| matches.get_one::<PathBuf>(name).cloned().unwrap_or_default();
    let options = Options {
        lock: path("lock"),
        cache: path("cache"),
        wish: Wish {
            packages: matches.get_many("package").unwrap_or_default().cloned().collect(),
            to: matches.get_many("to").unwrap_or_default().cloned().collect(),
        },
        dry_run: matches.get_flag("dry-run"),
        archive: Archive { mirror: matches.get_one("debian-mirror").cloned(), keyring: path("debian-keyring") },
    };
    let summary = update::update(&options, &Progress::on_stderr())?;
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => print!("{}", json::to_text(&summary.to_json())),
        _ => print!("{}", shown(&summary, &options)),
    }
    Ok(())
}

fn shown(summary: &Summary, options: &Options) -> String {
    let same: Vec<String> = summary.up_to_date.iter().map(|p| format!("{} {}", p.id, p.version)).collect();
    let mut text = String::new();
    if summary.moved.is_empty() {
        text += &format!("nothing newer: {}\n", same.join(", "));
    } else {
        let rows = summary.moved.iter().map(|(old, new)| {
            let sizes = [old.digest.size.to_string(), new.digest.size.to_string()];
            let [before, after] = sizes;
            vec![old.id.clone(), old.version.clone(), new.version.clone(), before, after, new.digest.sha256.clone()]
        });
        text += &table(&["package", "old", "new", "old bytes", "new bytes", "sha256"], rows.collect());
        if !same.is_empty() {
            text += &format!("\nup to date: {}\n", same.join(", "));
        }
        text += &shown_changes(&summary.changes);
        if options.dry_run {
            text += "\ndry run: the lock is as it was\n";
        }
    }
    if !summary.pack_again.is_empty() {
        let (lock, cache) = (options.lock.display(), options.cache.display());
        let mut command = format!("sysroot pack --lock {lock} --packages {cache} --out DIR --update-lock");
        if summary.pack_again.len() < select::NAMES.len() {
            summary.pack_again.iter().for_each(|name| command += &format!(" --only {name}"));
        }
        text += &format!("\nto pack again: {}\n  next: {command}\n", summary.pack_again.join(", "));
    }
    text
}

fn shown_changes(changes: &[Change]) -> String {
    let mut rows = Vec::new();
    let mut rest = String::new();
    for Change { tarball, outcome } in changes {
        match outcome {
            Outcome::Counted { added, removed, changed } => {
                rows.push(vec![tarball.clone(), added.to_string(), removed.to_string(), changed.to_string()]);
            }
            Outcome::Unfit(reason) => rest += &format!("{tarball} does not fit: {reason}\n"),
            Outcome::Skipped(reason) => rest += &format!("{tarball} not compared: {reason}\n"),
        }
    }
    let head = ["members, without what is compiled", "added", "removed", "changed"];
    let rows = if rows.is_empty() { String::new() } else { format!("\n{}", table(&head, rows)) };
    let rest = if rest.is_empty() { rest } else { format!("\n{rest}") };
    rows + &rest
}
