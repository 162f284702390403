//! Races are reported on arm64, for each Go version, and real C and C++ code passes.

use crate::stranger::{self, GO_VERSIONS, Mode, go_option, words};

use super::ARM64_RACE;

#[test]
fn a_planted_race_is_reported_and_its_twin_passes_for_each_go_version() {
    let workspace = stranger::workspace();
    for version in GO_VERSIONS {
        let options = [ARM64_RACE.to_owned(), go_option(version)];
        let targets = Mode::Flag.targets();
        let bazel = workspace.bazel().run(words(&["test", "--keep_going"], &options, &targets));
        assert_eq!(bazel.code, Some(3), "Go {version}: one test is to fail: {bazel}");
        let [planted, ordered] =
            ["planted/planted_test", "ordered/ordered_test"].map(|test| workspace.test_log(test, &bazel));
        for part in [
            "WARNING: DATA RACE",
            "planted_test.go:13",
            "Previous write at",
            "Goroutine ",
            "race detected during execution of test",
            "FAIL: TestPlantedRace",
        ] {
            assert!(planted.contains(part), "Go {version}: no {part:?} in {planted}");
        }
        assert!(ordered.contains("PASS") && !ordered.contains("DATA RACE"), "Go {version}: {ordered}");
        for path in workspace.executables(&options, &targets) {
            e2e::Binary::read(&path).is_raced_and_static("arm64");
        }
    }
}

#[test]
fn sqlite_passes_on_arm64() {
    crate::sqlite::workspace().bazel().run(["test", ARM64_RACE, "//..."]).succeeds();
}

#[test]
fn cxx_passes_on_arm64() {
    crate::cpp::workspace().bazel().run(["test", ARM64_RACE, "//..."]).succeeds();
}
