//! glibc in place of musl: dynamic programs, libraries, and no symbol above the chosen version.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::MutexGuard;

use e2e::{Binary, Command, RACE, Shared, Workspace};

const VERSION: &str = "--@toolchains_go_race//toolchain:glibc_version=2.";

/// Its MODULE.bazel says glibc 2.28.
pub fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| Workspace::of_fixture("glibc", "glibc"))
}

fn built(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.path("bazel-bin").join(name)
}

#[test]
fn a_c_program_runs_and_needs_nothing_newer_than_what_was_chosen() {
    let workspace = workspace();
    // Before and after what changed: the stat functions (2.33), who runs constructors and where threads are (2.34).
    for minor in [17, 28, 33, 34] {
        let version = format!("{VERSION}{minor}");
        workspace.bazel().run(["build", &version, "//:hello", "//:hello_pie", "//:hello_cxx"]).succeeds();
        for name in ["hello", "hello_pie", "hello_cxx"] {
            Binary::read(&built(&workspace, name)).needs_glibc_of_at_most(minor);
        }
        for name in ["hello", "hello_pie"] {
            Command::new(built(&workspace, name)).run().succeeds().says(&format!(
                "compiled for 2.{minor}, constructed: 1, stat: 0, thread: 1, environment: 1, glibc: 1\nbye"
            ));
        }
        Command::new(built(&workspace, "hello_cxx")).run().succeeds().says("thrown and caught");
    }
}

#[test]
fn programs_for_arm64_need_nothing_newer_either() {
    let workspace = workspace();
    let targets = ["//:hello", "//:hello_pie", "//:hello_cxx", "//:libplugin.so"];
    workspace.bazel().run(["build", "--platforms=//:linux_arm64"].iter().chain(&targets)).succeeds();
    for target in targets {
        let binary = Binary::read(&built(&workspace, target.trim_start_matches("//:")));
        binary.needs_glibc_of_at_most(28);
        assert_eq!(binary.arch, "arm64");
    }
}

#[test]
fn a_library_in_cxx_is_loaded_and_its_destructors_run_when_it_is_unloaded() {
    let workspace = workspace();
    workspace.bazel().run(["build", "//:libplugin.so", "//:load"]).succeeds();
    let library = built(&workspace, "libplugin.so");
    Binary::read(&library).needs_glibc_of_at_most(28);
    let load = built(&workspace, "load");
    Command::new(&load)
        .args([library.as_os_str(), "unload".as_ref()])
        .run()
        .succeeds()
        .says("greetings from C++\nunloaded\nafter it");
}

#[test]
fn a_library_in_go_is_loaded_by_a_program_in_c() {
    let workspace = workspace();
    workspace.bazel().run(["build", "//:libgreeter.so", "//:load"]).succeeds();
    let library = &workspace.executables(&[], &["//:libgreeter.so"])[0];
    Binary::read(library).needs_glibc_of_at_most(28);
    Command::new(built(&workspace, "load")).args([library]).run().succeeds().says("greetings from Go");
}

#[test]
fn a_race_is_reported_by_a_dynamic_test() {
    let workspace = workspace();
    let output = workspace.bazel().run(["test", RACE, "--test_output=all", "//:planted_test"]);
    output.fails().says("WARNING: DATA RACE").says("planted_test.go:9").says("planted_test.go:12");
    let [binary] = &workspace.executables(&[RACE.to_owned()], &["//:planted_test"])[..] else { panic!("one test") };
    let binary = Binary::read(binary);
    binary.needs_glibc_of_at_most(28);
    assert!(
        binary.has_race_runtime && binary.interpreter.as_deref().is_some_and(|path| path.contains("/ld-linux-")),
        "{binary:?}"
    );
}

#[test]
fn a_static_link_is_an_error_that_names_musl_and_a_flag_takes_musl() {
    let workspace = workspace();
    workspace.bazel().run(["build", "//:fixed"]).fails().says("a static link with glibc").says("toolchain:libc=musl");
    workspace.bazel().run(["build", "--@toolchains_go_race//toolchain:libc=musl", "//:hello_cxx"]).succeeds();
    Binary::read(&built(&workspace, "hello_cxx")).is_static();
}

/// Who changes the C library builds no tool anew, and unpacks LLVM no second time: their paths are the same.
#[test]
fn the_choice_of_a_c_library_leaves_the_tools_as_they_are() {
    let workspace = workspace();
    let tools = |libc: &str| -> BTreeSet<String> {
        let libc = [&format!("--@toolchains_go_race//toolchain:libc={libc}"), &format!("{VERSION}34")];
        let query = "mnemonic(\"Rustc|RaceUnpack\", deps(//:hello))";
        let actions = workspace.bazel().run(["aquery", libc[0], libc[1], query]).succeeds();
        let outputs = actions.stdout.lines().filter_map(|line| line.trim().strip_prefix("Outputs: "));
        outputs
            .filter(|path| path.contains("rust") || path.contains("/llvm_amd64") || path.contains("/tools/"))
            .map(str::to_owned)
            .collect()
    };
    let glibc = tools("glibc");
    for part in ["/tools/cc/cc]", "/tools/unpack/unpack]", "/process_wrapper]", "/llvm_amd64 "] {
        assert!(glibc.iter().any(|path| path.contains(part)), "no {part:?} in {glibc:#?}");
    }
    assert_eq!(tools("musl"), glibc);
}

#[test]
fn a_version_that_there_are_no_stubs_of_is_an_error_that_lists_those_there_are() {
    workspace().bazel().run(["build", &format!("{VERSION}16"), "//:hello"]).fails().says("2.17");
}
