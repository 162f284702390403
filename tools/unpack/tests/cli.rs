//! The program as Bazel calls it: exit codes, silence, and a parent folder that it may not write to.

mod common;

use std::mem;
use std::process::{Command, Output};

use common::runs::Runs;
use common::{Scratch, good, good_tree, tree};
use unpack::Sha256;

fn unpack(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_unpack")).args(arguments).output().unwrap()
}

#[track_caller]
fn assert_usage(arguments: &[&str], words: &str) {
    let output = unpack(arguments);
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
    assert!(stderr.contains(words) && stderr.contains("usage: unpack"), "{arguments:?}: {stderr}");
}

#[test]
fn arguments_that_make_no_sense_exit_with_2_and_the_usage() {
    let hex = Sha256::of(b"").to_string();
    assert_usage(&[], "--archive is missing");
    assert_usage(&["--archive", "a", "--out", "b"], "--sha256 is missing");
    assert_usage(&["--archive", "a", "--sha256", &hex], "--out is missing");
    assert_usage(&["--archive"], "--archive wants a value");
    assert_usage(&["--archive", ""], "--archive wants a value");
    assert_usage(&["--out", "a", "--out", "b"], "--out is given twice");
    assert_usage(&["--only", "../etc"], "--only wants a path as the archive has it");
    assert_usage(&["--only", "lib/"], "not \"lib/\"");
    assert_usage(&["--force"], "unknown argument \"--force\"");
    assert_usage(&["a.tar.zst"], "unknown argument \"a.tar.zst\"");
    assert_usage(&["--archive", "a", "--sha256", "12", "--out", "b"], "64 hexadecimal digits, not \"12\"");
}

#[test]
fn help_and_version_exit_with_0() {
    let help = unpack(&["--help"]);
    let text = String::from_utf8(help.stdout).unwrap();
    assert!(help.status.success() && text.contains("--sha256 HEX") && text.contains("Exit codes"), "{text}");
    let version = unpack(&["--version"]);
    assert!(version.status.success());
    assert_eq!(version.stdout, format!("unpack {}\n", env!("CARGO_PKG_VERSION")).as_bytes());
}

#[test]
fn success_is_silent_and_failure_exits_with_1_and_three_parts() {
    let scratch = Scratch::new();
    let request = scratch.request(&good(), Sha256::of(&good()));
    let (archive, out) = (request.archive.to_str().unwrap(), request.out.to_str().unwrap());
    let arguments = ["--archive", archive, "--sha256", &request.sha256.to_string(), "--out", out];
    let first = unpack(&arguments);
    assert_eq!((first.status.code(), first.stdout, first.stderr), (Some(0), vec![], vec![]));
    assert_eq!(tree(&scratch.out()), good_tree());
    let second = unpack(&arguments);
    let stderr = String::from_utf8(second.stderr).unwrap();
    assert_eq!(second.status.code(), Some(1));
    let lines: Vec<_> = stderr.lines().map(|line| line.split_inclusive(": ").next().unwrap()).collect();
    assert_eq!(lines, ["unpack: ", "  archive: ", "  target: ", "  next: "], "{stderr}");
}

#[test]
fn a_relative_target_is_relative_to_the_working_folder() {
    let scratch = Scratch::new();
    let request = scratch.request(&good(), Sha256::of(&good()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_unpack"));
    command.current_dir(scratch.folder.path()).args(["--archive", "archive.tar.zst", "--out", "tree"]);
    assert!(command.args(["--sha256", &request.sha256.to_string()]).status().unwrap().success());
    assert_eq!(tree(&scratch.out()), good_tree());
    assert_eq!(scratch.names(), ["tree"]);
}

#[test]
fn under_a_parent_that_is_not_writable_the_tree_is_staged_inside_the_target() {
    let mut runs = Runs::new(&good(), true);
    let right = mem::replace(&mut runs.request.sha256, Sha256::of(b"another"));
    let damaged = runs.run();
    assert_eq!(damaged.status.code(), Some(1), "{damaged:?}");
    assert!(runs.tree().is_empty(), "an error must leave nothing in the target");
    runs.request.sha256 = right;
    let output = runs.run();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(runs.tree(), good_tree());
    assert_eq!(runs.run().status.code(), Some(1), "a full target must be refused");
    assert_eq!(runs.tree(), good_tree());
}
