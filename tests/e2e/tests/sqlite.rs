//! Real C code under race: mattn/go-sqlite3 through gazelle, used from several goroutines.

use std::sync::MutexGuard;

use e2e::{Binary, Shared, Workspace};

/// The workspace.
pub fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| Workspace::of_example("cgo_sqlite", "cgo_sqlite"))
}

#[test]
fn sqlite_under_race_passes_and_is_static() {
    let workspace = workspace();
    workspace.bazel().run(["test", "--@io_bazel_rules_go//go/config:race", "//..."]).succeeds();
    Binary::read(&workspace.path("bazel-bin/store/store_test_/store_test")).is_static();
}
