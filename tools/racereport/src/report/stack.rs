//! A stack of a report, with what its heading says.

use super::Frame;

/// What a stack is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// One of the accesses of a data race.
    Access,
    /// Where a goroutine or thread was made.
    Creation,
    /// Something else that happened: a lock was taken, a goroutine waits.
    Event,
    /// Where the memory was allocated.
    Memory,
}

/// A stack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stack<'a> {
    /// What it is there for.
    pub role: Role,
    /// The heading, without its colon.
    pub heading: &'a str,
    /// What happened: `write`, `previous read`, `atomic write`, or the state of a goroutine, such as `chan receive`.
    pub action: &'a str,
    /// Who did it or was made: `goroutine 7`, `main goroutine`, `thread T1`. It may have got lost in a log.
    pub actor: Option<&'a str>,
    /// The frames, the innermost first.
    pub frames: Vec<Frame<'a>>,
}

impl<'a> Stack<'a> {
    pub(super) fn new(role: Role, heading: &'a str, action: &'a str, actor: Option<&'a str>) -> Self {
        Stack { role, heading: heading.trim_end_matches(':'), action, actor, frames: Vec::new() }
    }

    /// Whether the frames were lost: ThreadSanitizer remembers a limited history of accesses.
    pub fn is_lost(&self) -> bool {
        self.frames.is_empty()
    }

    /// An access: `Previous write of size 8 at 0x… by goroutine 7:`, or without the address.
    pub(super) fn access(heading: &'a str) -> Self {
        let (before, by) = match heading.split_once(" by ") {
            Some((before, actor)) => (before, actor.split([':', '(']).next()),
            None => (heading, None),
        };
        let before = before.split(" at ").next().unwrap_or(before);
        let action = before.split(" of size ").next().unwrap_or(before);
        let actor = by.map(str::trim);
        Stack::new(Role::Access, heading, action, actor.filter(|actor| is_actor(actor)))
    }
}

/// Whether a text names a goroutine or thread, rather than what another one wrote in between.
pub(super) fn is_actor(text: &str) -> bool {
    let numbered = |kind: &str| text.strip_prefix(kind).is_some_and(|id| !id.is_empty() && !id.contains(' '));
    matches!(text, "main goroutine" | "main thread") || numbered("goroutine ") || numbered("thread ")
}
