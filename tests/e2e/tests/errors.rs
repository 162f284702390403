//! What goes wrong with the payload gives one clear error that says what to do, and a good retry works.

use std::fs;
use std::sync::MutexGuard;

use e2e::{Output, Shared, Workspace};

const ARCHIVE: &str = "sysroot_lib_amd64.tar.zst";

/// A workspace that gets its payload from a mirror folder, and from nowhere else. The tests share it, and its Bazel.
struct Mirrored {
    workspace: MutexGuard<'static, Workspace>,
    mirror: tempfile::TempDir,
    repositories: tempfile::TempDir,
}

impl Mirrored {
    /// With links to all tarballs in the mirror.
    fn new() -> Self {
        static WORKSPACE: Shared = Shared::new();
        let workspace = WORKSPACE.hold(|| Workspace::of_fixture("c_rules", "errors"));
        let mirror = tempfile::tempdir().expect("a mirror");
        for (name, path) in &workspace.setup().payload {
            std::os::unix::fs::symlink(path, mirror.path().join(name)).expect("a link");
        }
        let mirrored = Self { workspace, mirror, repositories: tempfile::tempdir().expect("a repository cache") };
        mirrored.tags(&mirrored.mirror_tag());
        mirrored
    }

    /// The tag that names the mirror.
    fn mirror_tag(&self) -> String {
        format!("race.mirror(urls = [\"file://{}\"])", self.mirror.path().display())
    }

    /// Writes MODULE.bazel with these tags.
    fn tags(&self, tags: &str) {
        let module =
            fs::read_to_string(self.workspace.setup().repo.join("tests/fixtures/c_rules/MODULE.bazel")).unwrap();
        let extension = "use_extension(\"@toolchains_go_race//extensions:race.bzl\", \"race\")";
        self.workspace.file("MODULE.bazel", &format!("{module}\nrace = {extension}\n{tags}\n"));
    }

    /// Fetches the payload, with neither the payload's --distdir nor what an earlier run has fetched (the crates stay where ./dev puts them).
    fn fetch(&self) -> Output {
        let cache = format!("--repository_cache={}", self.repositories.path().display());
        self.workspace.bazel().without("/payload-").without("--repository_cache=").run([
            "build",
            "--nobuild",
            &cache,
            "//:hello",
        ])
    }

    fn replace(&self, content: Option<&[u8]>) {
        let path = self.mirror.path().join(ARCHIVE);
        fs::remove_file(&path).expect("the link");
        if let Some(content) = content {
            fs::write(path, content).expect("a file");
        }
    }

    fn restore(&self) {
        let path = self.mirror.path().join(ARCHIVE);
        let _ = fs::remove_file(&path);
        std::os::unix::fs::symlink(&self.workspace.setup().payload[ARCHIVE], path).expect("a link");
    }
}

fn good(mirrored: &Mirrored) -> Vec<u8> {
    fs::read(&mirrored.workspace.setup().payload[ARCHIVE]).expect("the archive")
}

#[test]
fn a_mirror_is_enough() {
    Mirrored::new().fetch().succeeds();
}

#[test]
fn a_missing_tarball_without_a_mirror_says_what_to_do_and_a_retry_works() {
    let mirrored = Mirrored::new();
    mirrored.tags("");
    mirrored
        .fetch()
        .fails()
        .says("the archive sysroot_")
        .says("is missing")
        .says("no mirror (none is named)")
        .says("--distdir=FOLDER")
        .says("race.mirror(urls");
    mirrored.tags(&mirrored.mirror_tag());
    mirrored.fetch().succeeds();
}

#[test]
fn a_tarball_missing_at_the_mirror_says_where_it_was_looked_for() {
    let mirrored = Mirrored::new();
    mirrored.replace(None);
    mirrored
        .fetch()
        .fails()
        .says(&format!("the archive {ARCHIVE} is missing"))
        .says(&mirrored.mirror.path().display().to_string());
    mirrored.restore();
    mirrored.fetch().succeeds();
}

#[test]
fn a_tarball_with_a_wrong_sha256_is_refused_and_a_retry_works() {
    let mirrored = Mirrored::new();
    let mut content = good(&mirrored);
    let middle = content.len() / 2;
    content[middle] ^= 1;
    mirrored.replace(Some(&content));
    mirrored.fetch().fails().says("Checksum was").says(&format!("the archive {ARCHIVE} is missing")).says("next:");
    mirrored.restore();
    mirrored.fetch().succeeds();
}

#[test]
fn a_truncated_tarball_is_refused_and_a_retry_works() {
    let mirrored = Mirrored::new();
    let content = good(&mirrored);
    mirrored.replace(Some(&content[..content.len() - 1]));
    mirrored.fetch().fails().says("Checksum was").says(&format!("the archive {ARCHIVE} is missing")).says("next:");
    mirrored.restore();
    mirrored.fetch().succeeds();
}

#[test]
fn an_archive_of_ones_own_with_a_wrong_sha256_is_refused() {
    let mirrored = Mirrored::new();
    let sha256 = "0".repeat(64);
    let archive = format!("race.archive(name = \"lib_amd64\", sha256 = \"{sha256}\")");
    mirrored.tags(&format!("{}\n{archive}", mirrored.mirror_tag()));
    mirrored.fetch().fails().says(&sha256).says("next:");
}

#[test]
fn an_unknown_archive_name_lists_the_known_ones() {
    let mirrored = Mirrored::new();
    mirrored.tags(&format!("race.archive(name = \"lib_riscv\", sha256 = \"{}\")", "0".repeat(64)));
    mirrored.fetch().fails().says("unknown name \"lib_riscv\"").says("lib_amd64");
}

#[test]
fn a_module_that_is_not_the_root_may_not_override() {
    let mirrored = Mirrored::new();
    mirrored.workspace.file(
        "meddler/MODULE.bazel",
        "module(name = \"meddler\", version = \"1.2.3\")\n\
         bazel_dep(name = \"toolchains_go_race\", version = \"0.1.0\")\n\
         race = use_extension(\"@toolchains_go_race//extensions:race.bzl\", \"race\")\n\
         race.mirror(urls = [\"https://meddler.invalid\"])\n",
    );
    mirrored.workspace.append(
        "MODULE.bazel",
        "bazel_dep(name = \"meddler\", version = \"1.2.3\")\n\
         local_path_override(module_name = \"meddler\", path = \"meddler\")\n",
    );
    mirrored.fetch().fails().says("race.mirror").says("\"meddler\"").says("only the root module");
}

#[test]
fn a_bad_sha256_in_a_tag_is_named() {
    let mirrored = Mirrored::new();
    mirrored.tags("race.archive(name = \"lib_amd64\", sha256 = \"abc\")");
    mirrored.fetch().fails().says("lib_amd64: bad sha256 \"abc\"").says("64 digits");
}
