//! Workspaces, and Bazel in them.

use std::fs;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock};

use crate::{Command, Output, Setup};

/// Outputs are on disk, for the tests look at what was built even where the disk cache had it (by default Bazel leaves a cached
/// test's executable there). Two trees of 466 MB come there only where something needs them: no test looks at these.
const DOWNLOADS: &str = "common --remote_download_regex=^(?!.*(/toolchain/llvm_|/stdlib_/)).*$\n";

/// A Bazel workspace that is nobody's but the test's.
#[derive(Debug)]
pub struct Workspace {
    dir: PathBuf,
    setup: Setup,
}

impl Workspace {
    /// An empty workspace in a folder of this name, which outlives the run so that its Bazel need not start anew.
    pub fn new(name: &str) -> Self {
        let setup = Setup::get();
        let dir = setup.cache.join(name);
        fs::create_dir_all(&dir).expect("a workspace");
        for entry in fs::read_dir(&dir).expect("a workspace") {
            let path = entry.expect("an entry").path();
            if path.is_symlink() || path.is_file() {
                fs::remove_file(path).expect("an old file");
            } else {
                fs::remove_dir_all(path).expect("an old folder");
            }
        }
        let workspace = Self { dir, setup };
        workspace.file(".bazelrc", &workspace.overrides());
        workspace
    }

    /// A copy of one of the examples, without the lines that only make sense within this repository.
    pub fn of_example(example: &str, name: &str) -> Self {
        let workspace = Self::new(name);
        copy(&workspace.setup.repo.join("examples").join(example), &workspace.dir);
        workspace.append(".bazelrc", &workspace.overrides());
        let module = fs::read_to_string(workspace.path("MODULE.bazel")).expect("MODULE.bazel");
        let start = module.find("# This example stands in").expect("the example's remark");
        let end = start + module[start..].find(")\n").expect("the override's end") + 2;
        workspace.file("MODULE.bazel", &format!("{}{}", &module[..start], &module[end..]));
        workspace
    }

    /// Leaves what is downloaded to Bazel, and to the options of who builds.
    pub fn without_downloads(self) -> Self {
        let lines = fs::read_to_string(self.path(".bazelrc")).expect("the bazelrc");
        self.file(".bazelrc", &lines.replace(DOWNLOADS, ""));
        self
    }

    /// A copy of one of the fixtures of `tests/fixtures`.
    pub fn of_fixture(fixture: &str, name: &str) -> Self {
        let workspace = Self::new(name);
        copy(&workspace.setup.repo.join("tests/fixtures").join(fixture), &workspace.dir);
        workspace
    }

    /// Writes a file.
    pub fn file(&self, path: &str, content: &str) -> &Self {
        let path = self.dir.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, content).expect("a file");
        self
    }

    /// Adds to a file's end.
    pub fn append(&self, path: &str, content: &str) -> &Self {
        let old = fs::read_to_string(self.path(path)).unwrap_or_default();
        self.file(path, &(old + content))
    }

    /// The path of a file of the workspace.
    pub fn path(&self, path: &str) -> PathBuf {
        self.dir.join(path)
    }

    /// What the tests know of the machine.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Bazel as `./dev` sets it up.
    pub fn bazel(&self) -> Bazel<'_> {
        Bazel {
            workspace: self,
            bazelrc: self.setup.bazelrc.clone(),
            startup: Vec::new(),
            env: Vec::new(),
            prefix: Vec::new(),
        }
    }

    /// The executables of targets, in the targets' order.
    pub fn executables(&self, options: &[String], targets: &[&str]) -> Vec<PathBuf> {
        let words = ["cquery", "--output=files"].map(str::to_owned).into_iter();
        let listed = self.bazel().run(words.chain(options.iter().cloned()).chain([targets.join(" + ")])).succeeds();
        let execroot = fs::read_link(self.path("bazel-out")).expect("bazel-out");
        targets
            .iter()
            .map(|target| {
                let name = target.rsplit(':').next().expect("a name");
                let file = listed.stdout.lines().find(|line| line.ends_with(&format!("/{name}")));
                execroot.parent().unwrap().join(file.unwrap_or_else(|| panic!("no executable of {target}: {listed}")))
            })
            .collect()
    }

    /// The log of a test, or of one of its shards, by the path below `bazel-testlogs`: `planted/planted_test`.
    ///
    /// # Panics
    ///
    /// If there is none: what Bazel said is shown.
    #[track_caller]
    pub fn test_log(&self, test: &str, bazel: &Output) -> String {
        let path = self.path(&format!("bazel-testlogs/{test}/test.log"));
        fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}: {bazel}", path.display()))
    }

    /// This module in place of a registry's; [`DOWNLOADS`]; and the SDKs under the names that rules_go gives its downloads: the first
    /// is the one of go.mod, then each that MODULE.bazel downloads.
    fn overrides(&self) -> String {
        let mut lines = format!("common --override_module=toolchains_go_race={}\n", self.setup.repo.display());
        lines += DOWNLOADS;
        for (index, (_, sdk)) in self.setup.sdks.iter().rev().enumerate() {
            let name = format!("rules_go~~go_sdk~main___download_{index}_linux_amd64");
            lines += &format!("common --override_repository={name}={}\n", sdk.display());
        }
        lines
    }
}

/// A workspace that tests share, and its Bazel with it. Who holds it has both for himself.
#[derive(Debug, Default)]
pub struct Shared(OnceLock<Mutex<Workspace>>);

impl Shared {
    /// For a static.
    pub const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// Waits for the workspace, which `make` makes for the first who comes. A test that failed with it harms no other.
    pub fn hold(&self, make: impl FnOnce() -> Workspace) -> MutexGuard<'_, Workspace> {
        self.0.get_or_init(|| Mutex::new(make())).lock().unwrap_or_else(|poison| poison.into_inner())
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name");
        if name.to_string_lossy().starts_with("bazel-") {
            continue;
        }
        let target = to.join(name);
        if path.is_dir() {
            fs::create_dir_all(&target).expect("a folder");
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).expect("a copy");
        }
    }
}

/// Bazel in a workspace.
#[derive(Debug)]
#[must_use]
pub struct Bazel<'a> {
    workspace: &'a Workspace,
    bazelrc: PathBuf,
    startup: Vec<String>,
    env: Vec<(String, String)>,
    prefix: Vec<String>,
}

impl Bazel<'_> {
    /// An output base of its own, which starts empty and uses no disk cache: everything is built.
    pub fn fresh(self, output_base: &Path) -> Self {
        self.in_output_base(output_base).without("--disk_cache=")
    }

    /// An output base of its own: the disk cache has what was built elsewhere.
    pub fn in_output_base(mut self, output_base: &Path) -> Self {
        self.startup.push(format!("--output_base={}", output_base.display()));
        self
    }

    /// Leaves out the options of ./dev that contain `part`.
    pub fn without(mut self, part: &str) -> Self {
        let lines = fs::read_to_string(&self.bazelrc).expect("the bazelrc");
        let lines: String = lines.lines().filter(|line| !line.contains(part)).map(|line| format!("{line}\n")).collect();
        self.bazelrc = self.workspace.setup.cache.join(format!("{:x}.bazelrc", digest(&lines)));
        write_at_once(&self.bazelrc, &lines, 0o644);
        self
    }

    /// Sets an environment variable of Bazel's client.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// Runs Bazel by another program, such as bubblewrap.
    pub fn by(mut self, prefix: &[&str]) -> Self {
        self.prefix = prefix.iter().map(|&word| word.into()).collect();
        self
    }

    /// A program that is this very Bazel, for programs that call one.
    pub fn program(self) -> PathBuf {
        let words: Vec<String> = self.words().iter().map(|word| format!("'{word}'")).collect();
        let text = format!("#!/bin/sh\nexec {} \"$@\"\n", words.join(" "));
        let path = self.workspace.setup.cache.join(format!("{:x}.bazel", digest(&text)));
        write_at_once(&path, &text, 0o755);
        path
    }

    fn words(&self) -> Vec<String> {
        let mut words = self.prefix.clone();
        words.extend(["bazel".into(), "--nosystem_rc".into(), "--nohome_rc".into()]);
        words.push(format!("--bazelrc={}", self.bazelrc.display()));
        words.extend(self.startup.iter().cloned());
        words
    }

    /// Runs a command.
    pub fn run<S: AsRef<str>>(self, args: impl IntoIterator<Item = S>) -> Output {
        let mut words = self.words();
        words.extend(args.into_iter().map(|arg| arg.as_ref().to_owned()));
        let mut command = Command::new(&words[0]).args(&words[1..]).dir(&self.workspace.dir);
        for (name, value) in self.env {
            command = command.env(&name, value);
        }
        command.run()
    }
}

/// Writes a file that other tests may be reading: all who want it want this content.
fn write_at_once(path: &Path, text: &str, mode: u32) {
    let permissions = fs::Permissions::from_mode(mode);
    let new = tempfile::Builder::new().permissions(permissions).tempfile_in(path.parent().expect("a folder"));
    let mut new = new.expect("a file");
    new.write_all(text.as_bytes()).expect("a file");
    new.persist(path).expect("a file");
}

fn digest(text: &str) -> u64 {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
