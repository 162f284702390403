//! arm64 as the machine that builds: the actions of a cgo race test's build, executed in a virtual machine by the tools for
//! arm64, make byte for byte what they make here.
//!
//! The actions are those of Bazel's execution log: the same command lines, environments and inputs, in a folder that is laid
//! out as the execution root. Where the tools for amd64 are, it has those for arm64: the unpacker, the cc driver, LLVM,
//! rules_go's builder and Go's SDK. Go's standard library is taken as it was built here: an emulated machine takes half an
//! hour for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use e2e::{Command, ExecutionLog, RACE, Setup, Spawn, Workspace};
use tempfile::TempDir;

use super::runner::parts;
use super::{ARM64_RACE, workspace};

const TEST: &str = "//cgo:cgo_test";
const LLVM_ARM64: &str = "@toolchains_go_race//toolchain:llvm_arm64";
/// Unpacking; cgo and the compilation of Go and C++; the link.
const KINDS: [&str; 3] = ["RaceUnpack", "GoCompilePkg", "GoLink"];

/// What Bazel executed to build the test here, in an output base of its own.
struct Build {
    log: ExecutionLog,
    execroot: PathBuf,
    _output_base: TempDir,
}

impl Build {
    fn new(workspace: &Workspace, option: &str) -> Self {
        let output_base = tempfile::tempdir().expect("an output base");
        let log = output_base.path().join("log.json");
        let log_option = format!("--execution_log_json_file={}", log.display());
        let bazel = || workspace.bazel().in_output_base(output_base.path());
        // What the disk cache has is logged as well, and so are its outputs on disk: they are inputs here. So are files of arguments,
        // which are otherwise in sandboxes only.
        let on_disk = ["--remote_download_outputs=all", "--materialize_param_files"];
        let words = [&["build", option, &log_option], &on_disk[..], &[TEST, LLVM_ARM64]].concat();
        bazel().run(words).succeeds();
        let execroot = bazel().run(["info", "execution_root"]).succeeds().stdout.trim().into();
        bazel().run(["shutdown"]).succeeds();
        Self { log: ExecutionLog::read(&log), execroot, _output_base: output_base }
    }

    /// The actions of [`KINDS`], each after those that make its inputs. LLVM for amd64 is left out: it is the tool.
    fn spawns(&self) -> Vec<&Spawn> {
        let is_tool = |spawn: &Spawn| spawn.outputs.keys().any(|file| file.contains("/llvm_amd64/"));
        let mut waiting: Vec<&Spawn> =
            KINDS.iter().flat_map(|kind| self.log.of_kind(kind)).filter(|spawn| !is_tool(spawn)).collect();
        let mut ordered = Vec::new();
        while !waiting.is_empty() {
            let unmade: BTreeSet<&String> = waiting.iter().flat_map(|spawn| spawn.outputs.keys()).collect();
            let (later, ready): (Vec<_>, Vec<_>) =
                waiting.iter().partition(|spawn| spawn.inputs.keys().any(|input| unmade.contains(input)));
            assert!(!ready.is_empty(), "actions that wait for each other: {later:?}");
            ordered.extend(ready);
            waiting = later;
        }
        ordered
    }
}

/// The tools for arm64, built or downloaded here.
struct Tools {
    cc: PathBuf,
    unpack: PathBuf,
    builder: PathBuf,
    pack: PathBuf,
    sdk: PathBuf,
}

impl Tools {
    fn new(workspace: &Workspace, build: &Build) -> Self {
        let options = ["-c", "opt", "--platforms=@toolchains_go_race//vm:linux_arm64"].map(str::to_owned);
        let targets = ["@toolchains_go_race//tools:cc", "@toolchains_go_race//tools:unpack"];
        let words = [&["build".to_owned()], &options[..], &targets.map(str::to_owned)].concat();
        workspace.bazel().run(words).succeeds();
        let [cc, unpack] = workspace.executables(&options, &targets).try_into().expect("two tools");
        for tool in [&cc, &unpack] {
            let binary = e2e::Binary::read(tool);
            binary.is_static();
            assert_eq!(binary.arch, "arm64", "{}", tool.display());
        }
        let builder = builder(build);
        let pack = built_for_arm64("pack", &["cmd/pack".into()], "");
        Self { cc, unpack, builder, pack, sdk: Setup::get().sdk_arm64 }
    }

    /// The tool for arm64 that stands where the log has one for amd64.
    fn in_place_of(&self, path: &str) -> Option<&Path> {
        let name = path.rsplit('/').next()?;
        let in_toolchain = path.contains("/toolchains_go_race~/toolchain/bin/");
        match name {
            _ if in_toolchain => Some(&self.cc),
            "unpack" | "unpack_binary" if path.contains("-exec") => Some(&self.unpack),
            "builder" if path.contains("-exec") => Some(&self.builder),
            "pack.exe" if path.contains("-exec") => Some(&self.pack),
            _ => None,
        }
    }
}

/// rules_go's builder, from the sources that Bazel built it from.
fn builder(build: &Build) -> PathBuf {
    let is_builder = |spawn: &&Spawn| spawn.outputs.keys().any(|file| file.ends_with("/builder"));
    let spawn = build.log.spawns().find(is_builder).expect("an action that makes rules_go's builder");
    let sources = spawn.inputs.keys().filter(|file| file.contains("/go/tools/builders/") && file.ends_with(".go"));
    let sources: Vec<PathBuf> = sources.map(|file| build.execroot.join(file)).collect();
    // As rules_go links it (go/private/sdk_build_defs.bzl).
    built_for_arm64("builder", &sources, "-X main.rulesGoStdlibPrefix=@@rules_go~//stdlib:")
}

/// A program of Go's for arm64, built here.
fn built_for_arm64(name: &str, sources: &[PathBuf], linker_flags: &str) -> PathBuf {
    let folder = Setup::get().cache.join("binaries");
    let out = folder.join(format!("{name}_arm64"));
    Command::new(Setup::get().sdks["1.27.0"].join("bin/go"))
        .args(["build", "-trimpath", "-ldflags", linker_flags, "-o"])
        .arg(&out)
        .args(sources)
        .env("GOARCH", "arm64")
        .env("CGO_ENABLED", "0")
        .env("GO111MODULE", "off")
        .env("GOTOOLCHAIN", "local")
        .env("GOFLAGS", "")
        .env("GOCACHE", folder.join("gocache"))
        .run()
        .succeeds();
    out
}

/// A folder that is laid out as the execution root.
struct Machine<'a> {
    root: TempDir,
    build: &'a Build,
    tools: &'a Tools,
}

impl Machine<'_> {
    /// Puts an input in its place. It is the one of the log, or a tool for arm64.
    fn provide(&self, input: &str, digest: &str) {
        let to = self.root.path().join(input);
        if let Some((toolchain, _)) = input.split_once("/llvm_amd64/") {
            self.provide_llvm(toolchain);
            return;
        }
        if to.symlink_metadata().is_ok() {
            return;
        }
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        if let Some(sdk) =
            input.find("go_sdk~main___download_0_linux_amd64/").filter(|_| input.starts_with("external/"))
        {
            let name = &input[..sdk + "go_sdk~main___download_0_linux_amd64".len()];
            let to = self.root.path().join(name);
            let _ = fs::remove_dir_all(&to);
            symlink(&self.tools.sdk, &to).expect("the SDK");
            return;
        }
        let tool = self.tools.in_place_of(input);
        let from = tool.map_or_else(|| self.build.execroot.join(input), Path::to_owned);
        let content = fs::read(&from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
        assert!(tool.is_some() || e2e::sha256(&content) == digest, "{input} is not what the log says");
        fs::write(&to, content).expect("an input");
        let mode = if from.metadata().expect("an input").permissions().mode() & 0o100 == 0 { 0o644 } else { 0o755 };
        fs::set_permissions(&to, fs::Permissions::from_mode(mode)).expect("an input's mode");
    }

    /// Puts LLVM for arm64, as the machine has unpacked it, where the driver for arm64 looks for it.
    fn provide_llvm(&self, toolchain: &str) {
        let to = self.root.path().join(toolchain).join("llvm_arm64");
        if to.symlink_metadata().is_err() {
            let mut outputs = self.build.log.of_kind("RaceUnpack").flat_map(|spawn| spawn.outputs.keys());
            let tree = outputs.find_map(|file| file.strip_suffix("/llvm_arm64/bin/llvm")).expect("LLVM for arm64");
            fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
            symlink(self.root.path().join(tree).join("llvm_arm64"), &to).expect("LLVM");
        }
    }

    /// Executes an action, and says which of its outputs are not those of the log.
    fn execute(&self, spawn: &Spawn) -> Vec<String> {
        for (input, digest) in &spawn.inputs {
            self.provide(input, digest);
        }
        // Bazel makes the folders of outputs.
        for output in spawn.outputs.keys().filter(|_| spawn.mnemonic != "RaceUnpack") {
            fs::create_dir_all(self.root.path().join(output).parent().expect("a folder")).expect("a folder");
        }
        let mut arguments = spawn.arguments.iter().skip_while(|argument| *argument != "--out");
        if let Some(tree) = arguments.nth(1) {
            fs::create_dir_all(self.root.path().join(tree)).expect("a folder");
        }
        let mut command = Command::new("env").arg("-i").dir(self.root.path());
        for (name, value) in &spawn.environment {
            command = command.arg(format!("{name}={value}"));
        }
        // An action takes seconds here, and less than a minute there.
        let output = command
            .args(["timeout", "900"])
            .arg(&parts().runner)
            .arg("--vm")
            .arg(&parts().machine)
            .args(&spawn.arguments)
            .run();
        assert_eq!(output.code, Some(0), "{spawn}: {output}");
        let is_other = |(path, digest): (&String, &String)| {
            let made = fs::read(self.root.path().join(path)).map(|content| e2e::sha256(&content));
            (made.as_deref().ok() != Some(digest)).then(|| format!("{spawn}: {path}: {made:?}, here {digest}"))
        };
        spawn.outputs.iter().filter_map(is_other).collect()
    }
}

fn makes_the_same(option: &str) {
    let (build, tools) = {
        let workspace = workspace();
        let build = Build::new(&workspace, option);
        let tools = Tools::new(&workspace, &build);
        (build, tools)
    };
    let machine = Machine { root: tempfile::tempdir().expect("a folder"), build: &build, tools: &tools };
    let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
    let mut files = 0;
    for spawn in build.spawns() {
        let other = machine.execute(spawn);
        assert!(other.is_empty(), "{option}: an arm64 machine makes something else: {}", other.join("\n"));
        *kinds.entry(&spawn.mnemonic).or_default() += 1;
        files += spawn.outputs.len();
    }
    // Headers and libraries of the target, C++'s headers, LLVM for arm64; the test's packages.
    assert!(kinds["RaceUnpack"] >= 3 && kinds["GoCompilePkg"] >= 2 && kinds["GoLink"] == 1, "{kinds:?}");
    println!("{option}: {kinds:?}, {files} files");
}

#[test]
fn an_arm64_machine_builds_the_same_race_test_for_arm64() {
    makes_the_same(ARM64_RACE);
}

#[test]
fn an_arm64_machine_builds_the_same_race_test_for_amd64() {
    makes_the_same(RACE);
}
