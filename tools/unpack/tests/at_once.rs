//! Several unpackers at the same target at once: one tree, whole, and nothing stale.

mod common;

use std::thread;

use common::Random;
use common::runs::{Runs, many_files};

const ROUNDS: usize = 30;

#[test]
fn of_many_at_once_one_wins_and_its_tree_is_whole() {
    for inside in [false, true] {
        let runs = Runs::new(&many_files(), inside);
        let (whole, _) = runs.measure();
        for round in 1..=ROUNDS {
            runs.clear();
            let mut all: Vec<_> = (0..4).map(|_| runs.start()).collect();
            let codes: Vec<_> = all.iter_mut().map(|run| run.wait().unwrap().code()).collect();
            let won = codes.iter().filter(|code| **code == Some(0)).count();
            let refused = codes.iter().filter(|code| **code == Some(1)).count();
            assert_eq!((won, refused), (1, 3), "inside: {inside}, round {round}: {codes:?}");
            assert!(runs.tree() == whole, "inside: {inside}, round {round}");
            assert_eq!(runs.names(), ["tree"], "inside: {inside}, round {round}: stale folders");
        }
    }
}

#[test]
fn of_two_at_once_one_is_killed_and_the_next_run_is_right() {
    let mut random = Random::from_environment();
    for inside in [false, true] {
        let runs = Runs::new(&many_files(), inside);
        let (whole, duration) = runs.measure();
        for round in 1..=ROUNDS {
            runs.clear();
            let (mut killed, mut other) = (runs.start(), runs.start());
            let delay = duration.mul_f64(random.fraction() * 1.2);
            thread::sleep(delay);
            killed.kill().unwrap();
            killed.wait().unwrap();
            let success = other.wait().unwrap().success();
            let what = format!("inside: {inside}, round {round}, killed after {delay:?} of some {duration:?}");
            if !inside {
                // Staged side by side, the one does not need the other.
                assert!(runs.tree() == whole, "{what}: the other succeeded: {success}");
            }
            runs.assert_next_run_right(&whole, &what);
        }
    }
}

#[test]
fn the_refusal_of_the_second_says_what_happened() {
    let runs = Runs::new(&many_files(), false);
    runs.measure();
    let stderr = String::from_utf8(runs.run().stderr).unwrap();
    assert!(stderr.contains("the target exists and is not empty"), "{stderr}");
    assert!(stderr.contains("if another run was at work on it, its tree is there"), "{stderr}");
}
