//! `sysroot list`, `sysroot verify` and `sysroot diff`: what is in the lock, in archives and in trees.

use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use diagnostic::{Error, Result};
use serde_json::{Value, json};

use crate::archive::Contents;
use crate::compare::{self, Difference, compare};
use crate::json;
use crate::lock::Lock;

fn path(name: &'static str) -> Arg {
    Arg::new(name).value_parser(value_parser!(PathBuf))
}

fn format() -> Arg {
    Arg::new("format")
        .long("format")
        .value_parser(["text", "json"])
        .default_value("text")
        .help("What to print on stdout")
}

pub(super) fn list_command() -> Command {
    Command::new("list")
        .about("List the packages and tarballs of a lock, or the members of an archive")
        .arg(path("lock").long("lock").value_name("FILE").required_unless_present("archive").help("The lock file"))
        .arg(path("archive").value_name("ARCHIVE").conflicts_with("lock").help("An archive that `sysroot pack` made"))
        .arg(format())
}

pub(super) fn verify_command() -> Command {
    Command::new("verify")
        .about("Check archives against the lock and their own manifests, or a tree against an archive")
        .arg(path("lock").long("lock").value_name("FILE").help("The lock file; without it, only manifests are checked"))
        .arg(path("tree").long("tree").value_name("DIR").help("A tree that the one ARCHIVE was unpacked to"))
        .arg(
            Arg::new("only")
                .long("only")
                .value_name("PATH")
                .requires("tree")
                .action(ArgAction::Append)
                .help("The part of the archive that the tree is, as the unpacker was told; may be repeated"),
        )
        .arg(path("archive").value_name("ARCHIVE").required(true).num_args(1..).help("The archives"))
        .arg(format())
}

pub(super) fn diff_command() -> Command {
    Command::new("diff")
        .about("Say what changes from an archive to another, member by member; exit code 1 if anything does")
        .arg(path("old").value_name("OLD").required(true).help("An archive"))
        .arg(path("new").value_name("NEW").required(true).help("Another"))
        .arg(format())
}

fn given<'a>(matches: &'a ArgMatches, name: &str) -> Option<&'a PathBuf> {
    matches.get_one(name)
}

fn print(matches: &ArgMatches, text: &str, value: &Value) {
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => print!("{}", json::to_text(value)),
        _ => print!("{text}"),
    }
}

pub(super) fn list(matches: &ArgMatches) -> Result<bool> {
    let (text, value) = match given(matches, "archive") {
        Some(archive) => listed_archive(&Contents::read(archive)?),
        None => listed_lock(&Lock::read(given(matches, "lock").map_or(Path::new(""), PathBuf::as_path))?),
    };
    print(matches, &text, &value);
    Ok(true)
}

fn listed_archive(contents: &Contents) -> (String, Value) {
    let rows = contents.members.iter().map(|member| {
        let mode = if member.executable { "0755" } else { "0644" };
        vec![mode.to_owned(), member.size.to_string(), member.path.clone(), member.packages.join(" ")]
    });
    let members = contents.members.iter().map(|member| {
        json!({"path": member.path, "size": member.size, "sha256": member.sha256, "executable": member.executable,
            "packages": member.packages})
    });
    (
        table(&["mode", "bytes", "member", "packages"], rows.collect()),
        json!({"tarball": contents.name,
        "sha256": contents.digest.sha256, "members": members.collect::<Vec<_>>()}),
    )
}

fn listed_lock(lock: &Lock) -> (String, Value) {
    let packages = lock.packages.iter();
    let packages =
        packages.map(|p| vec![p.id.clone(), p.version.clone(), p.digest.size.to_string(), p.licence.clone()]);
    let tarballs = lock.tarballs.iter();
    let tarballs = tarballs.map(|t| {
        vec![
            t.name.clone(),
            t.digest.size.to_string(),
            t.unpacked_size.to_string(),
            t.files.to_string(),
            t.packages.join(" "),
        ]
    });
    let text = format!(
        "{}\n{}",
        table(&["package", "version", "bytes", "licence"], packages.collect()),
        table(&["tarball", "bytes", "unpacked", "files", "packages"], tarballs.collect())
    );
    (text, lock.to_json())
}

pub(super) fn verify(matches: &ArgMatches) -> Result<bool> {
    let lock = given(matches, "lock").map(|path| Lock::read(path)).transpose()?;
    let archives: Vec<&PathBuf> = matches.get_many("archive").unwrap_or_default().collect();
    let tree = given(matches, "tree");
    if tree.is_some() && archives.len() > 1 {
        return Err(Error::new("a tree is of one archive").next("name one ARCHIVE with --tree"));
    }
    let only: Vec<&String> = matches.get_many("only").unwrap_or_default().collect();
    let (mut text, mut values, mut fine) = (String::new(), Vec::new(), true);
    for path in archives {
        let contents = Contents::read(path)?;
        let mut faults = Vec::new();
        if let Some(lock) = &lock {
            match lock.tarball(&contents.name) {
                None => faults.push("the lock has no tarball of this name".to_owned()),
                Some(pinned) if pinned.digest != contents.digest => faults.push(format!(
                    "sha256 {}, {} bytes; the lock has {}, {} bytes",
                    contents.digest.sha256, contents.digest.size, pinned.digest.sha256, pinned.digest.size
                )),
                Some(_) => {}
            }
        }
        let differences = |from: &str, differences: Vec<Difference>| -> Vec<String> {
            differences.iter().map(|difference| format!("{from}: {difference}")).collect()
        };
        faults.extend(differences("from manifest to archive", compare(&contents.listed, &contents.members)));
        if let Some(tree) = tree {
            let mut part = contents.members.clone();
            part.retain(|member| only.is_empty() || only.iter().any(|path| is_in(path, &member.path)));
            faults.extend(differences("from archive to tree", compare(&part, &compare::tree(tree)?)));
        }
        fine &= faults.is_empty();
        let verdict = if faults.is_empty() { "ok" } else { "DIFFERS" };
        text += &format!("{verdict:8} {} ({} members)\n", contents.name, contents.members.len());
        faults.iter().for_each(|fault| text += &format!("         {fault}\n"));
        values.push(json!({"tarball": contents.name, "ok": faults.is_empty(), "faults": faults}));
    }
    print(matches, &text, &json!(values));
    Ok(fine)
}

/// Whether a member is `path` or below it.
fn is_in(path: &str, member: &str) -> bool {
    member.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(super) fn diff(matches: &ArgMatches) -> Result<bool> {
    let contents = |name: &str| Contents::read(given(matches, name).map_or(Path::new(""), PathBuf::as_path));
    let (old, new) = (contents("old")?, contents("new")?);
    let differences = compare(&old.members, &new.members);
    let text: String = differences.iter().map(|difference| format!("{difference}\n")).collect();
    let value = json!(differences.iter().map(Difference::to_json).collect::<Vec<_>>());
    print(matches, &text, &value);
    Ok(differences.is_empty())
}

/// Columns as wide as they need, numbers to the right.
pub(super) fn table(heads: &[&str], rows: Vec<Vec<String>>) -> String {
    let all = || std::iter::once(heads.iter().map(|head| (*head).to_owned()).collect()).chain(rows.iter().cloned());
    let width = |column: usize| all().map(|row: Vec<String>| row[column].len()).max().unwrap_or_default();
    let widths: Vec<usize> = (0..heads.len()).map(width).collect();
    let line = |row: Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| match cell.parse::<u64>() {
            Ok(_) => format!("{cell:>width$}"),
            Err(_) => format!("{cell:<width$}"),
        });
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    all().map(line).collect()
}
