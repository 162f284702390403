//! Programs: shipped without race beside raced tests, `pure`, and by several SDKs in one build.

use e2e::{Binary, Command};

use super::{Built, NO_RACE, amd64, arm64, line, workspace};

/// The last one by the SDK of go.mod, which is what a rule takes that names none.
const SDKS: [(&str, &str); 3] =
    [("//sdks:go_1.25.0", "1.25.0"), ("//sdks:go_1.26.8", "1.26.8"), ("//sdks:go_1.27.0", "1.27.0")];

#[track_caller]
fn is_static_without_race(built: &Built, target: &str, arch: &str) {
    let binary = Binary::read(built.path(target));
    binary.is_static();
    assert_eq!((binary.arch, binary.has_race_runtime), (arch, false), "{target}");
}

#[test]
fn a_shipped_binary_is_without_race_where_bazelrc_asks_for_race() {
    is_static_without_race(amd64(), "//shipped:shipped", "amd64");
    crate::race::in_empty_root(amd64().path("//shipped:shipped"), &[]).succeeds().says("ticks: 1");
}

#[test]
fn a_test_beside_the_shipped_binary_is_raced() {
    let log = amd64().log("//shipped:ticker_test");
    for part in ["WARNING: DATA RACE", &line("shipped/ticker.go", "// The race"), "FAIL: TestTicks"] {
        assert!(log.contains(part), "no {part:?} in {log}");
    }
    amd64().is_raced_and_static("//shipped:ticker_test", "amd64");
}

#[test]
fn a_shipped_binary_and_the_raced_test_link_for_arm64() {
    is_static_without_race(arm64(), "//shipped:shipped", "arm64");
    arm64().is_raced_and_static("//shipped:ticker_test", "arm64");
}

#[test]
fn a_pure_binary_is_without_race_where_bazelrc_asks_for_race() {
    is_static_without_race(amd64(), "//linkmode:pure", "amd64");
    Command::new(amd64().path("//linkmode:pure")).args(["race"]).run().succeeds().says("counted");
}

#[test]
fn a_pure_binary_links_for_arm64() {
    is_static_without_race(arm64(), "//linkmode:pure", "arm64");
}

#[test]
fn pure_and_race_of_one_rule_are_an_error_that_names_both() {
    let output = workspace().bazel().run(["build", "//linkmode:pure_and_race"]);
    output.fails().says("race = \"on\" cannot be set when pure = \"on\" is set. race requires cgo.");
}

#[test]
fn pure_and_race_by_flags_are_an_error_that_says_what_to_check() {
    let pure = "--@io_bazel_rules_go//go/config:pure";
    let output = workspace().bazel().run(["build", pure, "//cgo:program"]);
    output
        .fails()
        .says("race instrumentation can't be enabled when cgo is disabled")
        .says("Check that pure is not set to \"off\" and a C/C++ toolchain is configured.");
    workspace().bazel().run(["build", "--nobuild", pure, NO_RACE, "//linkmode:fixed"]).succeeds();
}

#[test]
fn three_sdks_in_one_build_each_report_their_race() {
    for (target, version) in SDKS {
        amd64().is_raced_and_static(target, "amd64");
        let output = Command::new(amd64().path(target)).run().fails().says(&format!("built with go{version}\n"));
        output.says("WARNING: DATA RACE").says(&line("sdks/version.go", "// The race"));
    }
}

/// By go.mod's SDK and by another one. (Each version's race tests for arm64 are in `arm64.rs` and `virtual_machine/matrix.rs`.)
#[test]
fn two_sdks_in_one_build_link_for_arm64() {
    for target in ["//cgo:program", "//sdks:go_1.25.0"] {
        arm64().is_raced_and_static(target, "arm64");
    }
}
