//! Which programs run at once: many tests are begun, for most of them wait for another one's workspace; few of their programs run.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::num::NonZero;
use std::rc::{Rc, Weak};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, LazyLock, Mutex, MutexGuard, PoisonError};
use std::thread;

/// Room for so many programs. Who waits gets it in the order of the turns, whenever he came: so the tests that began first end first,
/// and few Bazel servers are in the middle of something.
#[derive(Debug)]
pub struct Slots {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    free: usize,
    waiting: BTreeSet<u64>,
}

impl Slots {
    /// Room for `free` programs.
    pub const fn new(free: usize) -> Self {
        Self { state: Mutex::new(State { free, waiting: BTreeSet::new() }), changed: Condvar::new() }
    }

    /// Waits for a slot. No two threads wait with the same turn.
    pub fn take(&self, turn: u64) -> Slot<'_> {
        let mut state = self.state();
        state.waiting.insert(turn);
        let others_first = |state: &mut State| state.free == 0 || state.waiting.first() != Some(&turn);
        let mut state = self.changed.wait_while(state, others_first).unwrap_or_else(PoisonError::into_inner);
        state.waiting.remove(&turn);
        state.free -= 1;
        // Another one may be free for who is first now.
        self.changed.notify_all();
        Slot(self)
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.state().waiting.len()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A slot that is taken, until it is dropped.
#[derive(Debug)]
pub struct Slot<'a>(&'a Slots);

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.state().free += 1;
        self.0.changed.notify_all();
    }
}

/// This thread's right to run programs of a test, until all of it is dropped.
#[derive(Debug)]
#[must_use]
pub struct Room {
    _slot: Rc<Slot<'static>>,
}

impl Room {
    /// Waits until this thread may run a program. Who has room has it for all that he runs meanwhile.
    pub fn wait() -> Self {
        /// One more than there are processors: a program often waits for a disk, for a server, or for a worker.
        static SLOTS: LazyLock<Slots> =
            LazyLock::new(|| Slots::new(1 + thread::available_parallelism().map_or(1, NonZero::get)));
        HELD.with_borrow_mut(|held| {
            let slot = held.upgrade().unwrap_or_else(|| Rc::new(SLOTS.take(TURN.with(|turn| *turn))));
            *held = Rc::downgrade(&slot);
            Self { _slot: slot }
        })
    }
}

/// How many threads came for room.
static TURNS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// A thread's place among those that came for room. The test harness has a thread for each test.
    static TURN: u64 = TURNS.fetch_add(1, Ordering::Relaxed);
    /// The slot that a thread has, if it has one.
    static HELD: RefCell<Weak<Slot<'static>>> = const { RefCell::new(Weak::new()) };
}
