//! What makes a package: `embed`, embedded files, and tags.

use super::{Built, amd64, arm64, line, planted_is_reported_and_ordered_passes, workspace};

#[test]
fn embed_and_embedded_files_are_raced() {
    let log = amd64().log("//embedding:embedding_test");
    planted_is_reported_and_ordered_passes(log, "embedding/embedding_test.go");
    let race = line("embedding/greetings.go", "served++");
    assert!(log.contains(&race), "no {race:?}, of the library that is embedded in an embedded one, in {log}");
}

#[test]
fn embed_and_embedded_files_link_for_arm64() {
    arm64().is_raced_and_static("//embedding:embedding_test", "arm64");
}

#[track_caller]
fn race_is_reported(log: &str) {
    let race = line("tags/unlocked.go", "count++");
    for part in ["this is unlocked", "WARNING: DATA RACE", &race, "FAIL: TestCount"] {
        assert!(log.contains(part), "no {part:?} in {log}");
    }
}

#[track_caller]
fn lock_is_seen(log: &str) {
    assert!(log.contains("this is locked") && log.contains("PASS: TestCount") && !log.contains("DATA RACE"), "{log}");
}

#[test]
fn the_attribute_gotags_chooses_what_is_raced() {
    race_is_reported(amd64().log("//tags:plain_test"));
    lock_is_seen(amd64().log("//tags:locked_test"));
}

#[test]
fn the_flag_for_tags_chooses_what_is_raced() {
    let options = ["--@io_bazel_rules_go//go/config:tags=locked"];
    let built = Built::keep(&workspace(), "matrix-tags", "test", &options, &["//tags:plain_test"]);
    lock_is_seen(built.log("//tags:plain_test"));
}

#[test]
fn tests_with_tags_link_for_arm64() {
    for target in ["//tags:plain_test", "//tags:locked_test"] {
        arm64().is_raced_and_static(target, "arm64");
    }
}
