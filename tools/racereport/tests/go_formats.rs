//! Go's own report formats: the programs of `src/runtime/race/output_test.go`, run for real, and the documentation's example.

mod common;

use common::races_of;
use racereport::identity::{Place, place};
use racereport::report::Stack;

/// The first line of source in a stack.
fn line(stack: &Stack<'_>) -> String {
    let own = |frame: &&_| {
        let racereport::report::Frame { file, function, .. } = **frame;
        matches!(place(file, function, "/ws"), Place::Source(_))
    };
    let frame = stack.frames.iter().find(own).unwrap_or_else(|| panic!("no line of source in {stack:#?}"));
    format!("{}:{}", frame.file.trim_start_matches("/ws/"), frame.line)
}

#[test]
fn each_program_of_gos_own_tests_has_its_race_and_the_one_without_has_none() {
    let expected = [
        ("chanmm", "main.go:21", "main.go:23"),
        ("exitcode", "main.go:7", "main.go:10"),
        ("external_cgo_thread", "main.go:26", "main.go:34"),
        ("halt_on_error", "main.go:7", "main.go:10"),
        ("log_path", "main.go:14", "main.go:14"),
        ("midstack_inlining_traceback", "main.go:22", "main.go:9"),
        ("mutex", "", ""),
        ("non_inline_array_compare", "main.go:21", "main.go:17"),
        ("non_inline_struct_compare", "main.go:23", "main.go:19"),
        ("second_test_passes", "main_test.go:9", "main_test.go:12"),
        ("simple", "main.go:14", "main.go:14"),
        ("slicebytetostring_pc", "main.go:7", "main.go:9"),
        ("strip_path_prefix", "go:7", "go:10"),
        ("test_fails_on_race", "main_test.go:9", "main_test.go:12"),
        ("wrappersym", "main.go:15", "main.go:15"),
    ];
    let mut logs: Vec<_> = std::fs::read_dir("tests/logs/go").unwrap().map(|entry| entry.unwrap().path()).collect();
    logs.sort();
    assert_eq!(logs.len(), expected.len());
    for (path, (name, first, second)) in logs.iter().zip(expected) {
        assert_eq!(path.file_stem().unwrap(), name);
        let races = races_of(&std::fs::read_to_string(path).unwrap());
        if first.is_empty() {
            assert!(races.list().is_empty(), "{name}: {races:#?}");
            continue;
        }
        let [race] = races.list() else { panic!("{name}: {races:#?}") };
        assert!(race.complete && race.count == 1, "{name}: {race:#?}");
        let lines: Vec<String> = race.report().accesses().map(line).collect();
        assert_eq!(lines, [first, second], "{name}");
    }
}

#[test]
fn the_test_that_fails_is_named() {
    for name in ["test_fails_on_race", "second_test_passes"] {
        let races = races_of(&std::fs::read_to_string(format!("tests/logs/go/{name}.log")).unwrap());
        assert_eq!(races.list()[0].tests(), ["TestFail"], "{name}");
    }
}

/// The article on the race detector in Go's documentation shows headings without addresses, and no rulers.
#[test]
fn a_report_as_the_documentation_shows_it_is_read() {
    let report = "WARNING: DATA RACE\nRead by goroutine 185:\n  example.com/poll.(*Server).Add()\n      poll/server.go:89 +0x398\n\n\
                  Previous write by goroutine 184:\n  example.com/poll.SetDeadline()\n      poll/deadline.go:135 +0xdf\n\n\
                  Goroutine 185 (running) created at:\n  example.com/poll.start()\n      poll/start.go:60 +0x288\n\n\
                  Goroutine 184 (running) created at:\n  example.com/poll.TestDeadline()\n      poll/deadline_test.go:61 +0x298\n";
    let races = races_of(report);
    let [race] = races.list() else { panic!("{races:#?}") };
    let report = race.report();
    let sides: Vec<_> = report.accesses().map(|access| (access.action, access.actor.unwrap(), line(access))).collect();
    assert_eq!(
        sides,
        [
            ("Read", "goroutine 185", "poll/server.go:89".to_owned()),
            ("Previous write", "goroutine 184", "poll/deadline.go:135".to_owned())
        ]
    );
    assert_eq!(race.tests(), ["TestDeadline"]);
}
