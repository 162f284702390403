//! Whoever has another way to run tests for arm64 registers it, and nothing else changes.

use e2e::Workspace;

use super::{ARM64_RACE, configure, workspace};

#[test]
fn a_teams_own_runner_takes_the_machines_place() {
    let workspace = workspace();
    let words = ["test", ARM64_RACE, "--extra_toolchains=//board:on_our_board_toolchain", "//same:same_test"];
    let bazel = workspace.bazel().run(words).succeeds();
    let log = workspace.test_log("same/same_test", &bazel);
    assert!(log.contains("on board 7: ") && log.contains("/same_test first two words same/data/given.txt"), "{log}");
}

#[test]
fn without_a_declaration_the_error_says_what_to_add() {
    let workspace = Workspace::of_fixture("vm", "vm_undeclared");
    configure(&workspace);
    let module = std::fs::read_to_string(workspace.path("MODULE.bazel")).expect("MODULE.bazel");
    workspace.file("MODULE.bazel", &module.replace("race.virtual_machine()\n", ""));
    workspace.bazel().run(["test", "--nobuild", ARM64_RACE, "//same:same_test"]).fails().says("race.virtual_machine()");
    // Where no test is run, nothing asks for it.
    workspace.bazel().run(["build", "--nobuild", ARM64_RACE, "//same:same_test"]).succeeds();
    let twice = module.replace("race.virtual_machine()\n", "race.virtual_machine(cpus = 9)\n");
    workspace.file("MODULE.bazel", &twice);
    workspace.bazel().run(["build", "--nobuild", "//same:same_test"]).fails().says("bad cpus 9, expected 1 to 8");
    workspace.bazel().run(["shutdown"]).succeeds();
}
