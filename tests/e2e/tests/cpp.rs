//! Go code that calls C++ (exceptions, threads, streams, containers) from many goroutines under race.

use std::sync::MutexGuard;

use e2e::{Binary, RACE, Shared, Workspace};

const TEST: &str = "//wordcount:wordcount_test";

/// The workspace.
pub fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| Workspace::of_example("cgo_cpp", "cgo_cpp"))
}

#[test]
fn cxx_under_race_passes_and_is_static() {
    let workspace = workspace();
    workspace.bazel().run(["test", RACE, "//..."]).succeeds();
    Binary::read(&workspace.executables(&[RACE.to_owned()], &[TEST])[0]).is_raced_and_static("amd64");
}

#[test]
fn cxx_under_race_builds_for_arm64() {
    let workspace = workspace();
    let options = ["--platforms=@io_bazel_rules_go//go/toolchain:linux_arm64_cgo", RACE].map(str::to_owned);
    workspace.bazel().run(["build", &options[0], &options[1], TEST]).succeeds();
    Binary::read(&workspace.executables(&options, &[TEST])[0]).is_raced_and_static("arm64");
}
