//! Logs as they come: mixed, cut, coloured, behind columns, as JSON and XML, from shards and attempts.

mod common;

use common::{id, ids, numbered, races, races_of, report};
use racereport::bazel::Origin;
use racereport::report::Kind;

const READ: &[&str] = &["example.com/a.Get a/a.go:9", "example.com/a.Use.func1 a/a.go:20"];
const WRITE: &[&str] = &[
    "example.com/a.Set a/a.go:5",
    "example.com/a.TestA a/a_test.go:22",
    "testing.tRunner GOROOT/src/testing/testing.go:1",
];

fn log(name: &str) -> String {
    std::fs::read_to_string(format!("tests/logs/{name}.log")).unwrap()
}

fn origin(label: &str) -> Origin {
    Origin { label: Some(label.into()), platform: "k8-fastbuild".into(), ..Origin::default() }
}

#[test]
fn a_real_log_of_bazel_has_each_planted_race_once() {
    let races = races_of(&log("flow"));
    assert_eq!(races.list().len(), 5, "{races:#?}");
    for race in races.list() {
        assert!(race.complete && race.count == 1 && race.labels() == ["//flow:flow_test"], "{race:#?}");
        assert_eq!(race.tests().len(), 1, "{race:#?}");
    }
}

#[test]
fn a_real_log_of_arm64_has_the_races_of_amd64_under_the_same_names() {
    let (amd64, arm64) = (ids(&log("flow")), ids(&log("arm64")));
    assert_eq!((amd64.len(), arm64.len()), (5, 7), "{amd64:?} {arm64:?}");
    for race in &amd64 {
        assert!(arm64.contains(race), "{race} of {amd64:?} is none of {arm64:?}");
    }
}

#[test]
fn an_atomic_access_without_its_caller_is_known_by_where_its_goroutine_was_made() {
    // Go on arm64 writes no more of it than `??()` at `-:0`, and a wrapper.
    let log = log("arm64");
    let atomic = &log[..log.find("--- FAIL").unwrap()];
    let log_of_amd64 = self::log("atomic");
    let made = "syncs/syncs_test.TestAtomicMix()\n      syncs/syncs_test.go:14 ";
    assert!(atomic.contains("  ??()\n      -:0 ") && atomic.contains(made), "{atomic}");
    assert_eq!(id(atomic), id(&atomic.replace("0x69e0ec", "0x70e0ec")));
    assert_ne!(id(atomic), id(&atomic.replace(made, &made.replace(":14 ", ":15 "))));
    assert_eq!(id(atomic), id(&log_of_amd64), "not the same as on amd64");
}

#[test]
fn a_log_with_coverage_has_the_races_of_one_without_under_the_same_names() {
    let (plain, covered) = (ids(&log("flow")), ids(&log("coverage")));
    assert!(log("coverage").contains("coverage: "));
    assert!(plain.iter().all(|race| covered.contains(race)), "{plain:?} {covered:?}");
}

#[test]
fn standard_output_in_the_middle_of_a_report_is_left_out() {
    // As rules_go's wrapper mixed it: the lines of a failed test stand between two frames.
    let races = races_of(&log("interleaved"));
    let [race] = races.list() else { panic!("{races:#?}") };
    assert!(race.complete);
    let report = race.report();
    let frames: Vec<usize> = report.stacks.iter().map(|stack| stack.frames.len()).collect();
    assert_eq!(frames, [3, 3, 3, 6], "{report:#?}");
}

#[test]
fn a_heading_that_is_cut_in_two_is_one_heading() {
    let whole = report(READ, WRITE);
    let cut = whole.replace(" by goroutine 8:\n", " by --- FAIL: TestB (0.00s)\ngoroutine 8:\n");
    assert_eq!(id(&cut), id(&whole));
    let races = races_of(&cut);
    let actors: Vec<_> =
        races.list()[0].report().accesses().map(|access| access.actor).map(|a| a.map(str::to_owned)).collect();
    assert_eq!(actors, [Some("goroutine 7".to_owned()), Some("goroutine 8".to_owned())]);
    let glued = whole.replace("DATA RACE\n", "DATA RACE=== RUN   TestB\n");
    assert_eq!(id(&glued), id(&whole));
}

#[test]
fn columns_of_ci_systems_colours_and_carriage_returns_play_no_part() {
    let whole = report(READ, WRITE);
    let each = |prefix: &dyn Fn(usize) -> String, end: &str| -> String {
        whole.lines().enumerate().map(|(number, line)| format!("{}{line}{end}", prefix(number))).collect()
    };
    for log in [
        each(&|second| format!("2026-11-24T08:00:{second:02}.123Z "), "\n"),
        each(&|second| format!("[08:00:{second:02}] [job-1] "), "\n"),
        each(&|number| format!("{number:>4} | "), "\n"),
        each(&|_| "\x1b[31m".into(), "\x1b[0m\n"),
        each(&|_| String::new(), "\r\n"),
    ] {
        assert_eq!(id(&log), id(&whole), "{log}");
        assert!(races_of(&log).list()[0].complete, "{log}");
    }
}

#[test]
fn two_jobs_that_write_at_once_are_told_apart_by_their_names() {
    let (one, two) = (report(READ, WRITE), report(READ, READ));
    let mixed: String = one.lines().zip(two.lines()).map(|(a, b)| format!("one | {a}\ntwo | {b}\n")).collect();
    let (mut found, mut expected) = (ids(&mixed), vec![id(&one), id(&two)]);
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[test]
fn a_cut_report_joins_the_whole_one_of_which_it_is_the_beginning() {
    let whole = report(READ, WRITE);
    let lines: Vec<&str> = whole.lines().collect();
    for length in 5..lines.len() {
        let cut = lines[..length].join("\n") + "\n";
        let races = races_of(&format!("{cut}{}", numbered(READ, WRITE, 9)));
        let counts: Vec<u64> = races.list().iter().map(|race| race.count).collect();
        assert_eq!(counts, [2], "cut after {length} lines: {races:#?}");
    }
}

#[test]
fn a_cut_report_of_an_unknown_race_is_listed_and_says_so() {
    let whole = report(READ, WRITE);
    let races = races_of(&whole[..whole.find("Previous").unwrap()]);
    assert!(races.list().len() == 1 && !races.list()[0].complete);
    let bare = races_of("==================\nWARNING: DATA RACE\nWrite at 0x00c000");
    assert_eq!((bare.list().len(), bare.counts.unreadable), (0, 1));
}

#[test]
fn a_stack_that_was_not_restored_joins_the_whole_one() {
    let whole = report(READ, WRITE);
    let start = whole.find("  example.com/a.Set").unwrap();
    let end = whole.find("\nGoroutine 7").unwrap();
    let lost = format!("{}  [failed to restore the stack]\n{}", &whole[..start], &whole[end..]);
    assert_eq!(races_of(&format!("{lost}{whole}")).list().len(), 1);
    assert_eq!(races_of(&lost).list().len(), 1);
}

#[test]
fn a_log_of_go_test_json_says_the_test_and_the_package() {
    let event = |test: &str, line: &str| {
        let output = serde_json::to_string(&format!("{line}\n")).unwrap();
        format!(
            "{{\"Time\":\"t\",\"Action\":\"output\",\"Package\":\"example.com/a\",\"Test\":\"{test}\",\"Output\":{output}}}\n"
        )
    };
    let log: String = report(READ, WRITE).lines().map(|line| event("TestA/sub", line)).collect();
    let races = races_of(&log);
    let [race] = races.list() else { panic!("{races:#?}") };
    assert_eq!((race.tests(), race.package.as_deref()), (vec!["TestA/sub"], Some("example.com/a")));
    assert_eq!(race.id, id(&report(READ, WRITE)));
}

#[test]
fn packages_of_go_test_json_may_write_at_once() {
    let event = |package: &str, line: &str| {
        let output = serde_json::to_string(&format!("{line}\n")).unwrap();
        format!("{{\"Action\":\"output\",\"Package\":\"{package}\",\"Output\":{output}}}\n")
    };
    let (one, two) = (report(READ, WRITE), report(READ, READ));
    let mixed: String = one.lines().zip(two.lines()).map(|(a, b)| event("a", a) + &event("b", b)).collect();
    assert_eq!(ids(&mixed).len(), 2);
}

#[test]
fn a_test_xml_has_the_same_races() {
    let whole = report(READ, WRITE);
    let text = whole.replace('&', "&amp;").replace('<', "&lt;").replace('\n', "&#xA;");
    let xml = format!(
        "<testsuites>\n<testcase name=\"TestA\"><failure message=\"Failed\">{text}</failure></testcase></testsuites>"
    );
    assert_eq!(id(&xml), id(&whole));
}

#[test]
fn the_test_is_the_one_of_the_stack_else_the_one_that_runs_else_the_one_that_fails_next() {
    let nameless = report(READ, READ);
    let of = |log: &str| races_of(log).list()[0].tests().join(" ");
    assert_eq!(of(&report(READ, WRITE)), "TestA");
    assert_eq!(of(&format!("=== RUN   TestA\n=== RUN   TestA/sub\n{}", report(READ, WRITE))), "TestA/sub");
    assert_eq!(of(&format!("=== RUN   TestOther\n{}", report(READ, WRITE))), "TestA");
    assert_eq!(of(&format!("=== RUN   TestB\n{nameless}")), "TestB");
    assert_eq!(of(&format!("{nameless}--- FAIL: TestC (0.00s)\n")), "TestC");
    assert_eq!(of(&nameless), "");
}

#[test]
fn shards_and_attempts_count_together() {
    let log = report(READ, WRITE);
    let sharded = |shard| Origin { shard, ..origin("//a:a_test") };
    let attempt = |attempt| Origin { attempt, ..origin("//a:a_test") };
    for origins in [[sharded(1), sharded(2)], [attempt(1), attempt(2)]] {
        let races = races(&origins.map(|origin| (log.as_str(), origin)));
        assert_eq!((races.list().len(), races.list()[0].count), (1, 2));
    }
}

#[test]
fn a_race_that_some_runs_do_not_have_is_to_be_run_more_often() {
    let log = report(READ, WRITE);
    let run = |run| Origin { run, ..origin("//a:a_test") };
    let always = races(&[(&log, run(1)), (&log, run(2))]);
    assert!(!always.target(&always.list()[0]).sometimes);
    let sometimes = races(&[(&log, run(1)), ("PASS\n", run(2))]);
    assert!(sometimes.target(&sometimes.list()[0]).sometimes);
}

#[test]
fn a_shuffled_log_gives_its_seed() {
    let races = races(&[(&format!("-test.shuffle 42\n{}", report(READ, WRITE)), origin("//a:a_test"))]);
    assert_eq!(races.target(&races.list()[0]).seed, Some("42"));
}

#[test]
fn what_bazel_prints_of_many_tests_is_told_apart() {
    let one = format!("==================== Test output for //a:a_test:\n{}", report(READ, WRITE));
    let two = format!("==================== Test output for //b:b_test (shard 1 of 2):\n{}", report(READ, WRITE));
    assert_eq!(races_of(&(one + &two)).list()[0].labels(), ["//a:a_test", "//b:b_test"]);
}

#[test]
fn gos_fatal_errors_and_threadsanitizers_other_reports_are_listed() {
    let kinds = |name: &str| -> Vec<Kind> { races_of(&log(name)).list().iter().map(|race| race.kind).collect() };
    assert_eq!(kinds("map"), [Kind::ConcurrentMap]);
    assert_eq!(kinds("deadlock"), [Kind::Deadlock]);
    assert_eq!(kinds("tsan"), [Kind::DataRace, Kind::LockOrder, Kind::ThreadLeak]);
}

#[test]
fn a_detected_race_without_a_report_is_not_silent() {
    let races =
        races_of("--- FAIL: TestA (0.00s)\n    testing.go:1865: race detected during execution of test\nFAIL\n");
    assert_eq!(races.counts.missing, 1);
    assert_eq!(races_of(&log("flow")).counts.missing, 0);
}

#[test]
fn a_log_without_a_race_has_none() {
    for log in ["", "PASS\n", "WARNING: \nfatal error: \n==================\n", "fatal error: unexpected signal\n"] {
        assert!(races_of(log).list().is_empty(), "{log}");
    }
}

#[test]
fn a_report_that_never_ends_is_cut_at_the_limit() {
    let frame = "  example.com/a.F()\n      a/a.go:1 +0x1\n";
    let endless = format!("WARNING: DATA RACE\nWrite at 0x1 by goroutine 1:\n{}", frame.repeat(40_000));
    let races = races_of(&endless);
    let report = races.list()[0].report();
    assert!(report.stacks[0].frames.len() < racereport::log::REPORT_LIMIT / 20 && !report.complete);
}
