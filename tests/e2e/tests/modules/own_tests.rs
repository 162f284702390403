//! The modules' own tests. Where one is left out, the reason stands beside its name.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use super::{are_static_race_binaries, bazel, generated, go_tests, log, names};

/// A module whose own tests are run.
pub struct Module {
    /// The name of its repository.
    pub repository: &'static str,
    /// How many test functions pass.
    tests: usize,
    /// The tests that are left out, and why.
    excluded: &'static [(&'static str, &'static str)],
}

const SYNC: Module = Module { repository: "org_golang_x_sync", tests: 29, excluded: &[] };

const GOLEAK: Module = Module {
    repository: "org_uber_go_goleak",
    tests: 17,
    excluded: &[
        ("TestAll", "counts all goroutines, and rules_go's test main has one more, for signals"),
        ("TestOptionsIgnoreAnyFunction", "looks once, while the goroutine of the test before it may still be ending"),
    ],
};

const REAPER: &str = "sleeps, and counts what a ticker of a hundredth of the lifetime has removed: it may be late";

const LRU: Module = Module {
    repository: "com_github_hashicorp_golang_lru_v2",
    tests: 32,
    excluded: &[("ExampleLRU", REAPER), ("TestLRUWithPurge", REAPER), ("TestLoadingExpired", REAPER)],
};

const ANTS: Module = Module { repository: "com_github_panjf2000_ants_v2", tests: 58, excluded: &[] };

const ZSTD: Module = Module { repository: "com_github_datadog_zstd", tests: 53, excluded: &[] };

pub const MODULES: [Module; 5] = [SYNC, GOLEAK, LRU, ANTS, ZSTD];

/// The test functions in the sources of a folder.
fn test_functions(folder: &Path) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let files = files.map(|entry| entry.expect("an entry").path());
    let sources = files.filter(|path| path.to_string_lossy().ends_with("_test.go"));
    let text: String = sources.map(|path| fs::read_to_string(path).expect("a source")).collect();
    let mut found: BTreeSet<String> = names(&text, "func ").filter(|name| name.starts_with("Test")).collect();
    found.remove("TestMain");
    found
}

/// Runs all tests of a module, and compares what passed with what its sources have.
fn own_tests_pass(module: &Module) {
    let workspace = generated();
    let labels = go_tests(&workspace, &format!("@{}//...", module.repository));
    let excluded: Vec<&str> = module.excluded.iter().map(|(name, _)| *name).collect();
    let skip = format!("--test_arg=-test.skip=^({})$", excluded.join("|"));
    // DataDog/zstd skips three tests unless this names a file to compress: the test's own executable is one.
    let payload = "--test_env=PAYLOAD=/proc/self/exe";
    let words = ["test", "--keep_going", payload, &skip].map(str::to_owned);
    bazel(&workspace).run(words.iter().chain(&labels)).succeeds();

    let base = bazel(&workspace).run(["info", "output_base"]).succeeds().stdout;
    let sources = Path::new(base.trim()).join("external").join(format!("gazelle~~go_deps~{}", module.repository));
    let mut count = 0;
    for label in &labels {
        let package = label.split_once("//").and_then(|(_, rest)| rest.split_once(':')).expect("a label").0;
        let mut expected = test_functions(&sources.join(package));
        expected.retain(|name| !excluded.contains(&name.as_str()));
        let log = log(&workspace, label);
        let passed: BTreeSet<String> = names(&log, "--- PASS: ").filter(|name| name.starts_with("Test")).collect();
        assert_eq!(passed, expected, "the tests of {label} that passed are not those of its sources:\n{log}");
        assert!(!log.contains("DATA RACE"), "{log}");
        count += passed.len();
    }
    assert_eq!(count, module.tests, "so many tests of {} passed, in {labels:?}", module.repository);
    are_static_race_binaries(&workspace, &[], &labels, "amd64");
}

#[test]
fn the_tests_of_x_sync_pass_under_race() {
    own_tests_pass(&SYNC);
}

#[test]
fn the_tests_of_goleak_pass_under_race() {
    own_tests_pass(&GOLEAK);
}

#[test]
fn the_tests_of_golang_lru_pass_under_race() {
    own_tests_pass(&LRU);
}

#[test]
fn the_tests_of_ants_pass_under_race() {
    own_tests_pass(&ANTS);
}

#[test]
fn the_tests_of_zstd_with_its_c_code_pass_under_race() {
    own_tests_pass(&ZSTD);
}
