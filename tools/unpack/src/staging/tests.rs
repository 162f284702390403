//! The fallback inside the target, for which the integration tests need a parent that is not writable.

use std::fs;
use std::path::Path;

use super::{INSIDE, Staging, StagingFault};

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn a_tree_staged_inside_moves_up_whole() {
    let out = tempfile::tempdir().unwrap();
    let staging = Staging::inside(out.path()).unwrap();
    fs::create_dir(staging.path().join("a")).unwrap();
    fs::write(staging.path().join("a/b"), "").unwrap();
    fs::write(staging.path().join("c"), "").unwrap();
    staging.commit().unwrap();
    assert_eq!(names(out.path()), ["a", "c"]);
    assert_eq!(names(&out.path().join("a")), ["b"]);
}

#[test]
fn a_move_that_fails_takes_the_earlier_ones_back() {
    let out = tempfile::tempdir().unwrap();
    let staging = Staging::inside(out.path()).unwrap();
    // A folder cannot replace the staging folder that it lies in.
    for name in ["a", "b", "c", INSIDE] {
        fs::create_dir(staging.path().join(name)).unwrap();
    }
    let fault = staging.commit().unwrap_err().fault;
    assert!(matches!(fault, StagingFault::Io { .. }), "{fault}");
    assert_eq!(names(out.path()), [""; 0]);
}

#[test]
fn a_second_run_inside_the_same_target_is_refused_and_harms_nothing() {
    let out = tempfile::tempdir().unwrap();
    let first = Staging::inside(out.path()).unwrap();
    fs::write(first.path().join("a"), "").unwrap();
    assert!(matches!(Staging::inside(out.path()), Err(StagingFault::NotEmpty)));
    first.commit().unwrap();
    assert!(matches!(Staging::inside(out.path()), Err(StagingFault::NotEmpty)));
    assert_eq!(names(out.path()), ["a"]);
}
