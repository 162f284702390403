//! Coverage under race. rules_go's tests write lcov by themselves; Bazel only merges it.

use std::sync::OnceLock;

use super::{ARM64, Built, RUN_UNDER, planted_is_reported_and_ordered_passes, workspace};

const TARGET: &str = "//coverage:coverage_test";
/// The merger is the fixture's own: Bazel's is a download.
const OPTIONS: [&str; 4] = [
    "--combined_report=none",
    "--coverage_output_generator=//coverage:merger",
    "--coverage_report_generator=//coverage:merger",
    "--instrumentation_filter=^//coverage",
];

/// The whole test, in which a race is planted; and what lcov the twin alone made.
fn outcome() -> &'static (Built, Built, String) {
    static OUTCOME: OnceLock<(Built, Built, String)> = OnceLock::new();
    OUTCOME.get_or_init(|| {
        let workspace = workspace();
        let planted = Built::keep(&workspace, "matrix-coverage", "coverage", &OPTIONS, &[TARGET]);
        let only_twin: Vec<&str> = OPTIONS.into_iter().chain(["--test_arg=-test.run=TestOrdered"]).collect();
        let ordered = Built::keep(&workspace, "matrix-coverage-ordered", "coverage", &only_twin, &[TARGET]);
        let lcov = workspace.path("bazel-testlogs/coverage/coverage_test/coverage.dat");
        let lcov = std::fs::read_to_string(&lcov).unwrap_or_else(|error| panic!("{error}: {}", ordered.bazel));
        (planted, ordered, lcov)
    })
}

#[test]
fn a_planted_race_is_reported_under_coverage() {
    let (planted, ..) = outcome();
    planted_is_reported_and_ordered_passes(planted.log(TARGET), "coverage/score.go");
    planted.is_raced_and_static(TARGET, "amd64");
}

#[test]
fn coverage_under_race_names_the_lines_that_were_run() {
    let (_, ordered, lcov) = outcome();
    assert_eq!(ordered.bazel.code, Some(0), "{}", ordered.bazel);
    let record = lcov.split("end_of_record").find(|record| record.contains("SF:coverage/score.go"));
    let record = record.unwrap_or_else(|| panic!("no lines of score.go in {lcov}"));
    for (remark, count) in [("// The race.", 1), ("// Never.", 0)] {
        let line = super::line("coverage/score.go", remark);
        let expected = format!("DA:{},{count}\n", line.rsplit(':').next().expect("a number"));
        assert!(record.contains(&expected), "no {expected:?} in {record}");
    }
}

/// In a virtual machine, the same lines.
#[test]
fn coverage_on_arm64_is_that_on_amd64() {
    let (_, _, here) = outcome();
    let options = [&[ARM64, RUN_UNDER, "--test_arg=-test.run=TestOrdered"], &OPTIONS[..]].concat();
    let workspace = workspace();
    let built = Built::keep(&workspace, "matrix-coverage-arm64", "coverage", &options, &[TARGET]);
    assert_eq!(built.bazel.code, Some(0), "{}", built.bazel);
    built.is_raced_and_static(TARGET, "arm64");
    let there = workspace.path("bazel-testlogs/coverage/coverage_test/coverage.dat");
    let there = std::fs::read_to_string(&there).unwrap_or_else(|error| panic!("{error}: {}", built.bazel));
    assert_eq!(&there, here);
}
