//! The same targets build for arm64. (They are run in `virtual_machine/matrix.rs`.)

use e2e::Binary;

use crate::stranger::{Mode, go_option, words, workspace};

fn builds_static_binaries(version: &str, mode: Mode) {
    let workspace = workspace();
    let mut options =
        vec!["--platforms=@io_bazel_rules_go//go/toolchain:linux_arm64_cgo".to_owned(), go_option(version)];
    options.extend(mode.options().iter().map(|&option| option.to_owned()));
    let targets = mode.targets();
    workspace.bazel().run(words(&["build"], &options, &targets)).succeeds();
    for path in workspace.executables(&options, &targets) {
        Binary::read(&path).is_raced_and_static("arm64");
    }
}

#[test]
fn go_1_27_race_tests_build_for_arm64() {
    builds_static_binaries("1.27.0", Mode::Flag);
}

#[test]
fn go_1_26_race_tests_build_for_arm64() {
    builds_static_binaries("1.26.8", Mode::Flag);
}

#[test]
fn go_1_25_race_tests_build_for_arm64() {
    builds_static_binaries("1.25.0", Mode::Flag);
}

#[test]
fn race_tests_build_for_arm64_by_attribute() {
    builds_static_binaries("1.27.0", Mode::Attribute);
}
