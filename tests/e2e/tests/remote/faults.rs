//! Workers, the store and the engine fail in the middle of a build: it ends right after all, and never with other bytes.
//!
//! The tools are those of a release here, so that there is nothing to execute but what unpacks and what compiles C.

use std::collections::BTreeMap;
use std::fs;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use e2e::{Command, Engine, Output, Room, Workspace};

use super::{Build, Client};
use crate::release;

/// LLVM as the target of a build, so that options can give it a configuration of its own.
const LLVM: &str = "@toolchains_go_race//toolchain:llvm_amd64";

/// A workspace with C, and an engine. Each build is in a configuration of its own, so that nothing of it was built before.
struct Scene {
    engine: Engine,
    workspace: Workspace,
}

impl Scene {
    fn new() -> Self {
        let engine = Engine::start(
            "engine_faults",
            &["worker-1,OSFamily=linux,ISA=x86-64", "worker-2,OSFamily=linux,ISA=x86-64"],
        );
        let workspace = Workspace::of_fixture("c_rules", "remote/faults").without_downloads();
        release::takes_release(&workspace);
        Self { engine, workspace }
    }

    fn client(&self) -> Client<'_> {
        Client::of(&self.engine.address(), |output_base| {
            release::without_rust(self.workspace.bazel().in_output_base(output_base))
        })
    }

    /// Builds a C program, which changes, and loses the C library before each time.
    fn lose(&self, client: &Client) -> Lost {
        let build = |options: &[&str]| {
            client.run("build", &[&["--remote_download_outputs=toplevel"], options, &["//:hello"]].concat())
        };
        let program = || Command::new(self.workspace.path("bazel-bin/hello")).run();
        let built = build(&[]);
        built.output.clone().succeeds();
        let mut files = built.log.of_kind("RaceUnpack").flat_map(|spawn| &spawn.outputs);
        let libc = files.find(|(path, _)| path.ends_with("/libc.a")).map(|(_, digest)| digest.clone());
        let libc = libc.unwrap_or_else(|| panic!("no libc.a: {}", built.output));
        let source = fs::read_to_string(self.workspace.path("hello.c")).expect("a source");
        let changed_and_lost = |text: &str| {
            self.workspace.file("hello.c", &source.replace("hello: ", text));
            self.engine.lose(&libc);
        };
        changed_and_lost("without a retry: ");
        let no_retry = ["--experimental_remote_cache_eviction_retries=0"];
        let [given_up, by_hand] = [build(&no_retry), build(&no_retry)];
        let by_hand_says = program();
        changed_and_lost("with one: ");
        let again = build(&[]);
        Lost { given_up, by_hand, by_hand_says, again, again_says: program() }
    }

    /// Unpacks LLVM on a worker, in a configuration of this name, and does something to the engine in the middle of it.
    fn unpack(&self, client: &Client, configuration: &str, meanwhile: impl FnOnce(&Engine) + Send) -> Build {
        let suffix = format!("--platform_suffix={configuration}");
        // Before anything waits for what the build does.
        let _room = Room::wait();
        std::thread::scope(|scope| {
            let fault = scope.spawn(|| {
                unpacking(configuration);
                meanwhile(&self.engine);
            });
            let build = client.run("build", &[&suffix, LLVM]);
            fault.join().expect("what was to happen meanwhile");
            build
        })
    }
}

/// What an unpack action has made: digests by the paths in the tree.
fn tree(build: &Build) -> BTreeMap<String, String> {
    let spawn = build.log.of_kind("RaceUnpack").last().unwrap_or_else(|| panic!("no action: {}", build.output));
    let files = spawn.outputs.iter().map(|(path, digest)| {
        let (_, path) = path.split_once("/toolchain/llvm_amd64").expect("a path of the tree");
        (path.to_owned(), digest.clone())
    });
    files.collect()
}

/// What came of builds, with faults of the engine and without.
struct Happened {
    /// LLVM is unpacked, and nothing fails.
    whole: Build,
    /// The worker is killed, and its name.
    killed: (Build, String),
    /// How often the engine says that it has given the latter's action to a worker.
    tries: String,
    /// The engine is restarted.
    restarted: Build,
    /// The store has lost a file.
    lost: Lost,
}

/// Builds of a C program after the store has lost a file that its link wants. Bazel has left out the downloads, so it cannot give the engine
/// what that has lost.
struct Lost {
    /// Bazel is told not to try again, and then once more by hand; and what the program says.
    given_up: Build,
    by_hand: Build,
    by_hand_says: Output,
    /// Bazel does as `./dev` tells it; and what the program says.
    again: Build,
    again_says: Output,
}

fn happened() -> &'static Happened {
    static HAPPENED: OnceLock<Happened> = OnceLock::new();
    HAPPENED.get_or_init(|| {
        let scene = Scene::new();
        let client = scene.client();
        let whole = scene.unpack(&client, "whole", |_| ());
        let jobs = "from jobs where command like '%sysroot_llvm_amd64%-killed/%'";
        let mut worker = String::new();
        let killed = scene.unpack(&client, "killed", |engine| {
            worker = engine.ask(&format!("select worker_name {jobs}"));
            engine.kill(&worker);
        });
        let tries = scene.engine.ask(&format!("select n_tries {jobs}"));
        let restarted = scene.unpack(&client, "restarted", |engine| engine.kill("buildgrid"));
        let lost = scene.lose(&client);
        scene.engine.stop();
        Happened { whole, killed: (killed, worker), tries, restarted, lost }
    })
}

/// Asserts that a build made what one makes where nothing fails.
#[track_caller]
fn is_whole(build: &Build) {
    let Happened { whole, .. } = happened();
    whole.output.clone().succeeds();
    let whole = tree(whole);
    assert!(whole.len() > 40 && whole.values().all(|digest| !digest.is_empty()), "{whole:#?}");
    build.output.clone().succeeds();
    assert_eq!(tree(build), whole);
}

/// Waits until a worker unpacks LLVM for a configuration.
fn unpacking(configuration: &str) {
    let start = Instant::now();
    let unpacks =
        |words: &String| words.contains("sysroot_llvm_amd64") && words.contains(&format!("-{configuration}/"));
    while !processes().iter().any(unpacks) {
        assert!(start.elapsed() < Duration::from_secs(120), "nothing unpacked LLVM for {configuration}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The command lines of all processes but bubblewrap's, which are those of what they are to start.
fn processes() -> Vec<String> {
    let entries = fs::read_dir("/proc").expect("/proc").filter_map(Result::ok);
    let lines = entries.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
    let lines = lines.map(|line| String::from_utf8_lossy(&line).replace('\0', " "));
    lines.filter(|line| line.contains("/unpack --archive ") && !line.contains("bwrap")).collect()
}

#[test]
fn a_worker_that_is_killed_in_the_middle_of_an_unpack_is_missed_by_nobody() {
    let Happened { killed: (build, worker), tries, .. } = happened();
    is_whole(build);
    // It had not ended by then, and was executed once more.
    assert!(tries.parse::<u32>().is_ok_and(|tries| tries > 1), "{worker} was killed, and there were {tries:?} tries");
}

#[test]
fn an_engine_that_is_restarted_in_the_middle_of_a_build_is_waited_for() {
    is_whole(&happened().restarted);
}

/// Bazel makes it anew, by a build that starts over.
#[test]
fn what_the_store_has_lost_is_made_anew() {
    let Lost { given_up, by_hand, by_hand_says, again, again_says } = &happened().lost;
    given_up.output.clone().fails().says("Missing digest").says("/lib/libc.a");
    by_hand.output.clone().succeeds();
    by_hand_says.clone().succeeds().says("without a retry: 42");
    again.output.clone().succeeds().says("Missing digest").says("retrying the build");
    again_says.clone().succeeds().says("with one: 42");
}
