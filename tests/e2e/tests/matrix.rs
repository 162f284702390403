//! What Go users build with race, a test for each cell of docs/matrix.md: it works, or it is one clear error.
//!
//! The cells share one workspace, whose .bazelrc asks for race, and one build for each architecture; what they look at
//! is copied out of it.

mod coverage;
mod document;
mod fuzz;
mod glibc;
mod languages;
mod linkmode;
mod nogo;
mod packages;
mod programs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{MutexGuard, OnceLock};

use e2e::{Binary, Output, Shared, Workspace};

use crate::release;

const ARM64: &str = "--platforms=@io_bazel_rules_go//go/toolchain:linux_arm64_cgo";
/// Each test for arm64 in a virtual machine.
const RUN_UNDER: &str = "--run_under=@toolchains_go_race//vm:runner";
const NO_RACE: &str = "--no@io_bazel_rules_go//go/config:race";

/// Tests of which each has TestPlanted, with a race, and TestOrdered without one.
const TESTS: [&str; 5] = [
    "//cgo:sum_test",
    "//cgo:square_test",
    "//cdeps:cdeps_test",
    "//assembly:assembly_test",
    "//embedding:embedding_test",
];
const OTHER_TESTS: [&str; 4] = ["//tags:plain_test", "//tags:locked_test", "//fuzz:fuzz_test", "//shipped:ticker_test"];
const PROGRAMS: [&str; 9] = [
    "//cgo:program",
    "//shipped:shipped",
    "//linkmode:fixed",
    "//linkmode:with_archive",
    "//linkmode:pie",
    "//linkmode:pure",
    "//sdks:go_1.25.0",
    "//sdks:go_1.26.8",
    "//sdks:go_1.27.0",
];
/// What Go's race detector says where a program's or a library's own data is at an address that it has no shadow for: it
/// knows programs at a fixed address only.
const NO_SHADOW: &str = "ERROR: ThreadSanitizer failed to allocate";

fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| of_fixture("matrix"))
}

/// The fixture, with race in its .bazelrc; and with the tools of a release, as consumers have them: the cells' options are many, and
/// for each set of them on the command line, Bazel would build the tools anew.
fn of_fixture(name: &str) -> Workspace {
    let workspace = Workspace::of_fixture("matrix", name);
    release::takes_release(&workspace);
    workspace.append(".bazelrc", "build --@io_bazel_rules_go//go/config:race\n");
    // rules_go's wrapper mixes the order of what a test writes.
    workspace.append(".bazelrc", "test --test_env=GO_TEST_WRAP=0 --test_arg=-test.v\n");
    workspace
}

/// What was built together, copied to where the next build does not touch it.
#[derive(Debug)]
struct Built {
    bazel: Output,
    binaries: BTreeMap<String, PathBuf>,
    logs: BTreeMap<String, String>,
}

impl Built {
    /// Runs Bazel for the targets, and keeps what came of it under a name.
    fn keep(workspace: &Workspace, name: &str, command: &str, options: &[&str], targets: &[&str]) -> Self {
        let words = [command, "--keep_going"].into_iter().chain(options.iter().copied()).chain(targets.iter().copied());
        let bazel = workspace.bazel().run(words);
        let folder = workspace.setup().cache.join("binaries").join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        let mut built = Self { bazel, binaries: BTreeMap::new(), logs: BTreeMap::new() };
        for (target, file) in targets.iter().zip(workspace.executables(&options, targets)) {
            let copy = folder.join(target.trim_start_matches("//").replace([':', '/'], "-"));
            if e2e::copied(&file, &copy) {
                built.binaries.insert((*target).to_owned(), copy);
            }
            if command != "build" && target.ends_with("_test") {
                // Beside the folder of its executable: an attribute such as `gotags` makes a configuration of its own.
                let path = file.display().to_string();
                let (configuration, _) = path.rsplit_once("/bin/").expect("an output");
                let name = target.trim_start_matches("//").replace(':', "/");
                let log = format!("{configuration}/testlogs/{name}/test.log");
                let log = std::fs::read_to_string(log).unwrap_or_default();
                built.logs.insert((*target).to_owned(), log);
            }
        }
        built
    }

    /// The executable of a target.
    #[track_caller]
    fn path(&self, target: &str) -> &Path {
        self.binaries.get(target).unwrap_or_else(|| panic!("{target} was not built: {}", self.bazel))
    }

    /// What a test wrote.
    #[track_caller]
    fn log(&self, target: &str) -> &str {
        let log = self.logs.get(target).map_or("", String::as_str);
        assert!(!log.is_empty(), "{target} was not run: {}", self.bazel);
        log
    }

    /// Asserts that the executable is static, for an architecture, and has the race runtime.
    #[track_caller]
    fn is_raced_and_static(&self, target: &str, arch: &str) {
        Binary::read(self.path(target)).is_raced_and_static(arch);
    }
}

/// Everything that works with musl, built and tested for amd64.
fn amd64() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| Built::keep(&workspace(), "matrix-amd64", "test", &[], &everything()))
}

/// The same, built for arm64, and tested in virtual machines; with one SDK beside that of go.mod: each has a standard library to build.
fn arm64() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let mut targets = everything();
        targets.retain(|target| !target.starts_with("//sdks:") || *target == "//sdks:go_1.25.0");
        Built::keep(&workspace(), "matrix-arm64", "test", &[ARM64, RUN_UNDER], &targets)
    })
}

fn everything() -> Vec<&'static str> {
    TESTS.into_iter().chain(OTHER_TESTS).chain(PROGRAMS).collect()
}

/// The line of a file of the fixture that has a remark, as race reports have it: `file.go:12`.
fn line(file: &str, remark: &str) -> String {
    let path = e2e::Setup::get().repo.join("tests/fixtures/matrix").join(file);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let index =
        text.lines().position(|line| line.contains(remark)).unwrap_or_else(|| panic!("no {remark:?} in {file}"));
    format!("{}:{}", Path::new(file).file_name().expect("a name").display(), index + 1)
}

/// Asserts that of a test's two tests the planted race is reported, at that line, and the twin passes.
#[track_caller]
fn planted_is_reported_and_ordered_passes(log: &str, file: &str) {
    let line = line(file, "// The race");
    for part in [
        "WARNING: DATA RACE",
        &line,
        "race detected during execution of test",
        "FAIL: TestPlanted",
        "PASS: TestOrdered",
    ] {
        assert!(log.contains(part), "no {part:?} in {log}");
    }
}
