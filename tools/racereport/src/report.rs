//! What a report says: who wrote it, the stacks in it, and the frames of these.

mod dump;
mod format;
mod frame;
mod go;
mod native;
mod stack;

use std::collections::HashMap;

pub use format::Format;
pub use frame::Frame;
pub use stack::{Role, Stack};

/// What was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Two accesses, at least one of which writes, and nothing that orders them.
    DataRace,
    /// Go's runtime found a map in use by two goroutines and gave up.
    ConcurrentMap,
    /// Locks are taken in an order that can end in a deadlock.
    LockOrder,
    /// All goroutines wait.
    Deadlock,
    /// A thread was neither joined nor detached.
    ThreadLeak,
    /// Anything else that ThreadSanitizer finds in C, such as the destruction of a locked mutex.
    Other,
}

impl Kind {
    /// Every kind, in the order of this list.
    pub const ALL: [Kind; 6] =
        [Kind::DataRace, Kind::ConcurrentMap, Kind::LockOrder, Kind::Deadlock, Kind::ThreadLeak, Kind::Other];

    /// Its name in JSON, SARIF and keys.
    pub fn name(self) -> &'static str {
        match self {
            Kind::DataRace => "data-race",
            Kind::ConcurrentMap => "concurrent-map",
            Kind::LockOrder => "lock-order",
            Kind::Deadlock => "deadlock",
            Kind::ThreadLeak => "thread-leak",
            Kind::Other => "other",
        }
    }

    /// How a person would call it.
    pub fn title(self) -> &'static str {
        match self {
            Kind::DataRace => "data race",
            Kind::ConcurrentMap => "concurrent use of a map",
            Kind::LockOrder => "order of locks that can deadlock",
            Kind::Deadlock => "deadlock",
            Kind::ThreadLeak => "leaked thread",
            Kind::Other => "ThreadSanitizer report",
        }
    }
}

/// A report that was read; it borrows its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report<'a> {
    /// What was found.
    pub kind: Kind,
    /// The first line, such as `WARNING: DATA RACE`.
    pub title: &'a str,
    /// The stacks, in the order of the text.
    pub stacks: Vec<Stack<'a>>,
    /// Whether nothing is missing: the end was there, and with a data race both accesses were.
    pub complete: bool,
}

impl<'a> Report<'a> {
    /// Reads the text of a report. Without any frame in it, it is none.
    pub fn read(format: Format, text: &'a str, ended: bool) -> Option<Self> {
        let (title, rest) = text.split_once('\n').unwrap_or((text, ""));
        let (kind, stacks) = match format {
            Format::Go => (go::kind(title), go::stacks(title, rest)),
            Format::Native => (native::kind(title), native::stacks(rest)),
            Format::Dump => (dump::kind(title), dump::stacks(rest)),
        };
        if stacks.iter().all(|stack| stack.frames.is_empty()) {
            return None;
        }
        let accesses = stacks.iter().filter(|stack| stack.role == Role::Access);
        let whole = kind != Kind::DataRace || (accesses.clone().count() >= 2 && accesses.clone().all(|s| !s.is_lost()));
        Some(Report { kind, title, stacks, complete: ended && whole })
    }

    /// The stacks of the accesses or, where the kind has none, all that happened rather than was created.
    pub fn accesses(&self) -> impl Iterator<Item = &Stack<'a>> {
        self.stacks.iter().filter(|stack| matches!(stack.role, Role::Access | Role::Event))
    }

    /// The stacks at which actors were made.
    pub fn creations(&self) -> Creations<'_, 'a> {
        let mut made = HashMap::new();
        for stack in self.stacks.iter().filter(|stack| stack.role == Role::Creation) {
            if let Some(actor) = stack.actor {
                made.entry(number(actor)).or_insert(stack);
            }
        }
        Creations(made)
    }
}

/// The stacks at which actors were made, by their numbers. (A dump has thousands of goroutines.)
#[derive(Debug)]
pub struct Creations<'r, 'a>(HashMap<&'a str, &'r Stack<'a>>);

impl<'r, 'a> Creations<'r, 'a> {
    /// The stack at which `actor` was made. Headings name it as `goroutine 7`, `Goroutine 7` or `7`.
    pub fn of(&self, actor: &str) -> Option<&'r Stack<'a>> {
        self.0.get(number(actor)).copied()
    }
}

fn number(actor: &str) -> &str {
    actor.rsplit(' ').next().unwrap_or(actor)
}
