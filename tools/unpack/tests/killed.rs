//! `kill -9` at any moment: what is at the target is nothing, or a whole tree, and the next run is right.

mod common;

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{NOBODY, Random, Scratch, Tar, Tree, tree, zst};
use unpack::{Request, Sha256};

const KILLS: usize = 200;

/// An archive that takes a while: many files, of bytes that do not compress.
fn archive() -> Vec<u8> {
    let mut random = Random::seeded(1);
    let mut tar = Tar::default();
    for n in 0..60 {
        let content: Vec<u8> = (0..1 + n * 30).flat_map(|_| random.next().to_le_bytes()).collect();
        tar = tar.file(&format!("{}/{}/{n}", n % 7, n % 3), &content);
    }
    zst(&tar.program("bin/last", b"last").end())
}

/// The program, at work on one target.
struct Runs {
    scratch: Scratch,
    request: Request,
    program: PathBuf,
    /// Whether the parent folder takes no folder: then the tree is staged inside of the target.
    inside: bool,
}

impl Runs {
    fn new(archive: &[u8], inside: bool) -> Self {
        let scratch = Scratch::new();
        let request = scratch.request(archive, Sha256::of(archive));
        // In a folder that anybody may read.
        let program = scratch.folder.path().join("unpack");
        fs::copy(env!("CARGO_BIN_EXE_unpack"), &program).unwrap();
        fs::set_permissions(scratch.folder.path(), Permissions::from_mode(0o755)).unwrap();
        Runs { scratch, request, program, inside }
    }

    /// Removes the target, and makes it anew where a run needs one.
    fn clear(&self) {
        let _ = fs::remove_dir_all(&self.request.out);
        if self.inside {
            fs::create_dir(&self.request.out).unwrap();
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--archive").arg(&self.request.archive).arg("--out").arg(&self.request.out);
        command.args(["--sha256", &self.request.sha256.to_string()]).stderr(Stdio::null());
        if self.inside {
            // Modes do not bind root: become somebody who owns the target and nothing else.
            fs::set_permissions(self.scratch.folder.path(), Permissions::from_mode(0o555)).unwrap();
            if fs::metadata(&self.program).unwrap().uid() == 0 {
                chown(&self.request.out, Some(NOBODY), None).unwrap();
                command.uid(NOBODY);
            }
        }
        command
    }

    fn run(&self) -> ExitStatus {
        self.command().status().unwrap()
    }

    /// Starts a run, and kills it after a while unless it is at its end.
    fn kill_after(&self, delay: Duration) {
        let mut child = self.command().spawn().unwrap();
        thread::sleep(delay);
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn tree(&self) -> Tree {
        if self.request.out.exists() { tree(&self.request.out) } else { Tree::new() }
    }

    /// What is beside the archive and the program.
    fn names(&self) -> Vec<String> {
        self.scratch.names().into_iter().filter(|name| name != "unpack").collect()
    }

    fn open_parent(&self) {
        fs::set_permissions(self.scratch.folder.path(), Permissions::from_mode(0o755)).unwrap();
    }
}

/// Where kills struck.
#[derive(Debug, Default)]
struct Struck {
    before: usize,
    midway: usize,
    after: usize,
}

fn kill_at_random_moments(inside: bool) {
    let mut random = Random::from_environment();
    let archive = archive();
    let runs = Runs::new(&archive, inside);
    runs.clear();
    let start = Instant::now();
    assert!(runs.run().success());
    let whole_run = start.elapsed();
    let whole = runs.tree();
    assert_eq!(whole.len(), 61 + 7 + 21 + 1, "files and folders");

    let mut struck = Struck::default();
    for kill in 1..=KILLS {
        runs.open_parent();
        runs.clear();
        let delay = whole_run.mul_f64(random.fraction() * 1.2);
        runs.kill_after(delay);
        let what = format!("kill {kill} of {KILLS}, after {delay:?} of some {whole_run:?}");

        let left = runs.tree();
        let staged = left.contains_key(".unpack-staging") || runs.names().iter().any(|name| name.starts_with(".tree."));
        match (staged, left == whole) {
            (true, _) => struck.midway += 1,
            (false, true) => struck.after += 1,
            (false, false) => struck.before += 1,
        }
        if !inside {
            assert!(left.is_empty() || left == whole, "{what}: a part of a tree is at the target");
        }

        // A whole tree is refused as one that is there already. Anything else is replaced. (A run that was killed while it
        // removed its staging folder from a target that is whole left either.)
        let success = runs.run().success();
        let mut tree = left.clone();
        tree.retain(|path, _| !path.starts_with(".unpack-staging"));
        assert!(success == (left != whole) || staged && tree == whole, "{what}: the next run: success {success}");
        assert!(runs.tree() == whole, "{what}: the next run's tree");
        assert_eq!(runs.names(), ["tree"], "{what}: stale folders");
    }
    runs.open_parent();
    println!("{struck:?}");
    assert!(struck.midway >= KILLS / 10, "too few kills struck while there was something to leave behind: {struck:?}");
}

#[test]
fn a_run_killed_at_any_moment_leaves_nothing_that_a_next_run_would_not_mend() {
    kill_at_random_moments(false);
}

#[test]
fn nor_does_a_run_killed_when_its_tree_is_staged_inside_of_the_target() {
    kill_at_random_moments(true);
}
