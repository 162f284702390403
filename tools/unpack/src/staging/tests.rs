//! The fallback inside the target, for which the integration tests need a parent that is not writable.

use std::fs;
use std::mem::ManuallyDrop;
use std::path::Path;

use super::{Staging, StagingFault, TargetFault, inside};

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
    for name in ["a", "b", "c", inside::NAME] {
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
    let refused = || matches!(Staging::create(out.path()), Err(TargetFault { fault: StagingFault::NotEmpty, .. }));
    assert!(refused() && matches!(Staging::inside(out.path()), Err(StagingFault::NotEmpty)));
    first.commit().unwrap();
    assert!(refused() && matches!(Staging::inside(out.path()), Err(StagingFault::NotEmpty)));
    assert_eq!(names(out.path()), ["a"]);
}

/// Leaves the target as a run that is killed at its end leaves it, when `moved` of its three entries have moved up.
fn killed(out: &Path, moved: usize) {
    let staging = Staging::inside(out).unwrap();
    for name in ["a", "b", "c"] {
        fs::create_dir(staging.path().join(name)).unwrap();
        fs::write(staging.path().join(name).join("file"), "").unwrap();
    }
    let tree = staging.path().to_owned();
    inside::move_up(out).unwrap();
    for name in &["a", "b", "c"][moved..] {
        fs::rename(out.join(name), tree.join(name)).unwrap();
    }
    // As the kernel does it: the lock goes, and nothing is tidied up.
    let mut staging = ManuallyDrop::new(staging);
    drop(staging._claim.take());
}

#[test]
fn what_a_killed_run_left_in_the_target_is_removed() {
    for moved in 0..=3 {
        let out = tempfile::tempdir().unwrap();
        killed(out.path(), moved);
        assert_eq!(names(out.path()).len(), moved + 1);
        let next = Staging::inside(out.path());
        assert!(matches!(next, Err(StagingFault::NotEmpty)), "the killed run left nothing to test with");
        let next = Staging::create(out.path()).unwrap();
        fs::write(next.path().join("a"), "").unwrap();
        next.commit().unwrap();
        assert_eq!(names(out.path()), ["a"], "{moved} entries had moved");
        assert!(out.path().join("a").is_file());
    }
}

#[test]
fn what_others_put_beside_a_killed_run_is_not_removed() {
    let out = tempfile::tempdir().unwrap();
    killed(out.path(), 1);
    fs::write(out.path().join("mine"), "precious").unwrap();
    assert!(matches!(Staging::create(out.path()), Err(TargetFault { fault: StagingFault::NotEmpty, .. })));
    assert_eq!(names(out.path()), ["mine"]);
}
