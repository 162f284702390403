//! A race is reported, and its twin without one passes: for each Go version, by the flag and by the attribute.

use std::sync::OnceLock;

use e2e::{Binary, Command, Output};

use crate::stranger::{Mode, Outcome, outcome};

/// Runs an executable with nothing around it: an empty root, an empty environment.
pub fn in_empty_root(binary: &std::path::Path, args: &[&str]) -> Output {
    Command::new("bwrap")
        .args(["--unshare-pid", "--unshare-net", "--clearenv", "--chdir", "/", "--ro-bind"])
        .arg(binary)
        .args(["/program", "/program"])
        .args(args)
        .run()
}

macro_rules! race_tests {
    ($($module:ident: $version:literal, $mode:expr;)*) => {$(
        mod $module {
            use super::*;

            fn outcome() -> &'static Outcome {
                static OUTCOME: OnceLock<Outcome> = OnceLock::new();
                OUTCOME.get_or_init(|| super::outcome($version, $mode))
            }

            #[test]
            fn the_planted_race_is_reported() {
                let Outcome { bazel, planted_log, .. } = outcome();
                assert_eq!(bazel.code, Some(3), "one test is to fail: {bazel}");
                for part in ["WARNING: DATA RACE", "planted_test.go:13", "race detected during execution of test", "FAIL: TestPlantedRace"] {
                    assert!(planted_log.contains(part), "no {part:?} in {planted_log}");
                }
            }

            #[test]
            fn its_twin_passes() {
                let Outcome { ordered_log, .. } = outcome();
                assert!(ordered_log.contains("PASS") && !ordered_log.contains("DATA RACE"), "{ordered_log}");
            }

            #[test]
            fn the_binaries_are_static_and_have_the_race_runtime() {
                for path in &outcome().binaries {
                    Binary::read(path).is_raced_and_static("amd64");
                }
            }

            #[test]
            fn the_binaries_run_in_an_empty_root() {
                let [planted, ordered] = &outcome().binaries[..] else { panic!("two binaries") };
                in_empty_root(planted, &["-test.v"]).fails().says("WARNING: DATA RACE").says("FAIL: TestPlantedRace");
                in_empty_root(ordered, &["-test.v"]).succeeds().says("PASS: TestOrdered").does_not_say("DATA RACE");
            }
        }
    )*};
}

race_tests! {
    go_1_27_by_flag: "1.27.0", Mode::Flag;
    go_1_27_by_attribute: "1.27.0", Mode::Attribute;
    go_1_26_by_flag: "1.26.8", Mode::Flag;
    go_1_26_by_attribute: "1.26.8", Mode::Attribute;
    go_1_25_by_flag: "1.25.0", Mode::Flag;
    go_1_25_by_attribute: "1.25.0", Mode::Attribute;
}
