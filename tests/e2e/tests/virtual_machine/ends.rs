//! A test ends in the machine as it ends here.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use e2e::{Output, RACE, Workspace};

use super::runner::programs_of_machines;
use super::{ARM64_RACE, workspace};

fn end(workspace: &Workspace, option: &str, how: &str, more: &[&str]) -> Output {
    let how = format!("--test_env=END={how}");
    let words = ["test", option, &how, "--nocache_test_results", "--nozip_undeclared_test_outputs", "//ends:ends_test"];
    workspace.bazel().run(words.into_iter().chain(more.iter().copied()))
}

/// Bazel's words on how the test ended, such as `(Exit 7)`, if any.
fn verdict(bazel: &Output) -> Option<String> {
    let line = bazel.stderr.lines().find(|line| line.contains("FAIL") && line.contains("//ends:ends_test"))?;
    let start = line.find("(Exit").or_else(|| line.find("(Killed")).or_else(|| line.find("(Abort"))?;
    Some(line[start..].split(')').next()?.to_owned())
}

#[test]
fn exit_codes_and_signals_are_those_of_the_test() {
    let workspace = workspace();
    for how in ["pass", "fail", "exit", "kill", "panic"] {
        let [here, there] = [RACE, ARM64_RACE].map(|option| {
            let bazel = end(&workspace, option, how, &[]);
            let log = workspace.test_log("ends/ends_test", &bazel);
            assert!(log.contains("before the end"), "{how}: {log}");
            (bazel.code, verdict(&bazel), bazel)
        });
        assert_eq!((there.0, &there.1), (here.0, &here.1), "{how}: {} but here {}", there.2, here.2);
        assert_eq!(there.0, Some(if how == "pass" { 0 } else { 3 }), "{how}: {}", there.2);
    }
}

#[test]
fn a_test_whose_time_is_over_ends_with_its_machine_and_what_it_wrote_stays() {
    let workspace = workspace();
    let started = std::time::Instant::now();
    let (bazel, seen) = thread::scope(|scope| {
        let (over, is_over) = mpsc::channel::<()>();
        // Until a machine is seen, or all is over.
        let seen = scope.spawn(move || {
            while machines().is_empty() {
                if is_over.recv_timeout(Duration::from_millis(20)) != Err(RecvTimeoutError::Timeout) {
                    return false;
                }
            }
            true
        });
        let bazel = end(&workspace, ARM64_RACE, "hang", &["--test_timeout=12"]);
        drop(over);
        (bazel, seen.join().expect("a look"))
    });
    let bazel = bazel.fails().says("TIMEOUT");
    assert!(seen, "this test does not see what it looks for");
    // Far from Bazel's last means, which is to kill after a grace of 15 s.
    assert!(started.elapsed() < Duration::from_secs(600), "{bazel}");
    let log = workspace.test_log("ends/ends_test", &bazel);
    assert!(log.contains("before the end"), "{log}");
    let begun = workspace.path("bazel-testlogs/ends/ends_test/test.outputs/begun.txt");
    assert_eq!(std::fs::read_to_string(&begun).ok().as_deref(), Some("begun"), "{bazel}");
    // What a test writes when SIGTERM comes is written here, too: rules_go has it print its goroutines.
    let here = end(&workspace, RACE, "hang", &["--test_timeout=3"]).fails().says("TIMEOUT");
    let goroutines = "ends_test.go:";
    assert_eq!(log.contains(goroutines), workspace.test_log("ends/ends_test", &here).contains(goroutines), "{log}");
    assert_eq!(machines(), [""; 0]);
}

/// The programs of the machines of this test.
fn machines() -> Vec<String> {
    programs_of_machines("/ends/ends_test_/")
}
