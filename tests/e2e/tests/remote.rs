//! Everything that a race test needs is executed by a remote engine, on workers that give an action an empty root: its inputs, and
//! nothing else. Two kinds of scripts, which are not ours, get a static shell; what is built is what a local build makes.

mod bytes;
mod faults;
mod workers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use e2e::{Bazel, Binary, Engine, ExecutionLog, Output, RACE, Setup, Spawn, Workspace};

use crate::release;

/// What runs a script: Bazel's test-setup.sh, rules_go's binary_wrapper.sh.
const SCRIPTS: [&str; 2] = ["TestRunner", "GoToolchainBinaryBuild"];

/// Where tests for arm64 are built for.
const ARM64: &str = "--platforms=@io_bazel_rules_go//go/toolchain:linux_arm64_cgo";

/// `./dev`'s platforms of workers.
const PLATFORMS: &str = "@@bazel_tools~sh_configure_extension~local_config_sh//";

/// A rule that runs a program of the target's configuration, with the path of its output.
const RUN: &str = r#"
def _run_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".txt")
    ctx.actions.run(executable = ctx.executable.program, arguments = [out.path], outputs = [out], mnemonic = "Run")
    return [DefaultInfo(files = depset([out]))]

run = rule(
    implementation = _run_impl,
    attrs = {"program": attr.label(mandatory = True, allow_files = True, executable = True, cfg = "target")},
)
"#;

/// An action that looks at where it is, with the race tests' options; and one that calls a shell.
const LOOK: [(&str, &str); 4] = [
    ("look/run.bzl", RUN),
    (
        "look/BUILD.bazel",
        r#"
load("@io_bazel_rules_go//go:def.bzl", "go_binary")
load(":run.bzl", "run")
load(":shell.bzl", "shell")

go_binary(
    name = "look_around",
    srcs = ["look.go"],
    tags = ["manual"],
)

run(
    name = "root",
    program = ":look_around",
    tags = ["manual"],
)

shell(
    name = "shell",
    tags = ["manual"],
)
"#,
    ),
    (
        "look/shell.bzl",
        r#"
def _shell_impl(ctx):
    out = ctx.actions.declare_file(ctx.label.name + ".txt")
    ctx.actions.run_shell(command = "echo >" + out.path, outputs = [out], mnemonic = "Shell")
    return [DefaultInfo(files = depset([out]))]

shell = rule(implementation = _shell_impl)
"#,
    ),
    (
        "look/look.go",
        r#"
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	out, err := os.Create(os.Args[1])
	if err != nil {
		panic(err)
	}
	for _, folder := range []string{"/", "/tmp", "/usr"} {
		entries, _ := os.ReadDir(folder)
		fmt.Fprintf(out, "%s:", folder)
		for _, entry := range entries {
			fmt.Fprintf(out, " %s", entry.Name())
		}
		fmt.Fprintln(out)
	}
	interfaces, _ := net.Interfaces()
	fmt.Fprintf(out, "interfaces:")
	for _, one := range interfaces {
		fmt.Fprintf(out, " %s", one.Name)
	}
	fmt.Fprintln(out)
}
"#,
    ),
];

/// The engine on which Go is built, with nothing in its store before [`first`].
fn engine() -> &'static Engine {
    static ENGINE: OnceLock<Engine> = OnceLock::new();
    ENGINE.get_or_init(|| {
        let worker = |number| format!("worker-{number},OSFamily=linux,ISA=x86-64");
        Engine::start("engine", &[&worker(1), &worker(2)])
    })
}

/// A copy of an example, for an engine's clients.
fn workspace(example: &str, name: &str) -> Workspace {
    Workspace::of_example(example, &format!("remote/{name}")).without_downloads()
}

/// A build.
struct Build {
    output: Output,
    log: ExecutionLog,
}

/// Bazel in a workspace, with an empty output base of its own, and with an engine or without. Its server ends with it.
struct Client<'a> {
    bazel: Box<dyn Fn(&Path) -> Bazel<'a> + 'a>,
    engine: Vec<String>,
    dir: tempfile::TempDir,
}

impl<'a> Client<'a> {
    /// Without an engine. `bazel` makes Bazel for an output base.
    fn local(bazel: impl Fn(&Path) -> Bazel<'a> + 'a) -> Self {
        Self { bazel: Box::new(bazel), engine: Vec::new(), dir: tempfile::tempdir().expect("a folder") }
    }

    /// With an engine at an address.
    fn of(address: &str, bazel: impl Fn(&Path) -> Bazel<'a> + 'a) -> Self {
        let mut client = Self::local(bazel);
        client.engine = vec!["--config=remote".to_owned(), format!("--remote_executor={address}")];
        client
    }

    fn output_base(&self) -> PathBuf {
        self.dir.path().join("output_base")
    }

    /// Builds or tests: the command, and its options and targets.
    fn run(&self, command: &str, words: &[&str]) -> Build {
        let file = self.dir.path().join("log.json");
        let log = format!("--execution_log_json_file={}", file.display());
        let _ = fs::remove_file(&file);
        let mut all = vec![command, "--noexecution_log_sort", &log];
        all.extend(self.engine.iter().map(String::as_str));
        let output = (self.bazel)(&self.output_base()).run(all.iter().chain(words));
        let log = if file.exists() { ExecutionLog::read(&file) } else { ExecutionLog::default() };
        Build { output, log }
    }
}

impl Drop for Client<'_> {
    fn drop(&mut self) {
        (self.bazel)(&self.output_base()).run(["shutdown"]);
    }
}

impl Build {
    /// The actions that workers are to execute: all but rustc's, which is no static program.
    fn ours(&self) -> impl Iterator<Item = &Spawn> {
        self.log.spawns().filter(|spawn| spawn.mnemonic != "Rustc")
    }

    /// Asserts that workers have executed everything, now or before.
    #[track_caller]
    fn was_remote(&self) {
        let elsewhere: Vec<String> = self
            .ours()
            .filter(|spawn| !["remote", "remote cache hit"].contains(&&*spawn.runner))
            .map(|spawn| format!("{spawn}: {}", spawn.runner))
            .collect();
        assert!(elsewhere.is_empty(), "not executed by a worker: {elsewhere:#?}");
    }

    /// The kinds of actions that workers have executed now.
    fn executed(&self) -> BTreeMap<&str, usize> {
        let mut executed = BTreeMap::new();
        for spawn in self.log.spawns().filter(|spawn| spawn.runner == "remote") {
            *executed.entry(&*spawn.mnemonic).or_default() += 1;
        }
        executed
    }

    /// What Bazel's own summary says of a kind of runner.
    #[track_caller]
    fn summary(&self, runner: &str) -> usize {
        let line =
            self.output.stderr.lines().rfind(|line| line.contains(" processes: ") || line.contains(" process: "));
        let line = line.unwrap_or_else(|| panic!("no summary: {}", self.output));
        let (_, parts) = line.split_once(": ").and_then(|(_, line)| line.split_once(": ")).expect("a summary");
        let count = parts.trim_end_matches('.').split(", ").find_map(|part| {
            let (count, name) = part.split_once(' ')?;
            (name == runner).then(|| count.parse().expect("a number"))
        });
        count.unwrap_or(0)
    }
}

/// What came of the first builds: nothing of them was in the engine's store.
struct First {
    /// The race tests, one of them with a planted race.
    test: Build,
    /// What an action has seen of its worker.
    root: String,
    /// An action that calls a shell.
    shell: Output,
    /// The same tests, built for arm64.
    arm64: Build,
    /// What was built for arm64.
    binaries: Vec<Binary>,
}

fn first() -> &'static First {
    static FIRST: OnceLock<First> = OnceLock::new();
    FIRST.get_or_init(|| {
        let workspace = workspace("hello_test", "first");
        for (path, content) in LOOK {
            workspace.file(path, content);
        }
        let client = Client::of(&engine().address(), |output_base| workspace.bazel().in_output_base(output_base));
        let targets = ["//...", "//planted:planted_test"];
        let test = client.run("test", &[&["--keep_going", "--test_output=all", RACE], &targets[..]].concat());
        let toplevel = "--remote_download_outputs=toplevel";
        let looked = client.run("build", &[RACE, toplevel, "//look:root"]);
        let root = fs::read_to_string(workspace.path("bazel-bin/look/root.txt"));
        let root = root.unwrap_or_else(|error| panic!("{error}: {}", looked.output));
        let shell = client.run("build", &[RACE, "//look:shell"]).output;
        let arm64 = client.run("build", &[&[RACE, ARM64, toplevel], &targets[..]].concat());
        let tests = ["planted/planted_test_/planted_test", "ordered/ordered_test_/ordered_test"];
        let binaries = if arm64.output.code == Some(0) {
            tests.map(|path| Binary::read(&workspace.path(&format!("bazel-bin/{path}")))).into()
        } else {
            Vec::new()
        };
        First { test, root, shell, arm64, binaries }
    })
}

#[test]
fn every_action_of_a_race_test_is_executed_by_a_worker() {
    let First { test, .. } = first();
    // Bazel's exit code 3: built, and a test failed.
    assert_eq!(test.output.code, Some(3), "one test is to fail: {}", test.output);
    let executed = test.executed();
    for mnemonic in ["RaceUnpack", "GoStdlib", "GoCompilePkg", "GoLink", "GoToolchainBinaryBuild", "TestRunner"] {
        assert!(executed.contains_key(mnemonic), "no {mnemonic} among {executed:?}: {}", test.output);
    }
    // The store was empty: what was not executed here was executed there.
    for spawn in test.log.spawns() {
        let expected = if spawn.mnemonic == "Rustc" { "linux-sandbox" } else { "remote" };
        assert_eq!((&*spawn.runner, spawn.is_cached), (expected, false), "{spawn}");
    }
    assert_eq!(test.summary("remote"), test.ours().count(), "{}", test.output);
    assert_eq!(test.summary("linux-sandbox"), test.log.of_kind("Rustc").count(), "{}", test.output);
}

#[test]
fn a_worker_reports_the_planted_race_and_passes_its_twin() {
    let output = first().test.output.clone();
    output
        .says("WARNING: DATA RACE")
        .says("planted_test.go:13")
        .says("FAIL: TestPlantedRace")
        .says("//planted:planted_test                                                   FAILED")
        .says("//ordered:ordered_test                                                   PASSED")
        .says("//tally:tally_test                                                       PASSED");
}

/// An action's own folder, what the kernel shows, and a place for temporary files.
#[test]
fn an_action_has_an_empty_root_and_no_network() {
    let expected = "/: action dev proc tmp\n/tmp:\n/usr:\ninterfaces: lo\n";
    assert_eq!(first().root, expected);
}

#[test]
fn an_action_that_calls_a_shell_finds_none() {
    first().shell.clone().fails().says("/bin/bash: No such file or directory");
}

#[test]
fn only_two_scripts_get_a_shell() {
    let with_shell: BTreeSet<&str> = [&first().test, &first().arm64]
        .iter()
        .flat_map(|build| build.ours())
        .filter(|spawn| spawn.properties.get("inject").is_some_and(|what| what == "shell"))
        .map(|spawn| &*spawn.mnemonic)
        .collect();
    assert_eq!(with_shell, SCRIPTS.into());
}

#[test]
fn race_tests_for_arm64_are_built_by_workers() {
    let First { arm64, binaries, .. } = first();
    arm64.output.clone().succeeds();
    arm64.was_remote();
    let executed = arm64.executed();
    assert!(executed.contains_key("GoStdlib") && executed.contains_key("GoLink"), "{executed:?}");
    assert_eq!(binaries.len(), 2);
    for binary in binaries {
        binary.is_raced_and_static("arm64");
    }
}

/// The local build is of another checkout, and knows nothing of workers.
#[test]
fn workers_make_what_a_local_build_makes() {
    let workspace = Workspace::of_example("hello_test", "remote/local");
    let client = Client::local(|output_base| workspace.bazel().in_output_base(output_base));
    let targets = ["//...", "//planted:planted_test"];
    let local = [
        client.run("build", &[&[RACE], &targets[..]].concat()),
        client.run("build", &[&[RACE, ARM64], &targets[..]].concat()),
    ];
    for (remote, local) in [&first().test, &first().arm64].into_iter().zip(&local) {
        local.output.clone().succeeds();
        let expected = outputs(remote.ours().filter(|spawn| spawn.mnemonic != "TestRunner"));
        assert!(expected.len() > 100, "{} outputs", expected.len());
        is_the_same(&expected, &outputs(local.ours()));
    }
}

type Outputs<'a> = BTreeMap<String, BTreeSet<&'a str>>;

/// Asserts that what workers have made has the bytes of what was made here.
#[track_caller]
fn is_the_same(remote: &Outputs, local: &Outputs) {
    let different: Vec<String> = remote
        .iter()
        .filter(|(path, digests)| local.get(*path) != Some(digests))
        .map(|(path, digests)| format!("{path}: {digests:?} and {:?}", local.get(path)))
        .collect();
    assert!(different.is_empty(), "other bytes than those of a local build:\n{}", different.join("\n"));
}

/// The digests of what was made, by their paths. A path has no hash of Bazel's for the configuration of tools here, which has their
/// execution platform in it.
fn outputs<'a>(spawns: impl Iterator<Item = &'a Spawn>) -> Outputs<'a> {
    let mut outputs = Outputs::new();
    for (path, digest) in spawns.flat_map(|spawn| &spawn.outputs) {
        let parts = path.split('/').map(|part| part.split_once("-exec-ST-").map_or(part, |(start, _)| start));
        outputs.entry(parts.collect::<Vec<_>>().join("/")).or_default().insert(digest);
    }
    outputs
}

#[test]
fn a_second_checkout_of_another_user_executes_nothing() {
    first();
    let workspace = workspace("hello_test", "elsewhere/at/another/path");
    let dir = tempfile::tempdir().expect("a folder");
    let passwd = dir.path().join("passwd").display().to_string();
    fs::write(&passwd, "another:x:1234:1234::/tmp:/bin/sh\n").expect("a file");
    let user = ["--unshare-user", "--uid", "1234", "--gid", "1234", "--unshare-uts", "--hostname", "elsewhere"];
    let passwd = ["--ro-bind", &passwd, "/etc/passwd"];
    let words = [&["bwrap", "--dev-bind", "/", "/"], &user[..], &passwd[..]].concat();
    let client = Client::of(&engine().address(), |output_base| {
        workspace.bazel().in_output_base(output_base).by(&words).env("HOME", "/tmp").env("USER", "another")
    });
    let build = client.run("test", &[RACE, "//..."]);
    build.output.clone().succeeds();
    let executed: Vec<String> = build
        .log
        .spawns()
        .filter(|spawn| !spawn.is_cached || spawn.runner != "remote cache hit")
        .map(|spawn| format!("{spawn}: {}", spawn.runner))
        .collect();
    assert!(executed.is_empty(), "{executed:#?}");
    assert!(build.log.of_kind("TestRunner").count() == 3 && build.log.of_kind("Rustc").count() > 0);
    assert_eq!(build.summary("remote cache hit"), build.log.spawns().len(), "{}", build.output);
}

/// Tests an example remotely under race, and builds it for arm64.
fn example_is_executed_by_workers(example: &str, test: &str) {
    first();
    let workspace = workspace(example, example);
    let client = Client::of(&engine().address(), |output_base| workspace.bazel().in_output_base(output_base));
    let toplevel = "--remote_download_outputs=toplevel";
    // Tests and what they need: a third party's tools for the target, too, would be two more of Go's standard libraries.
    let run = client.run("test", &[RACE, "--build_tests_only", "//..."]);
    let built = client.run("build", &[RACE, ARM64, toplevel, "--build_tests_only", "//..."]);
    let binary = workspace.path(&format!("bazel-bin/{test}"));
    let binary = (built.output.code == Some(0)).then(|| Binary::read(&binary));
    for build in [&run, &built] {
        build.output.clone().succeeds();
        build.was_remote();
        assert!(build.executed().contains_key("GoLink"), "{:?}", build.executed());
    }
    assert!(run.executed().contains_key("TestRunner"), "{:?}", run.executed());
    binary.expect("a binary").is_raced_and_static("arm64");
}

#[test]
fn cxx_is_built_and_tested_by_workers() {
    example_is_executed_by_workers("cgo_cpp", "wordcount/wordcount_test_/wordcount_test");
}

#[test]
fn sqlite_is_built_and_tested_by_workers() {
    example_is_executed_by_workers("cgo_sqlite", "store/store_test_/store_test");
}

#[test]
fn tools_of_a_third_party_run_on_workers() {
    example_is_executed_by_workers("own_tools", "race_tools/unpack/unpack_test_/unpack_test");
}

/// rustc is a dynamic program, and rules_rust starts the first ones by a script. Here, all actions get what an image has for them: a shell
/// and a libc (and LLVM's library, for this is Debian's rustc).
#[test]
fn rustc_is_executed_by_workers_whose_image_has_a_libc() {
    let workspace = Workspace::of_fixture("c_rules", "remote/image").without_downloads();
    let platform = format!(
        "platform(\n    name = \"worker\",\n    exec_properties = {{\"inject\": \"image\"}},\n    parents = [\"{PLATFORMS}:worker\"],\n)\n"
    );
    workspace.file("image/BUILD.bazel", &platform);
    let client = Client::of(&engine().address(), |output_base| workspace.bazel().in_output_base(output_base));
    let platforms = format!("--extra_execution_platforms=//image:worker,{PLATFORMS}:worker_with_shell");
    let build = client.run("build", &["--strategy=Rustc=remote", &platforms, "//:hello"]);
    build.output.clone().succeeds();
    // No action was executed with such an image before.
    for spawn in build.log.spawns() {
        assert_eq!((&*spawn.runner, spawn.is_cached), ("remote", false), "{spawn}");
    }
    assert_eq!(build.summary("remote"), build.log.spawns().len(), "{}", build.output);
    let count = |kind| build.log.of_kind(kind).count();
    assert!(count("Rustc") > 10 && count("RaceUnpack") > 2 && count("CppLink") == 1, "{:?}", build.executed());
    // Tools, trees and the program are those of a build whose rustc was executed here.
    let local = Client::local(|output_base| workspace.bazel().in_output_base(output_base)).run("build", &["//:hello"]);
    local.output.clone().succeeds();
    let mut made = outputs(build.log.spawns());
    // A list of headers has their paths, with the hash that `outputs` takes away.
    made.retain(|path, _| !path.ends_with(".d"));
    is_the_same(&made, &outputs(local.log.spawns()));
}

/// The tools of a release are static programs that nothing has to build.
#[test]
fn with_a_release_every_single_action_is_executed_by_a_worker() {
    first();
    let workspace = workspace("hello_test", "release");
    release::takes_release(&workspace);
    let client = Client::of(&engine().address(), |output_base| {
        release::without_rust(workspace.bazel().in_output_base(output_base))
    });
    let build = client.run("test", &["--keep_going", RACE, "//...", "//planted:planted_test"]);
    assert_eq!(build.output.code, Some(3), "one test is to fail: {}", build.output);
    let spawns = build.log.spawns().len();
    assert_eq!(build.log.of_kind("Rustc").count(), 0);
    assert_eq!(build.summary("remote") + build.summary("remote cache hit"), spawns, "{}", build.output);
    build.was_remote();
    let executed = build.executed();
    for mnemonic in ["RaceUnpack", "GoStdlib", "GoLink", "TestRunner"] {
        assert!(executed.contains_key(mnemonic), "no {mnemonic} among {executed:?}: {}", build.output);
    }
}

/// All options but those that say where this engine and its platforms are, what a busy machine wants, and that keep other builds'
/// results out.
#[test]
fn the_page_has_the_options_of_dev() {
    let setup = Setup::get();
    let read = |path: &Path| fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let (bazelrc, page) = (read(&setup.bazelrc), read(&setup.repo.join("docs/remote.md")));
    let ours = [
        "--remote_executor",
        "--override_repository",
        "--extra_execution_platforms",
        "--disk_cache",
        "--jobs",
        "--remote_timeout",
    ];
    let options: BTreeSet<&str> = bazelrc
        .lines()
        .filter_map(|line| line.strip_prefix("common:remote "))
        .filter(|option| !ours.iter().any(|name| option.starts_with(name)))
        .collect();
    let written: BTreeSet<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("build:remote "))
        .filter(|option| !ours.iter().any(|name| option.starts_with(name)))
        .collect();
    assert!(options.len() > 4, "{options:?}");
    assert_eq!(written, options);
}
