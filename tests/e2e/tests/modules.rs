//! Real Go modules through gazelle, under race: gazelle itself, the modules' own tests, and ours that use them.

mod own_tests;

use std::collections::BTreeMap;
use std::fs;
use std::sync::{MutexGuard, OnceLock};

use e2e::{Bazel, Binary, Output, Shared, Workspace};

use crate::bare;
use own_tests::MODULES;

/// What `go_test`s of our own gazelle is to write.
const OURS: [&str; 2] = ["//archive:archive_test", "//planted:planted_test"];

/// The workspace: race is set by its .bazelrc, so that gazelle is built under race, too.
fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| {
        let workspace = Workspace::of_fixture("modules", "modules");
        let rc = "build --@io_bazel_rules_go//go/config:race\n\
                  test --test_env=GO_TEST_WRAP=0 --test_arg=-test.v --test_timeout=1200\n";
        workspace.append(".bazelrc", rc);
        workspace
    })
}

/// Bazel, on a host without C.
fn bazel(workspace: &Workspace) -> Bazel<'_> {
    static HOST: OnceLock<bare::Host> = OnceLock::new();
    workspace.bazel().by(&HOST.get_or_init(bare::Host::new).prefix())
}

/// The BUILD files of our packages, by their paths.
fn build_files(workspace: &Workspace) -> BTreeMap<String, String> {
    let read = |name: &str| Some((name.to_owned(), fs::read_to_string(workspace.path(name)).ok()?));
    ["BUILD.bazel", "archive/BUILD.bazel", "planted/BUILD.bazel"].into_iter().filter_map(read).collect()
}

/// What the first run of gazelle said, and the BUILD files before and after it. Every other test stands on it.
fn gazelle() -> &'static (Output, [BTreeMap<String, String>; 2]) {
    static RUN: OnceLock<(Output, [BTreeMap<String, String>; 2])> = OnceLock::new();
    RUN.get_or_init(|| {
        let workspace = workspace();
        let before = build_files(&workspace);
        let output = bazel(&workspace).run(["run", "//:gazelle"]);
        (output, [before, build_files(&workspace)])
    })
}

/// The workspace, with its BUILD files.
fn generated() -> MutexGuard<'static, Workspace> {
    gazelle().0.clone().succeeds();
    workspace()
}

/// The tests that `pattern` matches, by the BUILD files that gazelle wrote.
fn go_tests(workspace: &Workspace, pattern: &str) -> Vec<String> {
    let query = format!("kind(go_test, {pattern})");
    bazel(workspace).run(["query", &query]).succeeds().stdout.lines().map(str::to_owned).collect()
}

/// The log of a test that was run: `//package:name`, with `@repository` before it for a module's.
fn log(workspace: &Workspace, label: &str) -> String {
    let file = label.replace("//", "/").replace(':', "/");
    let file = file.trim_start_matches('/').replace('@', "external/gazelle~~go_deps~");
    let path = workspace.path("bazel-testlogs").join(file).join("test.log");
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("no log of {label}: {}: {error}", path.display()))
}

/// The names after `word` at the beginnings of lines, up to a space or a parenthesis: of functions, or of results.
fn names<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = String> + 'a {
    let rest = text.lines().filter_map(move |line| line.strip_prefix(word));
    rest.map(|rest| rest.split([' ', '(']).next().unwrap_or_default().to_owned())
}

fn are_static_race_binaries(workspace: &Workspace, options: &[String], labels: &[String], arch: &str) {
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    for path in workspace.executables(options, &labels) {
        Binary::read(&path).is_raced_and_static(arch);
    }
}

#[test]
fn gazelle_built_under_race_without_a_c_compiler_of_the_hosts_writes_the_build_files() {
    let (output, [before, after]) = gazelle();
    output.clone().succeeds();
    assert_eq!(before.keys().collect::<Vec<_>>(), ["BUILD.bazel"], "the fixture has more than its user would keep");
    assert_eq!(after.len(), 3, "a package has no BUILD file: {output}");
    let workspace = generated();
    assert_eq!(go_tests(&workspace, "//..."), OURS, "not the go_tests of our packages: {after:#?}");
    let itself = ["@gazelle//cmd/gazelle:gazelle".to_owned()];
    are_static_race_binaries(&workspace, &[], &itself, "amd64");
}

#[test]
fn a_second_run_of_gazelle_changes_nothing() {
    let workspace = generated();
    bazel(&workspace).run(["run", "//:gazelle"]).succeeds();
    assert_eq!(gazelle().1[1], build_files(&workspace));
}

/// Runs our own tests, once: the exit code is that of the planted races.
fn ours() -> &'static [String; 2] {
    static LOGS: OnceLock<[String; 2]> = OnceLock::new();
    LOGS.get_or_init(|| {
        let workspace = generated();
        let output = bazel(&workspace).run(["test", "--keep_going"].iter().chain(&OURS));
        assert_eq!(output.code, Some(3), "the planted races, and nothing else, are to fail: {output}");
        OURS.map(|label| log(&workspace, label))
    })
}

#[test]
fn all_five_modules_are_used_from_many_goroutines_without_a_race() {
    let [archive, _] = ours();
    let passed: Vec<String> = names(archive, "--- PASS: ").collect();
    let tests = ["Archive", "ZstdStreams", "ExpirableCache", "AntsFunction"];
    assert_eq!(passed, tests.map(|test| format!("Test{test}FromManyGoroutines")), "{archive}");
    assert!(!archive.contains("DATA RACE"), "{archive}");
}

#[test]
fn our_test_has_zstds_c_code_and_is_static() {
    let workspace = generated();
    bazel(&workspace).run(["build", OURS[0]]).succeeds();
    are_static_race_binaries(&workspace, &[], &[OURS[0].to_owned()], "amd64");
    let binary = fs::read(&workspace.executables(&[], &OURS[..1])[0]).expect("the executable");
    // Of ZSTD_getErrorString, which is C: no Go source has it.
    let text = b"Operation on NULL destination buffer";
    assert!(binary.windows(text.len()).any(|window| window == text), "zstd's C code is not linked");
}

#[test]
fn planted_races_are_reported_with_the_modules_files() {
    let [_, planted] = ours();
    for (test, file) in [
        ("TestErrgroup", "org_golang_x_sync/errgroup/errgroup.go:"),
        ("TestSimpleLRU", "com_github_hashicorp_golang_lru_v2/simplelru/lru.go:"),
        ("TestAnts", "com_github_panjf2000_ants_v2/worker.go:"),
        ("TestZstd", "com_github_datadog_zstd/zstd_stream.go:"),
    ] {
        let report = planted
            .split_once(&format!("=== RUN   {test}\n"))
            .and_then(|(_, rest)| Some(rest.split_once(&format!("--- FAIL: {test} "))?.0))
            .unwrap_or_else(|| panic!("{test} did not fail:\n{planted}"));
        for part in ["WARNING: DATA RACE", file, "planted/planted_test.go:"] {
            assert!(report.contains(part), "no {part:?} in the output of {test}:\n{report}");
        }
    }
}

#[test]
fn the_tests_of_all_modules_and_ours_link_for_arm64() {
    let workspace = generated();
    let patterns: Vec<String> = MODULES.iter().map(|module| format!("@{}//...", module.repository)).collect();
    let labels = go_tests(&workspace, &format!("{} + //...", patterns.join(" + ")));
    let platform = "--platforms=@io_bazel_rules_go//go/toolchain:linux_arm64_cgo".to_owned();
    bazel(&workspace).run(["build".to_owned(), platform.clone()].iter().chain(&labels)).succeeds();
    are_static_race_binaries(&workspace, &[platform], &labels, "arm64");
}
