//! What a person reads of each log, to the letter.

use std::path::Path;
use std::process::Command;

/// The text for a log of `tests/logs`, in a workspace of its own that has no sources.
fn report(log: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("MODULE.bazel"), "").unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/logs").join(log);
    std::fs::copy(&path, dir.path().join(log)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut command = Command::new(env!("CARGO_BIN_EXE_racereport"));
    command.args(["--color=never", log]).current_dir(dir.path());
    for name in ["BUILD_WORKSPACE_DIRECTORY", "BUILD_WORKING_DIRECTORY"] {
        command.env_remove(name);
    }
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{log}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

macro_rules! texts {
    ($($name:ident: $log:literal;)*) => {$(
        #[test]
        fn $name() {
            insta::assert_snapshot!(report($log));
        }
    )*};
}

texts! {
    races: "flow.log";
    races_on_arm64: "arm64.log";
    an_atomic_access: "atomic.log";
    concurrent_map: "map.log";
    a_deadlock: "deadlock.log";
    threads_and_locks_of_c: "tsan.log";
}
