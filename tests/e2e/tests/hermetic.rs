//! Nothing of the host takes part; and what is built without it is the same, byte for byte, wherever it is built.
//!
//! Both builds here start from an empty output base and use no disk cache: everything is really done, once in Bazel's
//! hermetic sandbox, and once with a PATH full of compilers that fail.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::OnceLock;

use e2e::{Output, Workspace, sha256};

const RACE: &str = "--@io_bazel_rules_go//go/config:race";

/// A build of everything.
struct Build {
    output: Output,
    /// The digest of each output of its actions, by its path below bazel-out.
    digests: BTreeMap<String, String>,
}

/// In the hermetic sandbox, with nothing mounted.
fn in_hermetic_sandbox() -> &'static Build {
    static BUILD: OnceLock<Build> = OnceLock::new();
    BUILD.get_or_init(|| {
        let workspace = Workspace::of_example("hello_test", "hermetic");
        let output_base = tempfile::tempdir().expect("an output base");
        let bazel = || workspace.bazel().fresh(output_base.path());
        let hermetic = "--experimental_use_hermetic_linux_sandbox";
        // The sandbox bites: an action that calls a shell finds none.
        let shell = "genrule(name = \"shell\", outs = [\"shell.txt\"], cmd = \"echo > $@\", tags = [\"manual\"])\n";
        workspace.append("BUILD.bazel", shell);
        bazel().run(["build", hermetic, "//:shell"]).fails();
        // What is built before: our tools by rustc, a dynamically linked program of the machine's, and rules_go's by a
        // shell script of its own.
        let before = ["Rustc", "GoToolchainBinaryCompile", "GoToolchainBinaryBuild"]
            .map(|name| format!("--strategy={name}=local"));
        let output = bazel().run(
            ["build", hermetic, RACE, "--subcommands"]
                .into_iter()
                .chain(before.iter().map(String::as_str))
                .chain(["//ordered:ordered_test"]),
        );
        finish(output, &workspace, || bazel().run(["shutdown"]))
    })
}

/// In Bazel's ordinary sandbox, where the compilers that PATH leads to fail loudly.
fn with_poisoned_path() -> &'static (Build, String) {
    static BUILD: OnceLock<(Build, String)> = OnceLock::new();
    BUILD.get_or_init(|| {
        let workspace = Workspace::of_example("hello_test", "poisoned");
        let poison = tempfile::tempdir().expect("a folder");
        let calls = poison.path().join("calls");
        for name in ["gcc", "g++", "cc", "c++", "clang", "clang++", "ld", "ld.lld", "ld.gold", "as", "ar", "strip"] {
            let script = poison.path().join(name);
            let text =
                format!("#!/bin/sh\necho {name} \"$@\" >>{}\necho POISON {name} >&2\nexit 99\n", calls.display());
            fs::write(&script, text).expect("a script");
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a script");
        }
        let path = format!("{}:/usr/bin", poison.path().display());
        let action_path = format!("--action_env=PATH={path}");
        let writable = format!("--sandbox_writable_path={}", poison.path().display());
        let output_base = tempfile::tempdir().expect("an output base");
        let bazel =
            || workspace.bazel().fresh(output_base.path()).env("PATH", &path).env("CC", "gcc").env("CXX", "g++");
        let output = bazel().run(["build", RACE, &action_path, &writable, "//ordered:ordered_test"]);
        let build = finish(output, &workspace, || bazel().run(["shutdown"]));
        (build, fs::read_to_string(calls).unwrap_or_default())
    })
}

/// Takes the digests of the outputs before they are gone.
fn finish(output: Output, workspace: &Workspace, shutdown: impl Fn() -> Output) -> Build {
    let mut digests = BTreeMap::new();
    if output.code == Some(0) {
        let out = fs::canonicalize(workspace.path("bazel-out")).expect("bazel-out");
        collect(&out, &out, &mut digests);
    }
    shutdown().succeeds();
    Build { output, digests }
}

fn collect(root: &Path, dir: &Path, digests: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.strip_prefix(root).expect("below bazel-out").display().to_string();
        if path.is_dir() && !path.is_symlink() {
            collect(root, &path, digests);
        } else if path.is_file() && !path.is_symlink() && is_output(&name) {
            digests.insert(name, sha256(&fs::read(&path).expect("an output")));
        }
    }
}

/// Whether a file below bazel-out is an action's output. rustc writes dependency files that no action declares: outside
/// of a sandbox they stay.
fn is_output(name: &str) -> bool {
    name.contains("/bin/") && !name.contains(".runfiles") && !name.ends_with(".d")
}

#[test]
fn go_actions_succeed_in_the_hermetic_sandbox_with_nothing_mounted() {
    let output = in_hermetic_sandbox().output.clone().succeeds();
    for mnemonic in ["GoStdlib", "GoCompilePkg", "GoLink", "RaceUnpack"] {
        output.clone().says(mnemonic);
    }
    output.says("linux-sandbox");
}

#[test]
fn a_path_whose_compilers_fail_loudly_changes_nothing() {
    let (build, calls) = with_poisoned_path();
    build.output.clone().succeeds().does_not_say("POISON");
    assert!(calls.is_empty(), "the host's tools were called:\n{calls}");
}

#[test]
fn two_output_bases_give_the_same_bytes() {
    let (hermetic, (poisoned, _)) = (in_hermetic_sandbox(), with_poisoned_path());
    assert!(hermetic.digests.keys().any(|name| name.ends_with("/ordered_test")), "{:?}", hermetic.digests.keys());
    assert!(hermetic.digests.keys().any(|name| name.contains("/stdlib")), "{:?}", hermetic.digests.keys());
    let different: Vec<&String> = hermetic
        .digests
        .iter()
        .filter(|(name, digest)| poisoned.digests.get(*name).is_some_and(|other| other != *digest))
        .map(|(name, _)| name)
        .collect();
    let missing: Vec<&String> = hermetic.digests.keys().filter(|name| !poisoned.digests.contains_key(*name)).collect();
    assert!(different.is_empty() && missing.is_empty(), "different: {different:#?}\nmissing: {missing:#?}");
}
