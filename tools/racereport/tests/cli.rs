//! The program: exit codes, the baseline, and what each format holds.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn run(dir: &Path, args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_racereport"));
    command.args(args).current_dir(dir);
    for name in ["BUILD_WORKSPACE_DIRECTORY", "BUILD_WORKING_DIRECTORY", "NO_COLOR"] {
        command.env_remove(name);
    }
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// A workspace with the log of a race in `a/a.go`, and the race's name.
fn workspace() -> (tempfile::TempDir, String) {
    let dir = tempfile::tempdir().unwrap();
    let log = "==================\nWARNING: DATA RACE\nWrite at 0x1 by goroutine 7:\n  example.com/a.Set()\n      a/a.go:3 +0x1\n\n\
               Previous read at 0x1 by main goroutine:\n  example.com/a.Get()\n      a/a.go:5 +0x1\n\n\
               Goroutine 7 (running) created at:\n  example.com/a.TestA()\n      a/a_test.go:9 +0x1\n==================\n";
    for (path, content) in [
        ("MODULE.bazel", ""),
        ("a/BUILD.bazel", ""),
        ("a/a.go", "package a\n\nfunc Set() { x = \"<script>\" }\n\nfunc Get() { _ = x }\n"),
        ("bazel-testlogs/a/a_test/test.log", log),
        ("clean.log", "PASS\n"),
    ] {
        let path = dir.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let json: Value = serde_json::from_slice(&run(dir.path(), &["--format=json"]).stdout).unwrap();
    let id = json["races"][0]["id"].as_str().unwrap().to_owned();
    (dir, id)
}

#[test]
fn a_new_race_is_exit_code_1_none_0_and_what_cannot_be_read_2() {
    let (dir, _) = workspace();
    for (args, code) in [
        (&[][..], 1),
        (&["bazel-testlogs"], 1),
        (&["bazel-testlogs/a/a_test/test.log"], 1),
        (&["clean.log"], 0),
        (&["missing.log"], 2),
        (&["--baseline=missing.json"], 2),
        (&["--nonsense"], 2),
    ] {
        let output = run(dir.path(), args);
        assert_eq!(output.status.code(), Some(code), "{args:?}: {}", text(&output));
    }
    let empty = tempfile::tempdir().unwrap();
    std::fs::write(empty.path().join("MODULE.bazel"), "").unwrap();
    let output = run(empty.path(), &[]);
    assert!(output.status.code() == Some(2) && text(&output).contains("next:"), "{}", text(&output));
}

#[test]
fn logs_of_build_events_that_are_elsewhere_cannot_be_read() {
    let (dir, _) = workspace();
    let event = r#"{"id":{"testResult":{"label":"//a:a_test"}},"testResult":{"testActionOutput":[{"name":"test.log","uri":"bytestream://x/1"}]}}"#;
    std::fs::write(dir.path().join("events.json"), event).unwrap();
    let output = run(dir.path(), &["events.json"]);
    assert!(output.status.code() == Some(2) && text(&output).contains("bytestream://x/1"), "{}", text(&output));
}

#[test]
fn an_accepted_race_is_not_new_and_a_vanished_one_is_named() {
    let (dir, id) = workspace();
    let entry = |id: &str| format!(r#"{{"id": "{id}", "reason": "a benign statistic", "owner": "team-a"}}"#);
    let baseline = format!(r#"{{"version": 1, "accepted": [{}, {}]}}"#, entry(&id), entry("race-gone"));
    std::fs::write(dir.path().join("baseline.json"), baseline).unwrap();
    let output = run(dir.path(), &["--baseline=baseline.json"]);
    let said = text(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    for part in ["accepted: a benign statistic (team-a)", "vanished: race-gone", "0 new, 1 accepted"] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    let sarif: Value =
        serde_json::from_slice(&run(dir.path(), &["--baseline=baseline.json", "--format=sarif"]).stdout).unwrap();
    let states: Vec<_> =
        sarif["runs"][0]["results"].as_array().unwrap().iter().map(|r| r["baselineState"].clone()).collect();
    assert_eq!(states, ["unchanged", "absent"]);
}

#[test]
fn text_shows_both_lines_the_test_and_the_command() {
    let (dir, id) = workspace();
    let said = text(&run(dir.path(), &[]));
    for part in [
        id.as_str(),
        "write by goroutine 7, made at a/a_test.go:9",
        "> func Set() { x = \"<script>\" }",
        "> func Get() { _ = x }",
        "1 report in 1 test: TestA; //a:a_test",
        "bazel test //a:a_test --@io_bazel_rules_go//go/config:race --test_filter=^TestA$",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    assert!(!said.contains('\x1b'), "colours where there is no terminal: {said}");
    assert!(text(&run(dir.path(), &["--color=always"])).contains('\x1b'));
}

#[test]
fn json_has_what_the_documentation_promises() {
    let (dir, id) = workspace();
    let json: Value = serde_json::from_slice(&run(dir.path(), &["--format=json"]).stdout).unwrap();
    let race = &json["races"][0];
    assert_eq!(
        (&json["version"], &json["new"], &race["id"], &race["kind"], &race["reports"]),
        (&1.into(), &1.into(), &id.as_str().into(), &"data-race".into(), &1.into())
    );
    assert_eq!((&race["stacks"][0]["at"]["file"], &race["stacks"][0]["at"]["line"]), (&"a/a.go".into(), &3.into()));
    assert_eq!((&race["seen"][0]["target"], &race["seen"][0]["test"]), (&"//a:a_test".into(), &"TestA".into()));
}

#[test]
fn sarif_shows_the_race_at_its_line() {
    let (dir, id) = workspace();
    let sarif: Value = serde_json::from_slice(&run(dir.path(), &["--format=sarif"]).stdout).unwrap();
    let result = &sarif["runs"][0]["results"][0];
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!((&place["artifactLocation"]["uri"], &place["region"]["startLine"]), (&"a/a.go".into(), &3.into()));
    assert_eq!(result["partialFingerprints"]["raceId/v1"], id.as_str());
}

#[test]
fn the_page_needs_no_network_and_no_script_and_believes_no_source() {
    let (dir, id) = workspace();
    let page = text(&run(dir.path(), &["--format=html"]));
    for part in [id.as_str(), "a/a.go:3", "&lt;script&gt;", "default-src 'none'", "--test_filter=^TestA$"] {
        assert!(page.contains(part), "no {part:?} in {page}");
    }
    assert_eq!(page.matches("<script>").count(), 1, "a source became a script: {page}");
    for part in ["http:", "https:", "src=", "@import", "url("] {
        assert!(!page.contains(part), "{part:?} in {page}");
    }
    // Without the script, nothing but the filters is hidden.
    assert!(page.contains("<form hidden>") && page.matches(" hidden>").count() == 1, "{page}");
}

#[test]
fn standard_input_is_a_log_too() {
    let (dir, _) = workspace();
    let log = std::fs::File::open(dir.path().join("bazel-testlogs/a/a_test/test.log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_racereport"));
    let output = command.arg("-").stdin(log).current_dir(dir.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
}
