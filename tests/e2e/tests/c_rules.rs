//! cc_library, cc_binary and cc_test in C (and assembly) are built by the toolchain as well.

use std::path::PathBuf;
use std::sync::MutexGuard;

use e2e::{Binary, Command, Shared, Workspace};

/// The workspace.
pub fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| Workspace::of_fixture("c_rules", "c_rules"))
}

fn built(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.path("bazel-bin").join(name)
}

#[test]
fn a_c_test_passes() {
    workspace().bazel().run(["test", "//:sum_test"]).succeeds();
}

#[test]
fn a_c_binary_is_static_and_runs() {
    let workspace = workspace();
    workspace.bazel().run(["build", "//:hello", "//:hello_pie"]).succeeds();
    for name in ["hello", "hello_pie"] {
        Binary::read(&built(&workspace, name)).is_static();
        Command::new(built(&workspace, name)).run().succeeds().says("hello: 42");
    }
}

#[test]
fn a_c_binary_builds_for_arm64() {
    let workspace = workspace();
    workspace.bazel().run(["build", "--platforms=//:linux_arm64", "//:hello", "//:hello_pie"]).succeeds();
    for name in ["hello", "hello_pie"] {
        let binary = Binary::read(&built(&workspace, name));
        binary.is_static();
        assert_eq!(binary.arch, "arm64");
    }
}

#[test]
fn a_cxx_binary_is_static_and_runs() {
    let workspace = workspace();
    workspace.bazel().run(["build", "//:hello_cxx", "//:hello_cxx_pie"]).succeeds();
    for name in ["hello_cxx", "hello_cxx_pie"] {
        Binary::read(&built(&workspace, name)).is_static();
        Command::new(built(&workspace, name)).run().succeeds().says("Ada: 36; nobody is called Bob");
    }
}

#[test]
fn a_cxx_binary_builds_for_arm64() {
    let workspace = workspace();
    workspace.bazel().run(["build", "--platforms=//:linux_arm64", "//:hello_cxx"]).succeeds();
    let binary = Binary::read(&built(&workspace, "hello_cxx"));
    binary.is_static();
    assert_eq!(binary.arch, "arm64");
}

#[test]
fn kernel_headers_compile_beside_those_of_the_c_library() {
    let workspace = workspace();
    workspace.bazel().run(["build", "//:kernel"]).succeeds();
    Command::new(built(&workspace, "kernel")).run().succeeds().says("headers of Linux 7, EVIOCGVERSION 0x80044501");
}

#[test]
fn a_stripped_binary_runs() {
    let workspace = workspace();
    workspace.bazel().run(["build", "//:hello.stripped"]).succeeds();
    Command::new(built(&workspace, "hello.stripped")).run().succeeds().says("hello: 42");
}

#[test]
fn a_shared_library_is_a_clear_error() {
    workspace().bazel().run(["build", "//:libsum.so"]).fails().says("-shared").says("next:");
}

#[test]
fn a_library_of_the_host_is_a_clear_error() {
    workspace().bazel().run(["build", "//:leaky"]).fails().says("-L/usr/lib").says("next:");
}

#[test]
fn nm_lists_the_symbols_of_a_binary() {
    let workspace = workspace();
    let tools = "@toolchains_go_race//toolchain:driver_amd64";
    workspace.bazel().run(["build", "//:hello", tools]).succeeds();
    let nm = built(&workspace, "external/toolchains_go_race~/toolchain/bin/amd64/nm");
    Command::new(nm).arg("-g").arg(built(&workspace, "hello")).run().succeeds().says(" T main").says(" T twice");
}

/// A workspace whose dependency on rules_cc comes first, and with it the host's compiler.
pub fn rules_cc_first() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    let workspace = WORKSPACE.hold(|| Workspace::of_fixture("c_rules", "rules_cc_first"));
    let module = "module(name = \"c_rules\")\nbazel_dep(name = \"rules_cc\", version = \"0.0.11\")\n\
                  bazel_dep(name = \"platforms\", version = \"0.0.10\")\n\
                  bazel_dep(name = \"toolchains_go_race\", version = \"0.1.0\")\n";
    workspace.file("MODULE.bazel", module);
    workspace
}

/// README.md's remedy.
#[test]
fn one_line_settles_it_where_rules_cc_comes_first() {
    let workspace = rules_cc_first();
    workspace.bazel().run(["build", "//:hello"]).succeeds();
    let host = Binary::read(&built(&workspace, "hello"));
    assert!(host.interpreter.is_some(), "the host's compiler was to be found first: {host:?}");
    workspace.append("MODULE.bazel", "register_toolchains(\"@toolchains_go_race//toolchain:all\")\n");
    workspace.bazel().run(["build", "//:hello"]).succeeds();
    Binary::read(&built(&workspace, "hello")).is_static();
}
