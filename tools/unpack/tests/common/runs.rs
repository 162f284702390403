//! Runs of the program on one target, by somebody who may write to the target's parent or may not.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use unpack::{Request, Sha256};

use super::{Random, Scratch, Tar, Tree, tree, zst};

/// An ordinary user.
const NOBODY: u32 = 65534;

/// An archive that takes a while: many files, of bytes that do not compress.
pub fn many_files() -> Vec<u8> {
    let mut random = Random::seeded(1);
    let mut tar = Tar::default();
    for n in 0..60 {
        let content: Vec<u8> = (0..1 + n * 30).flat_map(|_| random.next().to_le_bytes()).collect();
        tar = tar.file(&format!("{}/{}/{n}", n % 7, n % 3), &content);
    }
    zst(&tar.program("bin/last", b"last").end())
}

/// The program and its target, in a folder that holds nothing else but the archive.
pub struct Runs {
    pub request: Request,
    scratch: Scratch,
    program: PathBuf,
    inside: bool,
}

impl Runs {
    /// With `inside`, the target's parent takes no folder: the tree is staged inside of the target.
    pub fn new(archive: &[u8], inside: bool) -> Self {
        let scratch = Scratch::new();
        let request = scratch.request(archive, Sha256::of(archive));
        // Where anybody may read it, whoever owns the build folder.
        let program = scratch.folder.path().join("unpack");
        // Copied by a process of its own: a child that another test forks while this process had the copy open for writing
        // would hold it open as well, and running it would fail with "Text file busy".
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_unpack")).arg(&program).status().unwrap();
        assert!(copied.success(), "{copied}");
        let runs = Runs { scratch, request, program, inside };
        runs.clear();
        runs
    }

    /// Removes the target, and makes it anew if runs cannot.
    pub fn clear(&self) {
        self.set_parent_mode(0o755);
        let out = &self.request.out;
        if out.exists() {
            fs::remove_dir_all(out).unwrap();
        }
        if self.inside {
            fs::create_dir(out).unwrap();
            if self.is_root() {
                chown(out, Some(NOBODY), None).unwrap();
            }
            self.set_parent_mode(0o555);
        }
    }

    fn set_parent_mode(&self, mode: u32) {
        fs::set_permissions(self.scratch.folder.path(), Permissions::from_mode(mode)).unwrap();
    }

    fn is_root(&self) -> bool {
        fs::metadata(&self.program).unwrap().uid() == 0
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--archive").arg(&self.request.archive).arg("--out").arg(&self.request.out);
        command.args(["--sha256", &self.request.sha256.to_string()]);
        // Modes do not bind root: become somebody who owns the target and nothing else.
        if self.inside && self.is_root() {
            command.uid(NOBODY);
        }
        command
    }

    pub fn start(&self) -> Child {
        self.command().stderr(Stdio::null()).spawn().unwrap()
    }

    pub fn run(&self) -> Output {
        self.command().output().unwrap()
    }

    /// Unpacks the archive, and returns its tree and the time that it took.
    pub fn measure(&self) -> (Tree, Duration) {
        self.clear();
        let start = Instant::now();
        let output = self.run();
        let duration = start.elapsed();
        assert!(output.status.success(), "{output:?}");
        (self.tree(), duration)
    }

    /// What is at the target.
    pub fn tree(&self) -> Tree {
        if self.request.out.exists() { tree(&self.request.out) } else { Tree::new() }
    }

    /// Whether a staging folder is there, of a run that is at work or was killed.
    pub fn is_staged(&self) -> bool {
        self.names().iter().any(|name| name.starts_with(".tree.")) || self.request.out.join(".unpack-staging").exists()
    }

    /// What is beside the archive and the program.
    pub fn names(&self) -> Vec<String> {
        self.scratch.names().into_iter().filter(|name| name != "unpack").collect()
    }

    /// Runs once more after a disturbance, and asserts that it mends all that was left.
    #[track_caller]
    pub fn assert_next_run_right(&self, whole: &Tree, disturbance: &str) {
        let (mut left, staged) = (self.tree(), self.is_staged());
        let untouched = left == *whole;
        left.retain(|path, _| !path.starts_with(".unpack-staging"));
        let output = self.run();
        // A whole tree is refused as one that is there already. Anything else is replaced. (A run that was killed while it
        // removed its staging folder from a target that is whole left either.)
        let either = staged && left == *whole;
        assert!(either || output.status.success() != untouched, "{disturbance}: the next run: {output:?}");
        assert!(self.tree() == *whole, "{disturbance}: the next run's tree");
        assert_eq!(self.names(), ["tree"], "{disturbance}: stale folders");
    }
}

impl Drop for Runs {
    fn drop(&mut self) {
        self.set_parent_mode(0o755);
    }
}
