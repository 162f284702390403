//! Builds without a network: a bundle is made here, moved to another place, and used where there is nothing else: no network,
//! no cache, no rule sets, nothing of `./dev`.

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::thread;

use ::release::assemble::assemble;
use e2e::{Command, ExecutionLog, Output, RACE, Setup, Workspace};
use serde_json::Value;

use crate::release;

const ARM64: &str = "--platforms=@io_bazel_rules_go//go/toolchain:linux_arm64_cgo";

/// The program `airgap`, of the release.
fn program() -> PathBuf {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM
        .get_or_init(|| {
            let folder = Setup::get().cache.join("airgap_tools");
            let _ = fs::remove_dir_all(&folder);
            release::unpack_programs("amd64", &folder);
            folder.join("amd64/airgap")
        })
        .clone()
}

/// A place of this test's, empty at first, which outlives the run: bundles are large, and the root may be small.
fn place(name: &str) -> PathBuf {
    let place = Setup::get().cache.join("airgap").join(name);
    if place.exists() {
        // Bazel's output bases have folders that are read-only.
        Command::new("chmod").args(["-R", "u+w"]).arg(&place).run();
        fs::remove_dir_all(&place).expect("an old place");
    }
    fs::create_dir_all(&place).expect("a place");
    place
}

/// A registry on the loopback interface: the release's folder, by HTTP.
fn registry() -> &'static str {
    static URL: OnceLock<String> = OnceLock::new();
    URL.get_or_init(|| {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        thread::spawn(move || listener.incoming().for_each(|stream| serve(stream.expect("a connection"))));
        url
    })
}

fn serve(mut stream: TcpStream) {
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines().map_while(Result::ok);
    let Some(first) = lines.next() else { return };
    lines.take_while(|line| !line.is_empty()).for_each(drop);
    let path = first.split(' ').nth(1).unwrap_or_default().trim_start_matches('/');
    let (status, body) = match fs::read(release::release().join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    // A client that has gone needs no answer.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// A workspace here, on the machine with a network, which has the module from a registry.
fn connected(example: &str, name: &str) -> Workspace {
    let workspace = Workspace::of_example(example, name);
    let lines = fs::read_to_string(workspace.path(".bazelrc")).expect("the bazelrc");
    let others = lines.lines().filter(|line| !line.contains("override_module=toolchains_go_race"));
    let lines: String = others.map(|line| format!("{line}\n")).collect();
    workspace.file(".bazelrc", &format!("{lines}common --distdir={}\n", release::release().display()));
    workspace
}

/// Has a workspace depend on something that no cache has: what a program of its own fetches from the network, as git would.
fn fetch_by_a_program(workspace: &Workspace) {
    let address = registry().trim_start_matches("http://").replace(':', "/");
    let rule = format!(
        r#"def _impl(rctx):
    get = "exec 3<>/dev/tcp/{address} && printf 'GET /bazel_registry.json HTTP/1.1\r\n\r\n' >&3 && cat <&3 >answer"
    result = rctx.execute(["bash", "-c", get])
    if result.return_code:
        fail("no network: " + result.stderr)
    rctx.file("BUILD.bazel", "exports_files(['answer'])")

loose = repository_rule(_impl)
"#
    );
    workspace
        .file("loose.bzl", &rule)
        .append("MODULE.bazel", "loose = use_repo_rule(\"//:loose.bzl\", \"loose\")\nloose(name = \"loose\")\n")
        .append("BUILD.bazel", "filegroup(name = \"loose\", srcs = [\"@loose//:answer\"])\n");
}

/// `airgap bundle`, with the rule sets that `./dev` provides and with nothing cached.
fn bundle(workspace: &Workspace, is_module: bool, out: &Path, options: &[&str], arguments: &[&str]) -> Output {
    let bazel =
        ["--disk_cache=", "--repository_cache="].iter().fold(workspace.bazel(), |bazel, part| bazel.without(part));
    // What a consumer of a release needs nothing of.
    let parts = ["--distdir=", "rust_toolchains", "go_race_boot"];
    let bazel = if is_module { bazel } else { parts.iter().fold(bazel, |bazel, part| bazel.without(part)) };
    Command::new(program())
        .arg("bundle")
        .arg("--workspace")
        .arg(workspace.path(""))
        .arg("--out")
        .arg(out)
        .args(options)
        .arg("--")
        .args(arguments)
        .env("BAZEL", bazel.program())
        .run()
}

/// The machine without a network: a bundle that was moved there, and workspaces.
struct Away {
    place: PathBuf,
    bundle: PathBuf,
    /// One at a time: a Bazel in one network namespace takes the server of another one for dead, and kills it.
    busy: Mutex<()>,
}

impl Away {
    /// Moves a bundle there.
    fn new(name: &str, bundle: &Path) -> Self {
        let place = place(name);
        // A medium's name has a space in it, as often as not.
        let moved = place.join("the medium/bundle");
        fs::create_dir_all(moved.parent().expect("a folder")).expect("a folder");
        fs::rename(bundle, &moved).expect("the bundle moves");
        Self { place, bundle: moved, busy: Mutex::default() }
    }

    /// Brings a workspace's sources there, with no option of Bazel's but for those that say where this Debian's Bazel has its parts
    /// and what its server's JVM optimises.
    fn bring(&self, workspace: &Workspace) -> PathBuf {
        let name = workspace.path("").file_name().expect("a name").to_owned();
        let to = self.place.join("work").join(name);
        fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        Command::new("cp").arg("-r").arg(workspace.path("")).arg(&to).run().succeeds();
        for entry in fs::read_dir(&to).expect("a workspace") {
            let path = entry.expect("an entry").path();
            if path.is_symlink() {
                fs::remove_file(path).expect("a link of Bazel's");
            }
        }
        let ours = fs::read_to_string(Setup::get().bazelrc).expect("the bazelrc");
        let jvm = ours.lines().filter(|line| line.contains("jvm_args=-XX:"));
        let jvm: String = jvm.map(|line| format!("{}\n", self.with_cache_of_jvm(line))).collect();
        let options = "startup --install_base=/usr/share/bazel --trust_install_base\n\
                       startup --server_javabase=/usr/lib/jvm/default-java\n\
                       common --noenable_workspace\n\
                       common --lockfile_mode=off\n";
        let output = format!("startup --output_user_root={}\n", self.place.join("output").display());
        fs::write(to.join(".bazelrc"), format!("{jvm}{options}{output}")).expect("a bazelrc");
        to
    }

    /// An option of the JVM, with a copy here of the file that it names.
    fn with_cache_of_jvm(&self, option: &str) -> String {
        let Some((option, file)) = option.split_once("AOTCache=") else { return option.to_owned() };
        let copy = self.place.join("bazel.aot");
        if !copy.exists() {
            fs::copy(file, &copy).unwrap_or_else(|error| panic!("{file}: {error}"));
        }
        format!("{option}AOTCache={}", copy.display())
    }

    /// A command there: in `folder`, by somebody whose home is empty. Of this machine, only Debian's Bazel, its Java and its shell
    /// are left: the caches, this repository and Bazel's rule sets are not.
    fn command(&self, folder: &Path, program: &Path, words: &[&str]) -> Output {
        let _busy = self.busy.lock().unwrap_or_else(|poison| poison.into_inner());
        let setup = Setup::get();
        let cache = setup.cache.parent().and_then(Path::parent).expect("the cache of ./dev").to_owned();
        let home = self.place.join("home");
        fs::create_dir_all(&home).expect("a home");
        let mut command = Command::new("bwrap").args(["--dev-bind", "/", "/"]);
        for hidden in [&cache, &setup.repo, Path::new("/usr/share/bazel/rules"), Path::new("/usr/share/bazel/tools")] {
            assert!(hidden.is_dir(), "{} is here, to be taken away", hidden.display());
            command = command.arg("--tmpfs").arg(hidden);
        }
        command
            .arg("--bind")
            .args([&self.place, &self.place])
            .arg("--setenv")
            .arg("HOME")
            .arg(home)
            .args(["--unsetenv", "BAZEL", "--chdir"])
            .arg(folder)
            .arg(program)
            .args(words)
            .run()
    }

    /// `airgap run --isolate` there, by the program that the bundle itself has.
    fn run(&self, workspace: &Path, words: &[&str]) -> Output {
        let bundle = self.bundle.to_str().expect("a name in UTF-8");
        let words = [&["run", "--isolate", bundle, "--", "bazel", "--nosystem_rc", "--nohome_rc"], words].concat();
        self.command(workspace, &self.bundle.join("airgap"), &words)
    }
}

/// The bundle of both examples, for both architectures, and of this module; moved, with the sources.
struct Everything {
    away: Away,
    hello: PathBuf,
    sqlite: PathBuf,
    module: PathBuf,
    /// This module's sources, as they were before they were brought there, and the list of them.
    sources: PathBuf,
    listed: String,
    /// Where actions leave their results there, so that no test does again what another one has done there.
    cold: String,
}

fn everything() -> &'static Everything {
    static EVERYTHING: OnceLock<Everything> = OnceLock::new();
    EVERYTHING.get_or_init(|| {
        let out = place("connected").join("bundle");
        let registry = format!("--registry={}", registry());
        let platforms = ["--platform", "linux/amd64,linux/arm64"];
        let (hello, sqlite) = (connected("hello_test", "airgap_hello"), connected("cgo_sqlite", "airgap_sqlite"));
        fetch_by_a_program(&hello);
        bundle(&hello, false, &out, &platforms, &[&registry, RACE, "//..."])
            .succeeds()
            .says("1 repositories cannot be made without a network, and are taken as folders");
        bundle(&sqlite, false, &out, &platforms, &[&registry, RACE, "//..."]).succeeds();
        let module = Workspace::new("airgap_module");
        fs::remove_file(module.path(".bazelrc")).expect("the bazelrc");
        let listed = release::unpack_sources(&module.path(""));
        bundle(&module, true, &out, &[], &["//release:amd64", "//release:arm64"]).succeeds();

        let away = Away::new("away", &out);
        let cold = format!("--disk_cache={}", away.place.join("cold").display());
        let sources = module.path("");
        let [hello, sqlite, module] = [&hello, &sqlite, &module].map(|workspace| away.bring(workspace));
        Everything { hello, sqlite, module, sources, listed, away, cold }
    })
}

/// The bundle of one example for this architecture, with results of actions.
struct Warm {
    away: Away,
    hello: PathBuf,
}

fn warm() -> &'static Warm {
    static WARM: OnceLock<Warm> = OnceLock::new();
    WARM.get_or_init(|| {
        let out = place("connected_warm").join("bundle");
        let registry = format!("--registry={}", registry());
        let hello = connected("hello_test", "airgap_warm");
        bundle(&hello, false, &out, &["--warm"], &[&registry, RACE, "//..."]).succeeds();
        let away = Away::new("away_warm", &out);
        Warm { hello: away.bring(&hello), away }
    })
}

#[test]
fn race_tests_run_from_a_bundle_that_was_moved_and_find_the_planted_race() {
    let Everything { away, hello, cold, .. } = everything();
    // There is no network: the test of the test.
    let registry = registry().trim_start_matches("http://").replace(':', "/");
    let connect = format!("exec 3<>/dev/tcp/{registry}");
    Command::new("bash").args(["-c", &connect]).run().succeeds();
    let isolated = ["isolated", "--", "bash", "-c", &connect];
    away.command(hello, &away.bundle.join("airgap"), &isolated).fails();
    // Who is nobody special has no network either.
    let user = ["bwrap", "--unshare-user", "--uid", "1000", "--gid", "1000", "--dev-bind", "/", "/"];
    let copy = tempfile::tempdir().expect("a folder");
    let everybody = copy.path().join("airgap");
    assert!(e2e::copied(&away.bundle.join("airgap"), &everybody));
    let by_user = |words: &[&str]| Command::new(user[0]).args(&user[1..]).arg(&everybody).args(words).run();
    by_user(&["isolated", "--", "id", "-u"]).succeeds().says("1000");
    by_user(&isolated).fails().says("Connection refused");

    let output = away.run(hello, &["test", "--keep_going", cold, RACE, "//...", "//planted:planted_test"]);
    // Bazel's exit code 3: built, and a test failed.
    assert_eq!(output.code, Some(3), "one test is to fail: {output}");
    output.says("//tally:tally_test").says("PASSED").says("//planted:planted_test");
    let log = fs::read_to_string(hello.join("bazel-testlogs/planted/planted_test/test.log")).expect("the test's log");
    assert!(log.contains("WARNING: DATA RACE"), "{log}");
}

#[test]
fn a_race_test_with_go_modules_and_c_runs_from_a_bundle() {
    let Everything { away, sqlite, cold, .. } = everything();
    away.run(sqlite, &["test", cold, RACE, "//..."]).succeeds().says("PASSED");
}

#[test]
fn race_tests_for_arm64_are_built_from_a_bundle() {
    let Everything { away, hello, cold, .. } = everything();
    away.run(hello, &["build", cold, RACE, ARM64, "//..."]).succeeds();
    let binary = e2e::Binary::read(&hello.join("bazel-bin/tally/tally_test_/tally_test"));
    binary.is_static();
    assert_eq!(binary.arch, "arm64");
}

/// Of the release's own source archive, at another path, the programs for arm64 are built anew, from the bundle alone, and a release is
/// made of them. (Those for amd64 would take as long again; `hermetic.rs` builds them at other places.)
#[test]
fn this_module_is_built_from_a_bundle_and_makes_the_same_release_in_every_file() {
    let Everything { away, module, sources, listed, .. } = everything();
    away.run(module, &["build", "//release:arm64"]).succeeds();
    let list = away.place.join("files");
    fs::write(&list, listed).expect("a file");
    let (out, programs) = (away.place.join("release"), away.place.join("programs"));
    release::unpack_programs("amd64", &programs);
    Command::new("cp")
        .arg("-rL")
        .args([&module.join("bazel-bin/release/arm64"), &programs.join("arm64")])
        .run()
        .succeeds();
    let inputs = release::inputs(sources.clone(), list, programs, out.clone());
    assemble(&inputs).unwrap_or_else(|error| panic!("{error}"));

    let (first, second) = (release::files(&release::release()), release::files(&out));
    assert_eq!(first.keys().collect::<Vec<_>>(), second.keys().collect::<Vec<_>>());
    let different: Vec<&String> = first.keys().filter(|name| first[*name] != second[*name]).collect();
    assert!(different.is_empty(), "these are different: {different:?}");
}

#[test]
fn a_bundle_is_verified_and_listed_there() {
    let Everything { away, hello, .. } = everything();
    let bundle = away.bundle.to_str().expect("a name in UTF-8");
    let airgap = away.bundle.join("airgap");
    away.command(hello, &airgap, &["verify", bundle]).succeeds();
    let list = away.command(hello, &airgap, &["list", "--format=json", bundle]).succeeds();
    let list: Value = serde_json::from_str(&list.stdout).unwrap_or_else(|error| panic!("{error}: {list}"));
    let item = |kind: &str, name: &str| {
        let mut items = list["items"].as_array().expect("items").iter();
        items.find(|item| item["kind"] == kind && item["name"].as_str().is_some_and(|found| found.contains(name)))
    };
    let found = |kind: &str, name: &str| item(kind, name).unwrap_or_else(|| panic!("no {kind} {name}: {list:#}"));
    let llvm = found("archive", "sysroot_llvm_amd64.tar.zst");
    assert!(llvm["bytes"].as_u64() > Some(30 << 20), "{llvm}");
    assert!(llvm["asked_by"][0].as_str().is_some_and(|name| name.ends_with("go_race_llvm_amd64")), "{llvm}");
    found("archive", "sysroot_lib_arm64.tar.zst");
    found("Go module", "github.com/mattn/go-sqlite3");
    found("registry", "toolchains_go_race");
    // What cannot be fetched there is there as a folder.
    assert_eq!(found("repository", "loose")["asked_by"], serde_json::json!(["hello_test"]));
    // What two workspaces share is there once.
    let sdk = found("repository", "go_sdk");
    assert_eq!(sdk["asked_by"], serde_json::json!(["cgo_sqlite", "hello_test"]), "{sdk}");
    // Nobody has asked for an execution on arm64, nor for the virtual machine.
    for other in ["sysroot_llvm_arm64", "sysroot_emulator", "sysroot_kernel", "sysroot_glibc"] {
        assert_eq!(item("archive", other), None);
    }
}

#[test]
fn the_plain_flags_do_the_same() {
    let Everything { away, hello, cold, .. } = everything();
    let bundle = away.bundle.to_str().expect("a name in UTF-8");
    let airgap = away.bundle.join("airgap");
    let flags = away.command(hello, &airgap, &["flags", bundle]).succeeds().stdout;
    let bazelrc = away.place.join("airgap.bazelrc");
    fs::write(&bazelrc, flags).expect("a bazelrc");
    let bazelrc = format!("--bazelrc={}", bazelrc.display());
    // Without a server, which would outlive the network namespace.
    let words = ["isolated", "--", "bazel", "--nosystem_rc", "--nohome_rc", &bazelrc, "--batch"];
    away.command(hello, &airgap, &[&words[..], &["build", cold, RACE, "//tally:tally_test"]].concat()).succeeds();
}

#[test]
fn with_results_of_actions_nothing_is_executed_there() {
    let Warm { away, hello } = warm();
    let log = away.place.join("log.json");
    let log_option = format!("--execution_log_json_file={}", log.display());
    away.run(hello, &["test", &log_option, RACE, "//..."]).succeeds().says("PASSED");
    let log = ExecutionLog::read(&log);
    assert!(log.of_kind("GoStdlib").count() >= 1 && log.of_kind("RaceUnpack").count() >= 3, "{log:?}");
    assert!(log.of_kind("TestRunner").count() >= 3, "{log:?}");
    let executed: Vec<String> = log
        .spawns()
        .filter(|spawn| spawn.runner != "disk cache hit")
        .map(|spawn| format!("{spawn}: {}", spawn.runner))
        .collect();
    assert!(executed.is_empty(), "executed, of {}: {executed:#?}", log.spawns().len());
}

#[test]
fn what_was_not_bundled_is_named_with_how_to_add_it() {
    let Warm { away, hello } = warm();
    away.run(hello, &["build", "--nobuild", RACE, ARM64, "//..."])
        .fails()
        .says("the build needs what the bundle has not got")
        .says("the archive sysroot_lib_arm64.tar.zst, asked for by the repository ")
        .says("for linux/amd64\n")
        .says("airgap bundle --workspace … --out … --platform linux/amd64,linux/arm64 --warm -- ");
    let other = away.place.join("work/other");
    fs::create_dir_all(&other).expect("a workspace");
    fs::write(other.join("MODULE.bazel"), "module(name = \"other\")\n").expect("a workspace");
    away.run(&other, &["build", "//..."])
        .fails()
        .says("the bundle has nothing for the workspace other")
        .says("hello_test");
}

/// A copy of the bundle without its files' content: what is written anew there is nobody else's.
fn damaged(away: &Away, name: &str, damage: impl FnOnce(&Path)) -> PathBuf {
    let copy = away.place.join("the medium").join(name);
    Command::new("cp").arg("-al").args([&away.bundle, &copy]).run().succeeds();
    damage(&copy);
    copy
}

fn overwrite(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut content = fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mode = path.metadata().expect("a file").permissions().mode();
    change(&mut content);
    fs::remove_file(path).expect("a file");
    fs::write(path, content).expect("a file");
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a file");
}

fn llvm(bundle: &Path) -> PathBuf {
    let files = fs::read_dir(bundle.join("repository_cache/content_addressable/sha256")).expect("the repository cache");
    let files = files.map(|entry| entry.expect("an entry").path().join("file"));
    files.max_by_key(|file| file.metadata().expect("a file").len()).expect("an archive")
}

#[test]
fn a_damaged_bundle_is_refused_before_bazel_starts() {
    let Warm { away, hello } = warm();
    type Damage = fn(&Path);
    let cases: [(&str, Damage, &[&str]); 5] = [
        ("corrupted", |bundle| overwrite(&llvm(bundle), |content| content[1000] ^= 1), &["/file is changed: SHA-256 "]),
        (
            "truncated",
            |bundle| overwrite(&llvm(bundle), |content| content.truncate(1000)),
            &["/file is truncated: 1000 of "],
        ),
        ("incomplete", |bundle| fs::remove_file(llvm(bundle)).expect("a file"), &["/file is missing"]),
        (
            "unlisted",
            |bundle| overwrite(&bundle.join("contents.txt"), |list| list.truncate(500)),
            &["contents.txt is damaged"],
        ),
        (
            "unfinished",
            |bundle| fs::remove_file(bundle.join("bundle.json")).expect("a file"),
            &["this is no bundle", "bundle.json"],
        ),
    ];
    for (name, damage, says) in cases {
        let bundle = damaged(away, name, damage);
        let words = ["run", bundle.to_str().expect("a name in UTF-8"), "--", "bazel", "--nosystem_rc", "test", "//..."];
        let output = away.command(hello, &away.bundle.join("airgap"), &words);
        assert_eq!(output.code, Some(2), "{name}: {output}");
        let output = says.iter().fold(output, |output, part| output.says(part)).says("next:");
        output.does_not_say("Bazel server").does_not_say("Computing main repo mapping");
        fs::remove_dir_all(bundle).expect("a copy");
    }
}

/// What was interrupted is gone on with, and what was damaged is mended; the workspace is as it was.
#[test]
fn bundling_goes_on_where_it_was_interrupted_and_mends() {
    let Warm { away, .. } = warm();
    let out = place("again").join("bundle");
    Command::new("cp").arg("-al").args([&away.bundle, &out]).run().succeeds();
    overwrite(&llvm(&out), |content| content.truncate(1000));
    let work = out.join(".work");
    fs::create_dir_all(&work).expect("a folder");
    let workspace = connected("hello_test", "airgap_again");
    let registry = format!("--registry={}", registry());
    // Somebody else's file, among what is of the bundle, is nobody's business.
    symlink("nowhere", out.join("a link of mine")).expect("a link");
    bundle(&workspace, false, &out, &["--warm"], &[&registry, RACE, "//..."])
        .succeeds()
        .says("1 files are damaged, and made anew");
    assert!(!work.exists() && !workspace.path("MODULE.bazel.lock").exists());
    Command::new(program()).arg("verify").arg(&out).run().succeeds();
}
