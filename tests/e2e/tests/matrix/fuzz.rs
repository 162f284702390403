//! Fuzz targets: their seeds as tests, and fuzzing.

use super::{Built, amd64, arm64, line, workspace};

const TARGET: &str = "//fuzz:fuzz_test";

#[test]
fn seeds_of_fuzz_targets_are_raced() {
    let log = amd64().log(TARGET);
    let race = line("fuzz/fuzz_test.go", "// The race");
    for part in
        ["WARNING: DATA RACE", &race, "FAIL: FuzzPlanted/seed#0", "PASS: FuzzOrdered/seed#0", "PASS: FuzzOrdered/file"]
    {
        assert!(log.contains(part), "no {part:?} in {log}");
    }
}

#[test]
fn fuzz_targets_link_for_arm64() {
    arm64().is_raced_and_static(TARGET, "arm64");
}

/// Fuzzes one target for some inputs.
fn fuzzed(function: &str) -> Built {
    let fuzz = format!("--test_arg=-test.fuzz={function}$");
    let only = format!("--test_arg=-test.run={function}$");
    let options = [&fuzz, &only, "--test_arg=-test.fuzztime=20x", "--test_arg=-test.fuzzcachedir=/tmp/fuzz"];
    Built::keep(&workspace(), "matrix-fuzz", "test", &options, &[TARGET])
}

#[test]
fn fuzzing_under_race_finds_nothing_where_there_is_nothing() {
    let built = fuzzed("FuzzOrdered");
    assert_eq!(built.bazel.code, Some(0), "{}", built.bazel);
    let log = built.log(TARGET);
    assert!(log.contains("execs: 20") && log.contains("PASS: FuzzOrdered"), "{log}");
}

#[test]
fn fuzzing_under_race_reports_a_planted_race() {
    let built = fuzzed("FuzzPlanted");
    let race = line("fuzz/fuzz_test.go", "// The race");
    for part in ["WARNING: DATA RACE", &race, "FAIL: FuzzPlanted"] {
        assert!(built.log(TARGET).contains(part), "no {part:?} in {}", built.log(TARGET));
    }
}
