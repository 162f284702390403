//! leakcheck finds nothing in our builds, and what is planted.

mod host;
mod log;
mod planted;

use e2e::{Output, RACE, Workspace};
use serde_json::Value;

use crate::{cpp, glibc, sqlite, stranger};

/// Runs leakcheck as a user does. It calls Bazel again, with the options that stand for the machine.
fn leakcheck(workspace: &Workspace, args: &[&str]) -> Output {
    let program = workspace.bazel().program();
    let bazel = workspace.bazel().env("BAZEL", program.to_str().expect("a path"));
    bazel.run(["run", "@toolchains_go_race//:leakcheck", "--"].iter().chain(args))
}

/// Its report, which lists leaks.
#[track_caller]
fn leaks(workspace: &Workspace, args: &[&str]) -> Value {
    let output = leakcheck(workspace, &[&["--format=json"], args].concat());
    assert_eq!(output.code, Some(1), "{output}");
    serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output}"))
}

/// Asserts that a report lists a leak: its kind, the end of its value, a part of its place, and the target that brought it.
#[track_caller]
fn lists(report: &Value, kind: &str, value: &str, place: &str, target: &str) {
    let text = |value: &Value| value.as_str().expect("a string").to_owned();
    let found = report["leaks"].as_array().expect("leaks").iter().any(|leak| {
        leak["kind"] == kind
            && text(&leak["value"]).ends_with(value)
            && text(&leak["place"]).contains(place)
            && leak["sources"].as_array().expect("sources").iter().any(|source| text(&source["target"]) == target)
    });
    assert!(found, "no {kind} {value} ({place}) of {target} in {:#}", report["leaks"]);
}

#[test]
fn nothing_leaks_into_a_build_under_race() {
    let workspace = stranger::workspace();
    let output = leakcheck(&workspace, &["//...", "--", RACE]);
    output.succeeds().says("Nothing leaked").says("race runtime of go1.27.0 (amd64v1)");
}

#[test]
fn nothing_leaks_into_sqlite_under_race() {
    let output = leakcheck(&sqlite::workspace(), &["//...", "--", RACE]);
    output.succeeds().says("Nothing leaked").says("//store:store_test: amd64, static").says("race runtime of go1.27.0");
}

#[test]
fn nothing_leaks_into_cxx_under_race() {
    let output = leakcheck(&cpp::workspace(), &["//...", "--", RACE]);
    output.succeeds().says("Nothing leaked").says("//wordcount:wordcount_test: amd64, static");
}

#[test]
fn nothing_leaks_with_bazels_strict_environment() {
    let strict = "--incompatible_strict_action_env";
    let output = leakcheck(&cpp::workspace(), &["//...", "--", RACE, strict]);
    output.succeeds().says("Nothing leaked").says(strict);
}

const GLIBC: [&str; 6] = ["//:hello", "//:hello_pie", "//:hello_cxx", "//:load", "//:libplugin.so", "//:libgreeter.so"];

#[test]
fn nothing_leaks_into_programs_and_libraries_with_glibc() {
    let output = leakcheck(&glibc::workspace(), &[&["--glibc=2.28"][..], &GLIBC].concat());
    let output = output.succeeds().says("Nothing leaked").says("the build chose glibc 2.28");
    for target in GLIBC {
        assert!(output.stdout.contains(&format!("{target}: amd64, needs ")), "{target} in {output}");
    }
}

#[test]
fn versions_above_the_glibc_that_is_named_are_listed_with_their_symbols() {
    let version = "--@toolchains_go_race//toolchain:glibc_version=2.34";
    let report = leaks(&glibc::workspace(), &["--glibc=2.28", "//:hello", "--", version]);
    lists(&report, "symbol-version", "GLIBC_2.34", "__libc_start_main", "//:hello");
    assert_eq!(report["leaks"].as_array().map(Vec::len), Some(1), "{report:#}");
}
