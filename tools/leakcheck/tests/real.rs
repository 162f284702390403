//! What Bazel 7.7.1 wrote of real builds: a test under race (`examples/hello_test`), and `tests/fixtures/leaks`. Of each, a few
//! actions were kept, with a few of their inputs and outputs; nothing else was changed.
#![allow(missing_docs)]

mod common;

use common::{has, lines, report};
use serde_json::Value;

/// The report on a file of `tests/data`.
fn checked(option: &str, file: &str, code: i32) -> Value {
    report(&[option, &format!("{}/tests/data/{file}", env!("CARGO_MANIFEST_DIR"))], code)
}

fn allowed(report: &Value) -> Vec<&str> {
    let leaks = report["allowed"].as_array().unwrap().iter().flat_map(|entry| entry["leaks"].as_array().unwrap());
    leaks.map(|leak| leak["value"].as_str().unwrap()).collect()
}

#[test]
fn a_race_test_leaks_nothing_but_what_rules_go_puts_into_path() {
    for (option, file) in [("--aquery", "race.aquery.json"), ("--execution-log", "race.log.json")] {
        let found = checked(option, file, 0);
        assert_eq!(found["checked"]["actions"], 6, "{file}");
        assert!(found["checked"]["inputs"].as_u64() > Some(20), "{file}: {found}");
        assert_eq!(allowed(&found), ["/bin", "/usr/bin"], "{file}");
    }
}

#[test]
fn the_same_leaks_are_listed_from_both() {
    for (option, file) in [("--aquery", "leaks.aquery.json"), ("--execution-log", "leaks.log.json")] {
        let found = checked(option, file, 1);
        for line in [
            "tool /usr/bin/touch | the action's program | //:tool",
            "environment /opt/planted | variable PLANTED | //:tool",
            "tool /bin/bash | the action's program | //:shell",
            "argument /opt/host | argument -DPREFIX=/opt/host | //:copt",
        ] {
            has(&found, line);
        }
        assert!(lines(&found).iter().any(|line| line.starts_with("argument /usr/bin/sort | ")), "{file}: {found}");
    }
}

/// An inherited variable stands in the log alone.
#[test]
fn a_value_that_an_action_inherits_is_listed_from_the_log() {
    let found = checked("--execution-log", "leaks.log.json", 1);
    has(&found, "environment /opt/inherited | variable INHERITED | //:copt");
    assert!(!lines(&checked("--aquery", "leaks.aquery.json", 1)).iter().any(|line| line.contains("/opt/inherited")));
}
