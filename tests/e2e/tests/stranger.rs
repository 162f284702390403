//! The stranger's workspace: examples/hello_test, copied out of the repository, with more than one Go SDK.

use std::path::PathBuf;
use std::sync::MutexGuard;

use e2e::{Output, Shared, Workspace};

/// The Go versions that are supported, as `./dev test` provides them: the first is the one of the example's go.mod.
pub const GO_VERSIONS: [&str; 3] = ["1.27.0", "1.26.8", "1.25.0"];

/// How race mode is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// By the flag of the command line.
    Flag,
    /// By the attribute `race = "on"` of the test.
    Attribute,
}

impl Mode {
    /// The example's targets: the test with a planted race, and its twin without one.
    pub fn targets(self) -> [&'static str; 2] {
        match self {
            Self::Flag => ["//planted:planted_test", "//ordered:ordered_test"],
            Self::Attribute => ["//planted:planted_race_test", "//ordered:ordered_race_test"],
        }
    }

    /// The options of the command line.
    pub fn options(self) -> &'static [&'static str] {
        match self {
            Self::Flag => &["--@io_bazel_rules_go//go/config:race"],
            Self::Attribute => &[],
        }
    }
}

/// The workspace.
pub fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| {
        let workspace = Workspace::of_example("hello_test", "stranger");
        for version in &GO_VERSIONS[1..] {
            workspace.append("MODULE.bazel", &format!("go_sdk.download(version = \"{version}\")\n"));
        }
        // rules_go's wrapper mixes the order of what a test writes.
        workspace.append(".bazelrc", "build --test_env=GO_TEST_WRAP=0\n");
        workspace
    })
}

/// The option that selects a Go version.
pub fn go_option(version: &str) -> String {
    format!("--@io_bazel_rules_go//go/toolchain:sdk_version={version}")
}

/// What came of the planted race and its twin.
#[derive(Debug)]
pub struct Outcome {
    /// Bazel's own output.
    pub bazel: Output,
    /// The log of the test with the planted race.
    pub planted_log: String,
    /// The log of its twin.
    pub ordered_log: String,
    /// Both tests' executables, copied to where the next build does not touch them.
    pub binaries: Vec<PathBuf>,
}

/// Runs both tests.
pub fn outcome(version: &str, mode: Mode) -> Outcome {
    let workspace = workspace();
    let mut options = vec![go_option(version)];
    options.extend(mode.options().iter().map(|&option| option.to_owned()));
    let bazel = workspace.bazel().run(words(&["test", "--keep_going"], &options, &mode.targets()));
    let logs =
        mode.targets().map(|target| workspace.test_log(&target.trim_start_matches("//").replace(':', "/"), &bazel));
    let kept = workspace.setup().cache.join("binaries").join(format!("{version}-{mode:?}"));
    std::fs::create_dir_all(&kept).expect("a folder");
    let binaries = workspace
        .executables(&options, &mode.targets())
        .into_iter()
        .map(|file| {
            let copy = kept.join(file.file_name().unwrap());
            let _ = std::fs::remove_file(&copy);
            assert!(e2e::copied(&file, &copy), "cp {}", file.display());
            copy
        })
        .collect();
    let [planted_log, ordered_log] = logs;
    Outcome { bazel, planted_log, ordered_log, binaries }
}

/// A command line of Bazel's.
pub fn words(command: &[&str], options: &[String], targets: &[&str]) -> Vec<String> {
    let owned = |words: &[&str]| words.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
    [owned(command), options.to_vec(), owned(targets)].concat()
}
