//! The ways to link, with musl.

use std::sync::OnceLock;

use e2e::{Binary, Command, Output};

use super::{NO_SHADOW, amd64, arm64, line, workspace};
use crate::race::in_empty_root;

#[test]
fn static_on_is_raced() {
    amd64().is_raced_and_static("//linkmode:fixed", "amd64");
    let program = amd64().path("//linkmode:fixed");
    in_empty_root(program, &[]).succeeds().says("counted").does_not_say("DATA RACE");
    let race = in_empty_root(program, &["race"]).fails();
    race.says("WARNING: DATA RACE").says(&line("linkmode/program.go", "count++"));
}

#[test]
fn static_on_links_for_arm64() {
    arm64().is_raced_and_static("//linkmode:fixed", "arm64");
}

/// `go build -race -buildmode=pie` is an error on Linux; rules_go builds it.
#[test]
fn pie_is_static_and_the_race_detector_refuses_to_start() {
    amd64().is_raced_and_static("//linkmode:pie", "amd64");
    let pie = amd64().path("//linkmode:pie");
    assert!(Binary::read(pie).is_position_independent, "a fixed address");
    assert!(!Binary::read(amd64().path("//linkmode:fixed")).is_position_independent, "its twin is to have one");
    let output = in_empty_root(pie, &[]).says(NO_SHADOW);
    assert_eq!(output.code, Some(66), "{output}");
}

#[test]
fn pie_links_for_arm64() {
    arm64().is_raced_and_static("//linkmode:pie", "arm64");
    assert!(Binary::read(arm64().path("//linkmode:pie")).is_position_independent, "a fixed address");
}

#[test]
fn a_c_archive_in_a_program_in_c_is_raced() {
    let program = amd64().path("//linkmode:with_archive");
    in_empty_root(program, &[]).succeeds().says("counted, with 1 of 1 arguments, 2");
    in_empty_root(program, &["race", "another"]).says("counted, with 3 of 3 arguments");
    amd64().is_raced_and_static("//linkmode:with_archive", "amd64");
    // The program in C ends as it likes, unless the race detector is told to end it.
    let race = ["WARNING: DATA RACE", &line("linkmode/counter.go", "count++")];
    let output = in_empty_root(program, &["race"]).succeeds();
    let halted = Command::new(program).args(["race"]).env("GORACE", "halt_on_error=1").run();
    assert_eq!(halted.code, Some(66), "{halted}");
    for output in [output, halted] {
        race.iter().fold(output, |output, part| output.says(part)).does_not_say("fatal error");
    }
}

#[test]
fn a_c_archive_links_for_arm64() {
    arm64().is_raced_and_static("//linkmode:with_archive", "arm64");
}

#[test]
fn a_c_shared_library_with_musl_is_an_error_that_names_glibc() {
    is_refused("linkmode/libcounter.so");
}

#[test]
fn a_plugin_with_musl_is_an_error_that_names_glibc() {
    is_refused("linkmode/plugin.so");
}

/// Asserts that the link of one of two libraries fails with one error of the driver's.
#[track_caller]
fn is_refused(library: &str) {
    static BUILD: OnceLock<Output> = OnceLock::new();
    let targets = ["//linkmode:libcounter.so", "//linkmode:plugin.so"];
    // Progress would name one library below the other one's error.
    let words = ["build", "--keep_going", "--noshow_progress"].into_iter().chain(targets);
    let output = BUILD.get_or_init(|| workspace().bazel().run(words)).clone().fails().text();
    let errors: Vec<&str> = output.split("ERROR: ").filter(|text| text.contains(&format!(" {library}"))).collect();
    let [error] = errors[..] else { panic!("one failed link of {library}: {output}") };
    let driver = "error: unsupported: a shared library as output: this toolchain links static musl programs";
    assert_eq!(error.matches(driver).count(), 1, "one error of the driver's: {error}");
    let next = "Or build with glibc: --@toolchains_go_race//toolchain:libc=glibc";
    assert!(error.contains("next: ") && error.contains(next), "no {next:?} in {error}");
}
