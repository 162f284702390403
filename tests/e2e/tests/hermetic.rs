//! Nothing of the host takes part; and what is built is the same, byte for byte, wherever and by whom it is built.
//!
//! One workspace (Go, cgo, C++, a `cc_library`) is built three times, and the execution logs are compared: as it is; in
//! Bazel's hermetic sandbox on a host that has no C; and elsewhere: by another user, at another path, on a host of another
//! name, with other `TZ` and `LANG`, and with everything in the environment that leads a compiler astray. The latter two
//! start from empty output bases and use no disk cache: everything is really done.

mod poison;

use std::path::Path;
use std::sync::OnceLock;

use e2e::{Bazel, Binary, ExecutionLog, Output, RACE, Workspace};

use poison::Poison;

use crate::bare;

/// Says who runs it, where and when: what it writes is to be different wherever it runs.
const WITNESS: &str = "genrule(name = \"witness\", outs = [\"witness.txt\"], tags = [\"manual\"], cmd =\n\
                       \"{ id -u; uname -n; pwd -P; date +%Z; printenv; } >$@\")\n";

/// The one tool that Go does not ask for.
const NM: &str = "@toolchains_go_race//tools:nm";

/// A build of everything.
struct Build {
    output: Output,
    log: ExecutionLog,
    /// The programs that rustc has linked.
    tools: Vec<Binary>,
    /// What came of the witness with the options of everything.
    witness_with_them: Output,
    /// The log of the witness, and what it wrote.
    witness: ExecutionLog,
    witnessed: String,
}

/// Builds everything, and the witness, with some options. Where the witness needs a shell that these do not let it have, it is
/// run once more with others.
fn build(
    name: &str,
    bazel: impl for<'a> Fn(&'a Workspace, &Path) -> Bazel<'a>,
    options: &[&str],
    for_witness: Option<&[&str]>,
) -> Build {
    let workspace = Workspace::of_example("cgo_cpp", name);
    workspace.append("BUILD.bazel", WITNESS);
    let dir = tempfile::tempdir().expect("a folder");
    let output_base = dir.path().join("output_base");
    let run = |options: &[&str], targets: &[&str]| {
        let file = dir.path().join("log.json");
        let log = format!("--execution_log_json_file={}", file.display());
        let words = ["build", "--noexecution_log_sort", RACE, &log];
        let output = bazel(&workspace, &output_base).run(words.iter().chain(options).chain(targets));
        let log = if output.code == Some(0) { ExecutionLog::read(&file) } else { ExecutionLog::default() };
        (output, log)
    };
    let (output, log) = run(options, &["//...", NM]);
    let linked = |path: &&String| {
        path.contains("/toolchains_go_race~/tools/") && !path.rsplit('/').next().is_some_and(|name| name.contains('.'))
    };
    let paths = log.of_kind("Rustc").flat_map(|spawn| spawn.outputs.keys()).filter(linked);
    let tools = paths.map(|path| Binary::read(&output_base.join("execroot/_main").join(path))).collect();
    let with_them = run(options, &["//:witness"]);
    let witness_with_them = with_them.0.clone();
    let (witnessing, witness) = for_witness.map_or(with_them, |options| run(options, &["//:witness"]));
    let witnessed = std::fs::read_to_string(workspace.path("bazel-bin/witness.txt"));
    let shutdown = bazel(&workspace, &output_base).run(["shutdown"]);
    let witnessed = witnessed.unwrap_or_else(|error| panic!("no witness ({error}): {witnessing}\nafter {output}"));
    shutdown.succeeds();
    Build { output, log, tools, witness_with_them, witness, witnessed }
}

/// As everybody builds; what other tests have built comes from the disk cache.
fn plain() -> &'static Build {
    static BUILD: OnceLock<Build> = OnceLock::new();
    BUILD.get_or_init(|| {
        build("plain", |workspace, output_base| workspace.bazel().in_output_base(output_base), &[], None)
    })
}

/// In the hermetic sandbox with nothing mounted, on a host without C.
fn bare() -> &'static Build {
    static BUILD: OnceLock<Build> = OnceLock::new();
    BUILD.get_or_init(|| {
        let host = bare::Host::new();
        // What is built before: our tools by rustc, a dynamically linked program of the machine's, and rules_go's by a
        // shell script of its own.
        let before = ["Rustc", "GoToolchainBinaryCompile", "GoToolchainBinaryBuild"]
            .map(|name| format!("--strategy={name}=local"));
        let options: Vec<&str> = ["--experimental_use_hermetic_linux_sandbox"]
            .into_iter()
            .chain(before.iter().map(String::as_str))
            .collect();
        build(
            "bare",
            |workspace, output_base| workspace.bazel().fresh(output_base).by(&host.prefix()),
            &options,
            Some(&["--strategy=Genrule=linux-sandbox"]),
        )
    })
}

/// Elsewhere, and with a poisoned environment.
fn poisoned() -> &'static (Build, Poison) {
    static BUILD: OnceLock<(Build, Poison)> = OnceLock::new();
    BUILD.get_or_init(|| {
        let poison = Poison::new();
        let options: Vec<String> = poison
            .variables()
            .iter()
            .flat_map(|(name, value)| ["action", "host_action"].map(|kind| format!("--{kind}_env={name}={value}")))
            .chain([format!("--sandbox_writable_path={}", poison.dir().display())])
            .collect();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        let build = build(
            "elsewhere/at/another/path",
            |workspace, output_base| poison.applied_to(workspace, output_base),
            &options,
            None,
        );
        (build, poison)
    })
}

#[test]
fn go_c_and_cxx_build_in_the_hermetic_sandbox_on_a_host_without_c() {
    let Build { output, log, witness_with_them, .. } = bare();
    output.clone().succeeds();
    // The sandbox bites: an action that calls a shell finds none.
    witness_with_them.clone().fails();
    for mnemonic in ["RaceUnpack", "GoStdlib", "GoCompilePkg", "CppCompile", "CppArchive", "GoLink"] {
        let runners: Vec<&str> = log.of_kind(mnemonic).map(|spawn| &*spawn.runner).collect();
        assert!(!runners.is_empty(), "no {mnemonic} was run: {output}");
        assert!(runners.iter().all(|&runner| runner == "linux-sandbox"), "{mnemonic} was run by {runners:?}");
    }
}

#[test]
fn the_tools_are_built_on_a_host_without_c_and_are_static() {
    let Build { output, tools, .. } = bare();
    // cc, nm and unpack.
    assert_eq!(tools.len(), 3, "{} programs: {output}", tools.len());
    for tool in tools {
        tool.is_static();
    }
}

#[test]
fn a_poisoned_environment_changes_nothing_and_none_of_its_compilers_is_called() {
    let (build, poison) = poisoned();
    build.output.clone().succeeds().does_not_say("POISON");
    assert!(poison.calls().is_empty(), "the host's tools were called:\n{}", poison.calls());
}

#[test]
fn no_program_of_the_build_loads_what_the_environment_preloads() {
    let (build, poison) = poisoned();
    build.output.clone().succeeds();
    let loaded = poison.preloaded_into();
    assert!(loaded.iter().any(|program| program.ends_with("/bazel")), "Bazel itself should: {loaded:?}");
    // Programs of the machine do, such as Bazel's linux-sandbox.
    let of_the_build: Vec<&String> = loaded.iter().filter(|program| !program.starts_with("/usr/")).collect();
    assert!(of_the_build.is_empty(), "{of_the_build:?}");
}

#[test]
fn three_builds_have_the_same_digests() {
    let actions = plain().log.spawns().len();
    assert!(actions > 30, "{actions} actions: {}", plain().output);
    for (name, build) in [("a bare host", bare()), ("another user, path and host", &poisoned().0)] {
        build.output.clone().succeeds();
        let differences = plain().log.differences(&build.log);
        assert!(differences.is_empty(), "with {name}, these are different:\n{}", differences.join("\n"));
    }
}

/// Were the comparison blind, or the places the same, the test above would say nothing.
#[test]
fn what_does_depend_on_the_place_is_named() {
    let (plain, bare, poisoned) = (plain(), bare(), &poisoned().0);
    for other in [bare, poisoned] {
        let differences = plain.witness.differences(&other.witness);
        let [difference] = &differences[..] else { panic!("one difference: {differences:#?}") };
        assert!(difference.contains("Genrule of //:witness: output bazel-out/"), "{difference}");
    }
    let lines = |build: &'static Build| build.witnessed.lines().take(4);
    for (what, (one, two)) in ["user", "host", "path", "time zone"].iter().zip(lines(bare).zip(lines(poisoned))) {
        assert_ne!(one, two, "the same {what}");
    }
    assert!(
        poisoned.witnessed.contains("LANG=de_DE.UTF-8") && poisoned.witnessed.contains("\nCPATH="),
        "{}",
        poisoned.witnessed
    );
}
