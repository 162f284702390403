//! The runner itself: signals, output as it is written, what it leaves, and whom it runs for.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use e2e::{Command, Output, Room};

use super::{ARM64_RACE, workspace};

/// The runner with its machine, and a program, copied to where builds do not touch them.
pub struct Parts {
    /// The runner.
    pub runner: PathBuf,
    /// The folder for --vm.
    pub machine: PathBuf,
    /// What `ends/program.go` says.
    pub program: PathBuf,
}

/// Made once.
pub fn parts() -> &'static Parts {
    static PARTS: OnceLock<Parts> = OnceLock::new();
    PARTS.get_or_init(|| {
        let workspace = workspace();
        // The runfiles of a test have the machine.
        workspace.bazel().run(["test", ARM64_RACE, "//shards:shards_test"]).succeeds();
        workspace.bazel().run(["build", ARM64_RACE, "//ends:program"]).succeeds();
        let options = [ARM64_RACE.to_owned()];
        let [test_file, program] =
            workspace.executables(&options, &["//shards:shards_test", "//ends:program"]).try_into().expect("two");
        let runfiles = PathBuf::from(format!("{}.runfiles", test_file.display()));
        let kept = workspace.setup().cache.join("binaries/vm");
        let _ = std::fs::remove_dir_all(&kept);
        std::fs::create_dir_all(&kept).expect("a folder");
        let runner = runfiles.join("toolchains_go_race~/vm/runner");
        for (from, to) in
            [(runfiles.join("toolchains_go_race_vm"), "machine"), (runner, "runner"), (program, "program")]
        {
            copy(&from, &kept.join(to));
        }
        Parts { runner: kept.join("runner"), machine: kept.join("machine"), program: kept.join("program") }
    })
}

/// Copies a file or a folder, with what links in it lead to.
fn copy(from: &Path, to: &Path) {
    let status = std::process::Command::new("cp").arg("-rL").args([from, to]).status();
    assert!(status.expect("cp").success(), "{}", from.display());
}

fn run(words: &[&str]) -> Output {
    command(&[]).args(words).run()
}

/// The runner and the program, after what runs them.
fn command(prefix: &[&str]) -> Command {
    let Parts { runner, machine, program } = parts();
    let words: Vec<&Path> = prefix.iter().map(Path::new).chain([runner.as_path()]).collect();
    Command::new(words[0]).args(&words[1..]).arg("--vm").arg(machine).arg(program)
}

/// Starts the program by a machine.
fn start(machine: &Path, word: &str) -> (Child, BufReader<ChildStdout>, Room) {
    let Parts { runner, program, .. } = parts();
    let room = Room::wait();
    let mut command = std::process::Command::new(runner);
    command.arg("--vm").arg(machine).arg(program).arg(word).stdin(Stdio::null()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the runner");
    let output = BufReader::new(child.stdout.take().expect("stdout"));
    (child, output, room)
}

fn line(output: &mut BufReader<ChildStdout>) -> String {
    let mut line = String::new();
    output.read_line(&mut line).expect("a line");
    line
}

fn send(child: &Child, signal: &str) {
    let status = std::process::Command::new("kill").args([signal, &child.id().to_string()]).status();
    assert!(status.expect("kill").success());
}

/// The command lines of the emulators and file servers of the machines in whose path `part` is: others run beside them.
pub fn programs_of_machines(part: &str) -> Vec<String> {
    let processes = std::fs::read_dir("/proc").expect("/proc");
    let lines = processes.filter_map(|entry| {
        let line = std::fs::read(entry.ok()?.path().join("cmdline")).ok()?;
        Some(String::from_utf8_lossy(&line).replace('\0', " "))
    });
    lines.filter(|line| line.contains("/emulator/bin/") && line.contains(part)).collect()
}

/// Waits until no program of the machine with this path is left.
fn nothing_is_left(machine: &str) {
    let until = Instant::now() + Duration::from_secs(30);
    loop {
        let left = programs_of_machines(machine);
        if left.is_empty() {
            return;
        }
        assert!(Instant::now() < until, "{left:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn output_is_seen_as_it_is_written_and_signals_reach_the_program() {
    let (mut child, mut output, _room) = start(&parts().machine, "signals");
    assert_eq!(line(&mut output), "ready\n");
    for (signal, name) in [("-USR1", "user defined signal 1"), ("-INT", "interrupt")] {
        send(&child, signal);
        assert_eq!(line(&mut output), format!("received {name}\n"));
    }
    send(&child, "-TERM");
    assert_eq!(line(&mut output), "received terminated\n");
    assert_eq!(child.wait().expect("an ending").code(), Some(5));
}

/// All of it in one test: what runs beside it is not to be taken for what is left.
#[test]
fn endings_are_the_programs_and_nothing_is_left() {
    assert_eq!(run(&["nothing"]).code, Some(0));
    assert_eq!(run(&["exit"]).code, Some(7));
    let killed = run(&["abort"]);
    assert_eq!(killed.code, None, "a signal ended the program, and so the runner: {killed}");
    // A child that was left has the program's output open.
    run(&["leave"]).succeeds().says("left ");

    // A machine of its own, to be told from others.
    let other = parts().machine.with_file_name("machine_to_kill");
    let _ = std::fs::remove_dir_all(&other);
    copy(&parts().machine, &other);
    let (mut child, mut output, _room) = start(&other, "signals");
    assert_eq!(line(&mut output), "ready\n");
    let path = other.display().to_string();
    assert!(!programs_of_machines(&path).is_empty(), "the test sees what it looks for");
    child.kill().expect("killed");
    child.wait().expect("an ending");
    nothing_is_left(&path);
}

#[test]
fn too_little_memory_is_named() {
    let output = command(&["env", "GO_RACE_VM_MEMORY=256"]).arg("memory").run();
    assert_eq!(output.code, None, "{output}");
    output.says("256 MiB of memory were not enough").says("GO_RACE_VM_MEMORY").does_not_say("512 MiB");
}

/// The server of the file system has a descriptor for each file that the machine knows of.
#[test]
fn a_test_may_know_more_files_than_it_may_have_open() {
    let limited = ["sh", "-c", "ulimit -Sn 256; exec \"$0\" \"$@\""];
    command(&limited).arg("files").run().succeeds().says("all written");
}

#[test]
fn an_ordinary_user_runs_it() {
    let as_user = ["bwrap", "--unshare-user", "--uid", "1234", "--gid", "100", "--dev-bind", "/", "/"];
    command(&as_user)
        .arg("exit")
        .run()
        .does_not_say("runner:")
        .code
        .map_or_else(|| panic!("a signal"), |code| assert_eq!(code, 7));
}

/// Nothing of the host: no PATH, no library, no folder but those of the machine and of the program.
#[test]
fn it_runs_in_an_empty_root() {
    let Parts { runner, machine, program } = parts();
    let bind = |from: &Path, to: &str| ["--ro-bind".into(), from.display().to_string(), to.to_owned()];
    let binds = [bind(runner, "/runner"), bind(machine, "/machine"), bind(program, "/program")].concat();
    let empty = ["--unshare-pid", "--unshare-net", "--clearenv", "--proc", "/proc", "--dev", "/dev", "--chdir", "/"];
    let words = ["/runner", "--vm", "/machine", "/program", "exit"];
    let output = Command::new("bwrap").args(empty).args(binds).args(words).run();
    assert_eq!(output.code, Some(7), "{output}");
}

#[test]
fn what_is_not_for_arm64_is_simply_executed() {
    let Parts { runner, .. } = parts();
    let run = |words: &[&str]| Command::new(runner).args(words).run();
    run(&["/bin/echo", "--vm", "native"]).succeeds().says("--vm native");
    run(&["sh", "-c", "exit 4"]).fails();
    let missing = run(&["/nowhere/test"]);
    assert_eq!(missing.code, Some(126), "{missing}");
    missing.says("cannot start /nowhere/test").says("No such file");
}

#[test]
fn a_program_that_does_not_start_is_an_error_that_says_so() {
    let Parts { runner, machine, program } = parts();
    let broken = program.with_file_name("broken");
    let mut bytes = std::fs::read(program).expect("the program");
    bytes.truncate(64);
    std::fs::write(&broken, bytes).expect("a program");
    assert!(std::process::Command::new("chmod").arg("755").arg(&broken).status().expect("chmod").success());
    let output = Command::new(runner).arg("--vm").arg(machine).arg(&broken).run();
    assert_eq!(output.code, Some(126), "{output}");
    output.says("the program was not run in the virtual machine").says("cannot start").says("broken");
}
