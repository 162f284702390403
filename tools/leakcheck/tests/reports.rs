//! The allow-list, the forms of the report, and the exit codes.
#![allow(missing_docs)]

mod common;

use common::{Dir, dir, has, leakcheck, lines, report};
use serde_json::json;

/// An execution log with one action that runs `tool`.
fn log(dir: &Dir, tool: &str) -> String {
    let spawn = json!({"commandArgs": [tool], "mnemonic": "Genrule", "targetLabel": "//app:planted"});
    dir.file("log.json", spawn.to_string())
}

fn allow(dir: &Dir, entry: serde_json::Value) -> String {
    dir.file("allow.json", json!({"allow": [entry]}).to_string())
}

#[test]
fn an_allowed_leak_is_none_but_is_shown_with_its_reason() {
    let dir = dir();
    let list = allow(&dir, json!({"kind": "tool", "path": "/opt/*", "target": "//app:*", "reason": "ticket 7"}));
    let found = report(&["--execution-log", &log(&dir, "/opt/tool"), "--allow", &list], 0);
    assert_eq!(found["allowed"][0]["reason"], "ticket 7");
    assert_eq!(found["allowed"][0]["leaks"][0]["value"], "/opt/tool");
}

#[test]
fn bazels_own_path_of_a_c_action_is_allowed_and_a_folder_of_the_callers_is_not() {
    let dir = dir();
    let found = |mnemonic: &str, path: &str, code| {
        let environment = json!([{"name": "PATH", "value": path}]);
        let spawn = json!({"commandArgs": ["a/cc"], "environmentVariables": environment, "mnemonic": mnemonic});
        report(&["--execution-log", &dir.file("log.json", spawn.to_string())], code)
    };
    let fixed = "/bin:/usr/bin:/usr/local/bin";
    for mnemonic in ["CppCompile", "CppLink", "CppArchive", "CcStrip", "Rustc"] {
        found(mnemonic, fixed, 0);
    }
    has(&found("CppCompile", "/home/me/bin:/usr/bin", 1), "environment /home/me/bin | variable PATH");
    assert_eq!(lines(&found("Genrule", fixed, 1)).len(), 3, "of other actions nobody knows what they call");
}

#[test]
fn an_entry_for_another_target_allows_nothing_and_is_said_to_match_nothing() {
    let dir = dir();
    let list = allow(&dir, json!({"kind": "tool", "path": "/opt/*", "target": "//other:*", "reason": "ticket 7"}));
    let found = report(&["--execution-log", &log(&dir, "/opt/tool"), "--allow", &list], 1);
    assert!(found["unused_allow_entries"][0].as_str().unwrap().contains("allow[0]"), "{found}");
}

#[test]
fn an_entry_without_a_reason_is_an_error() {
    let dir = dir();
    for entry in [
        json!({"kind": "tool", "path": "*"}),
        json!({"kind": "tool", "path": "*", "reason": " "}),
        json!({"kind": "toll", "path": "*", "reason": "x"}),
        json!({"kind": "tool", "path": "*", "reason": "x", "label": "x"}),
    ] {
        let output = leakcheck(&["--execution-log", &log(&dir, "a/b"), "--allow", &allow(&dir, entry)]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("allow[0]"), "{text}");
    }
}

#[test]
fn a_hostile_path_stays_text_in_html() {
    let dir = dir();
    let output = leakcheck(&["--format=html", "--execution-log", &log(&dir, "/opt/<script>alert('1')</script>\"&")]);
    assert_eq!(output.status.code(), Some(1));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("&lt;script&gt;alert(&#39;1&#39;)") && !text.contains("<script"), "{text}");
    assert!(!text.contains("src=") && !text.contains("href="), "{text}");
    let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("no {part:?} in {text}"));
    assert!(
        at("1 leak by 1 target") < at("Another machine lacks it"),
        "the summary comes first, and says what it means"
    );
    assert!(at("Another machine lacks it") < at("<h3><code>//app:planted</code></h3>"), "details come after it");
    assert!(at("the action&#39;s program (Genrule)") > at("<h3>"), "a detail names the action");
}

#[test]
fn text_has_colours_only_where_they_are_wanted_and_no_control_characters_of_others() {
    let dir = dir();
    let log = log(&dir, "/opt/\u{1b}[2Jtool");
    let run =
        |more: &[&str]| String::from_utf8(leakcheck(&[&["--execution-log", &log], more].concat()).stdout).unwrap();
    assert!(!run(&[]).contains('\u{1b}'));
    let coloured = run(&["--color=always"]);
    assert!(coloured.contains("\u{1b}[1;31m") && !coloured.contains("\u{1b}[2J"), "{coloured:?}");
}

#[test]
fn a_long_path_is_whole() {
    let dir = dir();
    let path = format!("/opt/{}", "x".repeat(500));
    let output = leakcheck(&["--execution-log", &log(&dir, &path)]);
    assert!(String::from_utf8(output.stdout).unwrap().contains(&path));
}

#[test]
fn a_report_goes_to_a_file_of_the_folder_that_bazel_run_was_called_in() {
    let dir = dir();
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_leakcheck"))
        .args(["--execution-log", &log(&dir, "a/b"), "--output=report.txt"])
        .env("BUILD_WORKING_DIRECTORY", dir.path(""))
        .current_dir("/")
        .status();
    assert_eq!(status.unwrap().code(), Some(0));
    assert!(std::fs::read_to_string(dir.path("report.txt")).unwrap().contains("Nothing leaked"));
}

#[test]
fn nothing_to_check_is_an_error() {
    let output = leakcheck(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("next:"));
    assert_eq!(leakcheck(&["--no-such-option"]).status.code(), Some(2));
}
