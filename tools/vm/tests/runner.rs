//! The runner with imitated parts: what it says when they fail.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// A machine whose loader, which runs everything, is a script.
struct Machine(TempDir);

impl Machine {
    fn new(loader: &str) -> Self {
        let machine = Machine(tempfile::tempdir().expect("a folder"));
        for part in ["emulator/bin/qemu-system-aarch64", "emulator/bin/virtiofsd", "kernel/boot/Image", "init"] {
            machine.file(part, "");
        }
        machine.file("defaults", "GO_RACE_VM_CPUS=1\nGO_RACE_VM_MEMORY=512\n");
        let loader = machine.file("emulator/lib/ld.so", &format!("#!/bin/sh\n{loader}\n"));
        fs::set_permissions(loader, fs::Permissions::from_mode(0o755)).expect("a script");
        machine
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(&path, content).expect("a file");
        path
    }

    /// Runs a program for arm64: no more than its header.
    fn run(&self, variables: &[(&str, &str)]) -> Output {
        let program = self.path().join("program");
        fs::write(&program, b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0\xb7\0").expect("a program");
        let mut command = Command::new(env!("CARGO_BIN_EXE_runner"));
        command.envs(variables.iter().copied()).arg("--vm").arg(self.path()).arg(program);
        command.output().expect("the runner")
    }
}

#[track_caller]
fn refused(output: &Output, parts: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(126), "{said}");
    for part in parts {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
}

#[test]
fn a_machine_that_ends_too_early_is_an_error_with_its_last_words() {
    // Only the emulator has a kernel.
    let machine =
        Machine::new("case \"$*\" in *-kernel*) echo 'Kernel panic: no init' >&2; exit 3;; *) exec sleep 60;; esac");
    let output = machine.run(&[]);
    refused(&output, &["the virtual machine ended before the program did", "exit status: 3", "Kernel panic: no init"]);
}

#[test]
fn the_machine_gets_its_size_from_the_environment_or_the_defaults() {
    let machine = Machine::new("case \"$*\" in *-kernel*) echo \"$*\" >&2;; *) exec sleep 60;; esac");
    refused(&machine.run(&[]), &["-smp 1 -m 512M"]);
    refused(&machine.run(&[("GO_RACE_VM_CPUS", "4"), ("GO_RACE_VM_MEMORY", "1024")]), &["-smp 4 -m 1024M"]);
    for (variable, value) in [("GO_RACE_VM_CPUS", "9"), ("GO_RACE_VM_MEMORY", "1G")] {
        refused(&machine.run(&[(variable, value)]), &[variable, value, "expected a number from", "next:"]);
    }
}

#[test]
fn the_emulator_gets_nothing_of_the_environment() {
    let machine = Machine::new("case \"$*\" in *-kernel*) /usr/bin/env >&2;; *) exec sleep 60;; esac");
    let output = machine.run(&[("LD_PRELOAD_OF_THE_TEST", "x")]);
    refused(&output, &["ended before"]);
    assert!(!String::from_utf8_lossy(&output.stderr).contains("LD_PRELOAD_OF_THE_TEST"));
}

#[test]
fn a_part_that_is_not_there_is_named() {
    let machine = Machine::new("exit 0");
    fs::remove_file(machine.path().join("kernel/boot/Image")).expect("the kernel");
    refused(&machine.run(&[]), &["a part of the virtual machine is not there", "kernel/boot/Image", "next:"]);
    fs::remove_file(machine.path().join("defaults")).expect("the defaults");
    refused(&machine.run(&[]), &["parts are not there", "--run_under=@toolchains_go_race//vm:runner"]);
}

#[test]
fn what_is_not_for_arm64_is_executed_as_it_is() {
    let machine = Machine::new("exit 0");
    let run = |words: &[&str]| {
        Command::new(env!("CARGO_BIN_EXE_runner"))
            .arg("--vm")
            .arg(machine.path())
            .args(words)
            .output()
            .expect("the runner")
    };
    let output = run(&["sh", "-c", "echo \"$0\"; exit 4", "--vm"]);
    assert_eq!((output.status.code(), &*output.stdout), (Some(4), &b"--vm\n"[..]));
    refused(&run(&["/nowhere/test"]), &["cannot start /nowhere/test", "No such file"]);
    assert_eq!(run(&["--unknown"]).status.code(), Some(2));
}
