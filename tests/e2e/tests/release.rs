//! A release is all that a consumer takes from the module, and it is the same wherever it is made.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::MutexGuard;

use e2e::{Bazel, Command, RACE, Setup, Shared, Workspace};
use flate2::read::GzDecoder;
use release::assemble::{Inputs, assemble};

use crate::bare;

/// What only a build of the tools from source needs, of what `./dev` provides.
const FOR_SOURCE: [&str; 2] = ["rust_toolchains", "go_race_boot"];

/// A workspace that has the module from a release as from any registry, with nothing of this clone and an empty repository
/// cache.
struct Consumer {
    workspace: MutexGuard<'static, Workspace>,
    dir: tempfile::TempDir,
}

impl Consumer {
    fn new() -> Self {
        static WORKSPACE: Shared = Shared::new();
        let workspace = WORKSPACE.hold(|| {
            let workspace = Workspace::of_example("hello_test", "release");
            takes_release(&workspace);
            workspace
        });
        Self { workspace, dir: tempfile::tempdir().expect("a folder") }
    }

    /// Of a release that was published somewhere: nothing but the registry is named.
    fn of_published(release: &Path) -> Self {
        static WORKSPACE: Shared = Shared::new();
        let workspace = WORKSPACE.hold(|| workspace("release_published", release));
        Self { workspace, dir: tempfile::tempdir().expect("a folder") }
    }

    fn output_base(&self) -> PathBuf {
        self.dir.path().join("output_base")
    }

    /// Bazel with nothing built before, without the payload, the crates, Rust and the boot libraries of `./dev`.
    fn bazel(&self) -> Bazel<'_> {
        self.cached_bazel().without("--disk_cache=")
    }

    /// The same, with what other tests have built.
    fn cached_bazel(&self) -> Bazel<'_> {
        let bazel = self.workspace.bazel().in_output_base(&self.output_base());
        without_rust(bazel.without("--distdir=").without("--repository_cache="))
    }

    fn run(&self, bazel: Bazel<'_>, words: &[&str]) -> e2e::Output {
        let cache = format!("--repository_cache={}", self.dir.path().join("repositories").display());
        bazel.run([words[0], &cache].iter().chain(&words[1..]))
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        self.bazel().run(["shutdown"]);
    }
}

/// The example, with a release as the one registry.
fn workspace(name: &str, release: &Path) -> Workspace {
    let workspace = Workspace::of_example("hello_test", name);
    takes_module_from(&workspace, release);
    workspace
}

/// Makes a release the one registry of a workspace, in place of this clone.
fn takes_module_from(workspace: &Workspace, release: &Path) {
    let lines = fs::read_to_string(workspace.path(".bazelrc")).expect("the bazelrc");
    let others = lines.lines().filter(|line| !line.contains("override_module=toolchains_go_race"));
    let lines: String = others.map(|line| format!("{line}\n")).collect();
    workspace.file(".bazelrc", &format!("{lines}common --registry=file://{}\n", release.display()));
}

/// Makes a workspace one that has the module, with its prebuilt tools, from the release of this clone.
pub fn takes_release(workspace: &Workspace) {
    takes_module_from(workspace, &release());
    workspace.append(".bazelrc", &format!("common --distdir={}\n", release().display()));
}

/// Leaves out what only a build of the tools from source needs.
pub fn without_rust(bazel: Bazel<'_>) -> Bazel<'_> {
    FOR_SOURCE.iter().fold(bazel, |bazel, part| bazel.without(part))
}

/// The release that `./dev` made of this clone.
pub fn release() -> PathBuf {
    let release = Setup::get().release;
    assert!(!release.as_os_str().is_empty(), "no release was made: ./dev makes one for the tests of this file");
    release
}

/// The files of a folder, by their paths in it.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let (mut found, mut folders) = (BTreeMap::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let name = path.strip_prefix(folder).expect("below it").display().to_string();
                found.insert(name, fs::read(&path).expect("a file"));
            }
        }
    }
    found
}

/// Unpacks an archive without the first `parts` of its paths.
pub fn unpack(archive: &Path, parts: usize, to: &Path) {
    let file = fs::File::open(archive).unwrap_or_else(|error| panic!("{}: {error}", archive.display()));
    for entry in tar::Archive::new(GzDecoder::new(file)).entries().expect("an archive") {
        let mut entry = entry.expect("an entry");
        let path = to.join(entry.path().expect("a path").components().skip(parts).collect::<PathBuf>());
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        entry.unpack(&path).expect("a file");
    }
}

/// Unpacks the sources of the release, as they are in a checkout, and lists them.
pub fn unpack_sources(to: &Path) -> String {
    unpack(&release().join("toolchains_go_race-0.1.0.tar.gz"), 1, to);
    let of_a_checkout = "toolchain/prebuilt/release.json";
    fs::copy(Setup::get().repo.join(of_a_checkout), to.join(of_a_checkout)).expect("a file");
    files(to).keys().map(|name| format!("{name}\n")).collect()
}

/// Puts the programs of the release for one architecture into a folder of its name, as Bazel makes them.
pub fn unpack_programs(arch: &str, to: &Path) {
    let all = tempfile::tempdir_in(to.parent().expect("a folder")).expect("a folder");
    unpack(&release().join(format!("go_race_tools_{arch}.tar.gz")), 0, all.path());
    fs::create_dir_all(to).expect("a folder");
    fs::rename(all.path().join("bin"), to.join(arch)).expect("the programs");
}

/// What a release is made of: these sources and programs, and what `./dev` has.
pub fn inputs(source: PathBuf, files: PathBuf, programs: PathBuf, out: PathBuf) -> Inputs {
    let Setup { crates, root, payload, .. } = Setup::get();
    let packages = root.join("packages.txt");
    let payload: BTreeSet<PathBuf> = payload.values().map(|path| path.parent().expect("a folder").to_owned()).collect();
    Inputs { source, files, programs, crates, packages, payload: payload.into_iter().collect(), urls: Vec::new(), out }
}

#[test]
fn a_race_test_runs_on_an_emptied_host_with_the_release_alone() {
    let consumer = Consumer::new();
    let host = bare::Host::emptied();
    let bazel = || consumer.bazel().by(&host.prefix());
    let test =
        ["test", "--keep_going", RACE, "--toolchain_resolution_debug=rules_rust", "//...", "//planted:planted_test"];
    let output = consumer.run(bazel(), &test);
    // Bazel's exit code 3: built, and a test failed.
    assert_eq!(output.code, Some(3), "one test is to fail: {output}");
    let output = output
        .says("//tally:tally_test")
        .says("PASSED")
        .says("//planted:planted_test")
        .does_not_say("@@rules_rust~//rust:toolchain");
    let log = consumer.workspace.test_log("planted/planted_test", &output);
    assert!(log.contains("WARNING: DATA RACE"), "{log}");

    // No Rust was run, and nothing that only Rust needs was fetched.
    consumer
        .run(bazel(), &["aquery", RACE, "mnemonic(\"RaceUnpack|Rustc.*|CargoBuildScriptRun\", deps(//...))"])
        .succeeds()
        .says("Mnemonic: RaceUnpack")
        .does_not_say("Mnemonic: Rustc")
        .does_not_say("Mnemonic: Cargo");
    let external = consumer.output_base().join("external");
    let fetched: BTreeSet<String> = fs::read_dir(external)
        .expect("the repositories")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("toolchains_go_race~") || name.starts_with("rules_rust~"))
        .collect();
    let expected = [
        // The rule set itself, and its list of the toolchains that it could fetch.
        "rules_rust~",
        "rules_rust~~rust~rust_toolchains",
        "toolchains_go_race~",
        "toolchains_go_race~~race~go_race_defaults",
        "toolchains_go_race~~race~go_race_lib_amd64",
        "toolchains_go_race~~race~go_race_library",
        "toolchains_go_race~~race~go_race_llvm_amd64",
        "toolchains_go_race~~race~go_race_tools_amd64",
    ];
    assert_eq!(fetched, expected.map(str::to_owned).into());
    consumer.run(bazel(), &["shutdown"]).succeeds();
}

/// The programs of the virtual machine are prebuilt, too: the runner for this machine, init for arm64.
#[test]
fn a_race_test_for_arm64_runs_in_the_virtual_machine_with_the_release_alone() {
    let consumer = Consumer::new();
    let words = ["test", "--config=arm64-race", "--keep_going", "//tally:tally_test", "//planted:planted_test"];
    let output = consumer.run(consumer.cached_bazel(), &words);
    assert_eq!(output.code, Some(3), "one test is to fail: {output}");
    let output = output.says("//tally:tally_test").says("PASSED");
    let log = consumer.workspace.test_log("planted/planted_test", &output);
    assert!(log.contains("WARNING: DATA RACE"), "{log}");
    let rust = ["aquery", "--config=arm64-race", "mnemonic(\"Rustc\", deps(@toolchains_go_race//vm:runner))"];
    consumer.run(consumer.cached_bazel(), &rust).succeeds().does_not_say("Mnemonic: Rustc");
    let external = consumer.output_base().join("external");
    for tools in ["go_race_tools_amd64", "go_race_tools_arm64"] {
        assert!(external.join(format!("toolchains_go_race~~race~{tools}")).exists(), "{tools} was not fetched");
    }
}

#[test]
fn the_flag_builds_the_tools_from_source_and_an_arm64_machine_takes_its_own() {
    let consumer = Consumer::new();
    // With Rust and the boot libraries there; the crates are among the release's files.
    let bazel = || {
        consumer.workspace.bazel().fresh(&consumer.output_base()).without("--distdir=").without("--repository_cache=")
    };
    let rustc = "mnemonic(\"Rustc\", deps(//tally:tally_test))";
    let source = "--@toolchains_go_race//tools:origin=source";
    consumer.run(bazel(), &["aquery", RACE, source, rustc]).succeeds().says("go_race_crates__ruzstd");
    consumer.run(bazel(), &["aquery", RACE, rustc]).succeeds().does_not_say("Mnemonic: Rustc");
    consumer.workspace.file(
        "arm64/BUILD.bazel",
        "platform(name = \"linux\", constraint_values = [\"@platforms//cpu:aarch64\", \"@platforms//os:linux\"])\n",
    );
    consumer.workspace.append("MODULE.bazel", "bazel_dep(name = \"platforms\", version = \"0.0.10\")\n");
    let unpack = "mnemonic(\"RaceUnpack\", deps(@toolchains_go_race//toolchain:cc_arm64_arm64))";
    let platforms = ["--host_platform=//arm64:linux", "--platforms=//arm64:linux"];
    consumer
        .run(bazel(), &["aquery", platforms[0], platforms[1], unpack])
        .succeeds()
        .says("go_race_tools_arm64/bin/unpack")
        .does_not_say("go_race_tools_amd64");
}

#[test]
fn people_run_the_prebuilt_doctor_without_rust() {
    let consumer = Consumer::new();
    let program = consumer.bazel().program();
    let bazel = consumer.bazel().env("BAZEL", program.to_str().expect("a name in UTF-8"));
    consumer
        .run(bazel, &["run", "@toolchains_go_race//:doctor"])
        .succeeds()
        .says("tools for actions on amd64: prebuilt")
        .does_not_say("from source");
}

#[test]
fn a_checkout_has_no_prebuilt_tools_and_says_so() {
    let workspace = crate::stranger::workspace();
    workspace
        .bazel()
        .run(["build", "--nobuild", RACE, "--@toolchains_go_race//tools:origin=prebuilt", "//tally:tally_test"])
        .fails()
        .says("the tools are to be taken prebuilt, and this is no release")
        .says("next:");
}

#[test]
fn the_checksums_are_those_of_every_file() {
    let release = release();
    let sums = fs::read_to_string(release.join("SHA256SUMS")).expect("the checksums");
    let listed: BTreeMap<String, String> = sums
        .lines()
        .map(|line| line.split_once("  ").expect("a digest and a name"))
        .map(|(sha256, name)| (name.to_owned(), sha256.to_owned()))
        .collect();
    let files = files(&release);
    let others = files.iter().filter(|(name, _)| *name != "SHA256SUMS");
    assert_eq!(listed, others.map(|(name, content)| (name.clone(), e2e::sha256(content))).collect());
    Command::new("sha256sum").args(["--quiet", "--check", "SHA256SUMS"]).dir(&release).run().succeeds();
}

#[test]
fn a_published_release_is_found_by_its_registry_alone() {
    let dir = tempfile::tempdir().expect("a folder");
    let path = |name: &str| dir.path().join(name);
    fs::write(path("files"), unpack_sources(&path("source"))).expect("a file");
    for arch in ["amd64", "arm64"] {
        unpack_programs(arch, &path("programs"));
    }
    let mut inputs = inputs(path("source"), path("files"), path("programs"), path("published"));
    inputs.urls.push(format!("file://{}", inputs.out.display()));
    assemble(&inputs).unwrap_or_else(|error| panic!("{error}"));
    let consumer = Consumer::of_published(&inputs.out);
    consumer.run(consumer.bazel(), &["build", "--nobuild", RACE, "//tally:tally_test"]).succeeds();
}
