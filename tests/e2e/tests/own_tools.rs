//! The example of a third party's tools: an unpacker in Go, which Bazel builds.

use e2e::{Binary, Workspace};

#[test]
fn a_race_test_is_linked_with_what_an_unpacker_in_go_unpacked() {
    let workspace = Workspace::of_example("own_tools", "own_tools");
    // Without the unpacker for the target, which nothing asks for, and its two standard libraries.
    workspace.bazel().run(["test", "--build_tests_only", "//..."]).succeeds().says("//race_tools/unpack:unpack_test");
    for name in ["llvm_amd64", "headers_amd64", "lib_amd64"] {
        let unpacking = format!("mnemonic(\"RaceUnpack\", @toolchains_go_race//toolchain:{name})");
        let actions =
            workspace.bazel().run(["aquery", &unpacking]).succeeds().says("bin/race_tools/unpack/unpack_/unpack");
        let lines: Vec<&str> = actions.stdout.lines().filter(|line| line.contains("Command Line:")).collect();
        assert!(!lines.is_empty(), "{actions}");
        for line in lines {
            assert!(line.contains("bin/race_tools/unpack/unpack_/unpack "), "another unpacker: {line}");
        }
    }
    for test in workspace.executables(&[], &["//race_tools/unpack:unpack_test"]) {
        Binary::read(&test).is_raced_and_static("amd64");
    }
}
