//! Fuzz targets: their seeds as tests, and fuzzing.

use e2e::Command;

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

/// Go fuzzes in processes of which it drops the standard error: the report is where GORACE says.
#[test]
fn fuzzing_under_race_fails_on_a_planted_race_and_reports_it_in_a_file() {
    let built = fuzzed("FuzzPlanted");
    for part in ["race detected during execution of test", "FAIL: FuzzPlanted"] {
        assert!(built.log(TARGET).contains(part), "no {part:?} in {}", built.log(TARGET));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let log = format!("log_path={}", folder.path().join("race").display());
    let cache = format!("-test.fuzzcachedir={}", folder.path().join("cache").display());
    let fuzz = ["-test.fuzz=FuzzPlanted$", "-test.run=FuzzPlanted$", "-test.fuzztime=20x", &cache];
    Command::new(built.path(TARGET)).args(fuzz).dir(folder.path()).env("GORACE", log).run().fails();
    let files = std::fs::read_dir(folder.path()).expect("a folder").map(|entry| entry.expect("an entry").path());
    let reports: String = files
        .filter(|path| path.file_stem().is_some_and(|stem| stem == "race"))
        .map(|path| std::fs::read_to_string(path).expect("a report"))
        .collect();
    for part in ["WARNING: DATA RACE", &line("fuzz/fuzz_test.go", "// The race")] {
        assert!(reports.contains(part), "no {part:?} in {reports:?}");
    }
}
