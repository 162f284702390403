//! nogo, the analyzers that run with the compiler.

use std::sync::MutexGuard;

use e2e::{Shared, Workspace};

use super::{ARM64, Built, line, of_fixture, planted_is_reported_and_ordered_passes};

/// The fixture with nogo registered, as a user's MODULE.bazel has it.
fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| {
        let workspace = of_fixture("matrix_nogo");
        workspace.append("MODULE.bazel", "go_sdk.nogo(nogo = \"//nogo\")\n");
        workspace
    })
}

#[test]
fn a_test_that_nogo_finds_nothing_in_is_raced() {
    let built = Built::keep(&workspace(), "matrix-nogo", "test", &[], &["//nogo/clean:clean_test"]);
    planted_is_reported_and_ordered_passes(built.log("//nogo/clean:clean_test"), "nogo/clean/clean_test.go");
    built.is_raced_and_static("//nogo/clean:clean_test", "amd64");
}

#[test]
fn a_test_that_nogo_finds_nothing_in_links_for_arm64() {
    let built = Built::keep(&workspace(), "matrix-nogo-arm64", "build", &[ARM64], &["//nogo/clean:clean_test"]);
    built.is_raced_and_static("//nogo/clean:clean_test", "arm64");
}

#[test]
fn what_nogo_finds_fails_the_build_with_its_message() {
    let output = workspace().bazel().run(["build", "//nogo/violation"]).fails();
    output.says(&line("nogo/violation/violation.go", "// The violation")).says("direct assignment to atomic value");
}
