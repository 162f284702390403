//! `kill -9` at any moment: the next run is right, and nothing stale stays.

mod common;

use std::thread;

use common::Random;
use common::runs::{Runs, many_files};

const KILLS: usize = 200;

/// Where kills struck.
#[derive(Debug, Default)]
struct Struck {
    before: usize,
    midway: usize,
    after: usize,
}

fn kill_at_random_moments(inside: bool) {
    let mut random = Random::from_environment();
    let runs = Runs::new(&many_files(), inside);
    let (whole, mut duration) = runs.measure();
    let mut struck = Struck::default();
    for kill in 1..=KILLS {
        runs.clear();
        let delay = duration.mul_f64(random.fraction() * 1.2);
        let mut run = runs.start();
        thread::sleep(delay);
        run.kill().unwrap();
        run.wait().unwrap();

        let what = format!("kill {kill} of {KILLS}, after {delay:?} of some {duration:?}");
        let left = runs.tree();
        // How long a run takes changes with what else the machine does: the moments of the next kills follow.
        match (runs.is_staged(), left == whole) {
            (true, _) => struck.midway += 1,
            (false, true) => {
                struck.after += 1;
                duration = duration.mul_f64(0.95);
            }
            (false, false) => {
                struck.before += 1;
                duration = duration.mul_f64(1.05);
            }
        }
        assert!(inside || left.is_empty() || left == whole, "{what}: a part of a tree is at the target");
        runs.assert_next_run_right(&whole, &what);
    }
    println!("{struck:?}");
    assert!(struck.midway >= KILLS / 10, "too few kills struck while there was something to leave behind: {struck:?}");
}

#[test]
fn a_run_killed_at_any_moment_leaves_nothing_that_the_next_run_does_not_mend() {
    kill_at_random_moments(false);
}

#[test]
fn nor_does_a_run_killed_when_its_tree_is_staged_inside_of_the_target() {
    kill_at_random_moments(true);
}
