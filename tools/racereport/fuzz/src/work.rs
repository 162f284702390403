//! Counts work in steps of the program, not in time: the compiler calls a function of ours at every branch (SanitizerCoverage,
//! `trace-pc`, see devenv/fuzz.sh), in all crates but Rust's own.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

static STEPS: AtomicU64 = AtomicU64::new(0);

#[unsafe(no_mangle)]
extern "C" fn __sanitizer_cov_trace_pc() {
    // One thread counts: nothing is lost between the two.
    STEPS.store(STEPS.load(Relaxed) + 1, Relaxed);
}

/// The steps that something takes.
pub fn work_of(something: impl FnOnce()) -> u64 {
    let before = STEPS.load(Relaxed);
    something();
    STEPS.load(Relaxed) - before
}
