//! leakcheck on the execution logs that Bazel really writes.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use e2e::{ExecutionLog, Workspace};

use super::planted::workspace;
use super::{RACE, leakcheck, leaks, lists};
use crate::stranger;

/// A number that no file had before: what has it among its inputs is executed, whatever is cached.
fn unseen() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a time").as_nanos()
}

fn option(flag: &str, file: &Path) -> String {
    format!("--{flag}={}", file.display())
}

fn execution_root(workspace: &Workspace) -> PathBuf {
    PathBuf::from(workspace.bazel().run(["info", "execution_root"]).succeeds().stdout.trim())
}

#[test]
fn nothing_leaks_into_a_build_under_race_by_its_log() {
    let workspace = stranger::workspace();
    let example = fs::read_to_string(workspace.path("ordered/ordered_test.go")).expect("the example's test");
    workspace.file("logged/logged_test.go", &format!("{example}\nvar Unseen = \"{}\"\n", unseen()));
    workspace.file(
        "logged/BUILD.bazel",
        "load(\"@io_bazel_rules_go//go:def.bzl\", \"go_test\")\n\n\
         go_test(name = \"logged_test\", srcs = [\"logged_test.go\"])\n",
    );
    // What is up to date is in no log.
    workspace.bazel().run(["clean"]).succeeds();
    let log = workspace.path("race.json");
    workspace.bazel().run(["build", RACE, &option("execution_log_json_file", &log), "//logged:logged_test"]).succeeds();
    let ran = ExecutionLog::read(&log);
    for (mnemonic, executed) in [("GoStdlib", false), ("RaceUnpack", false), ("GoCompilePkg", true), ("GoLink", true)] {
        let has = ran.of_kind(mnemonic).any(|spawn| !(executed && spawn.is_cached));
        assert!(has, "no {mnemonic} in {}", log.display());
    }
    let root = option("execution-root", &execution_root(&workspace));
    let output = leakcheck(&workspace, &[&option("execution-log", &log), &root]);
    output.succeeds().says(&format!("Nothing leaked: {} actions and 0 binaries checked", ran.spawns().len()));
}

#[test]
fn each_leak_of_an_action_is_listed_with_its_target() {
    let workspace = workspace();
    workspace.append("planted.c", &format!("// {}\n", unseen()));
    let log = workspace.path("planted.json");
    let targets = ["//:tool", "//:shell", "//:linked", "//:copt"];
    let words = ["build", &option("execution_log_json_file", &log)];
    // An inherited variable is in no aquery.
    let build = workspace.bazel().env("INHERITED", "/opt/inherited");
    build.run(words.iter().chain(&["--action_env=INHERITED"]).chain(&targets)).succeeds();
    let ran = ExecutionLog::read(&log);
    for target in targets {
        let executed = ran.spawns().any(|spawn| spawn.target == target && !spawn.is_cached);
        assert!(executed, "{target} was not executed: {ran:#?}");
    }
    let root = option("execution-root", &execution_root(&workspace));
    let report = leaks(&workspace, &[&option("execution-log", &log), &root]);
    lists(&report, "tool", "/usr/bin/touch", "the action's program", "//:tool");
    lists(&report, "environment", "/opt/planted", "variable PLANTED", "//:tool");
    lists(&report, "argument", "/usr/bin/sort", "genrule-setup.sh", "//:shell");
    lists(&report, "input", "host/passwd", "leads to /etc/passwd", "//:linked");
    lists(&report, "argument", "/opt/host", "-DPREFIX=/opt/host", "//:copt");
    lists(&report, "environment", "/opt/inherited", "variable INHERITED", "//:copt");
}

/// (Debian's Bazel cannot write the compact form: it lacks libzstd-jni.)
#[test]
fn a_binary_log_is_an_error_that_names_the_flag() {
    let workspace = workspace();
    workspace.append("planted.c", &format!("// {}\n", unseen()));
    let log = workspace.path("binary.log");
    workspace.bazel().run(["build", &option("execution_log_binary_file", &log), "//:tool"]).succeeds();
    let output = leakcheck(&workspace, &[&option("execution-log", &log)]);
    assert_eq!(output.code, Some(2), "{output}");
    output.says("it is a binary log").says("--execution_log_json_file");
}

#[test]
fn a_log_of_a_build_that_had_nothing_to_do_is_no_clean_build() {
    let workspace = workspace();
    let log = workspace.path("nothing.json");
    for _ in 0..2 {
        workspace.bazel().run(["build", &option("execution_log_json_file", &log), "//:tool"]).succeeds();
    }
    let output = leakcheck(&workspace, &[&option("execution-log", &log)]);
    assert_eq!(output.code, Some(2), "{output}");
    output.says("the log is empty").says("next:");
}
