//! `sysroot llvm`.

use std::num::NonZero;
use std::path::PathBuf;
use std::thread;

use clap::{Arg, ArgMatches, Command, value_parser};
use diagnostic::Result;
use serde_json::json;

use crate::dynamic::Exec;
use crate::json;
use crate::llvm::{self, Made, Options};
use crate::progress::Progress;
use crate::tarball;

/// The sub-command's name.
pub(super) const NAME: &str = "llvm";

pub(super) fn command() -> Command {
    Command::new(NAME)
        .about("Make an archive of any LLVM, static or dynamic, for the tag race.archive")
        .arg(
            Arg::new("exec")
                .long("exec")
                .value_name("ARCHITECTURE")
                .value_parser(["amd64", "arm64"])
                .required(true)
                .help("Where the LLVM runs"),
        )
        .arg(
            Arg::new("out")
                .long("out")
                .value_name("FILE")
                .value_parser(value_parser!(PathBuf))
                .required(true)
                .help("The archive to write; its name ends in .tar.zst"),
        )
        .arg(
            Arg::new("level")
                .long("level")
                .value_name("N")
                .value_parser(value_parser!(i32).range(1..=i64::from(tarball::MAX_LEVEL)))
                .help("zstd's level, from 1 (fast) to 19 (small) [default: 19]"),
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
            Arg::new("format")
                .long("format")
                .value_parser(["text", "json"])
                .default_value("text")
                .help("What to print on stdout"),
        )
        .arg(
            Arg::new("input")
                .value_name("INPUT")
                .value_parser(value_parser!(PathBuf))
                .required(true)
                .num_args(1..)
                .help("Folders, .deb files and .tar, .tar.gz, .tar.xz or .tar.zst files with clang, lld, llvm-ar, clang's headers, and all shared libraries that these need"),
        )
}

pub(super) fn run(matches: &ArgMatches) -> Result<()> {
    let exec = match matches.get_one::<String>("exec").map(String::as_str) {
        Some("arm64") => Exec::Arm64,
        _ => Exec::Amd64,
    };
    let jobs = matches.get_one::<NonZero<u32>>("jobs").map(|jobs| jobs.get());
    let options = Options {
        exec,
        inputs: matches.get_many("input").unwrap_or_default().cloned().collect(),
        out: matches.get_one::<PathBuf>("out").cloned().unwrap_or_default(),
        level: matches.get_one("level").copied().unwrap_or(tarball::MAX_LEVEL),
        jobs: jobs.or_else(|| thread::available_parallelism().ok()?.get().try_into().ok()).unwrap_or(1),
    };
    let made = llvm::pack(&options, &Progress::on_stderr())?;
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => print!("{}", json::to_text(&to_json(&made))),
        _ => print!("{}", to_text(&made, exec)),
    }
    Ok(())
}

fn to_json(made: &Made) -> serde_json::Value {
    json!({"file": made.name, "sha256": made.digest.sha256, "size": made.digest.size,
        "unpacked_size": made.unpacked_size, "files": made.files, "dynamic": made.dynamic, "libraries": made.libraries})
}

fn to_text(made: &Made, exec: Exec) -> String {
    let Made { name, digest, unpacked_size, files, libraries, dynamic } = made;
    let kind = match dynamic {
        true => format!("dynamic: lib/ld.so, {}", libraries.join(", ")),
        false => "static".to_owned(),
    };
    format!(
        "{name}: {} bytes from {unpacked_size} in {files} files\n{kind}\nsha256 {sha256}\n\n\
         race.archive(\n    name = \"llvm_{exec}\",\n    file = \"{name}\",\n    sha256 = \"{sha256}\",\n    \
         urls = [\"https://…/{name}\"],\n)\n",
        digest.size,
        sha256 = digest.sha256,
        exec = exec.name(),
    )
}
