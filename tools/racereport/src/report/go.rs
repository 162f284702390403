//! Reports of ThreadSanitizer as Go has it.

use super::frame::location;
use super::stack::is_actor;
use super::{Frame, Kind, Role, Stack};

pub(super) fn kind(title: &str) -> Kind {
    if title.starts_with("WARNING: DEADLOCK") { Kind::LockOrder } else { Kind::DataRace }
}

pub(super) fn stacks<'a>(title: &'a str, rest: &'a str) -> Vec<Stack<'a>> {
    let mut stacks: Vec<Stack<'a>> = Vec::new();
    let mut function = None;
    // The first line has no end of its own: what follows may have been written behind another's text.
    let glued = title.strip_prefix("WARNING: DATA RACE").filter(|glued| !glued.is_empty());
    for line in glued.into_iter().chain(rest.lines()) {
        if let Some(name) = line.strip_prefix("  ").filter(|text| !text.starts_with(' ')) {
            function = name.strip_suffix("()");
        } else if let Some(place) = line.strip_prefix("      ") {
            if let (Some(function), Some((file, line)), Some(stack)) =
                (function.take(), location(place), stacks.last_mut())
            {
                stack.frames.push(Frame { function, file, line });
            }
        } else if let Some(stack) = heading(line, &mut stacks) {
            function = None;
            stacks.push(stack);
        }
    }
    stacks
}

fn heading<'a>(line: &'a str, stacks: &mut [Stack<'a>]) -> Option<Stack<'a>> {
    let first = line.split(' ').next().unwrap_or_default();
    match first {
        "Read" | "Write" | "Previous" | "Atomic" => Some(Stack::access(line)),
        "Goroutine" => Some(goroutine(line)),
        "Heap" => Some(Stack::new(Role::Memory, line, "allocated", None)),
        "Mutex" => Some(Stack::new(Role::Event, line, "locked", None)),
        // The rest of a heading that another's text has cut.
        "goroutine" | "main" => {
            let last = stacks.last_mut().filter(|stack| stack.actor.is_none() && stack.frames.is_empty())?;
            last.actor = Some(line.trim_end_matches(':')).filter(|actor| is_actor(actor));
            None
        }
        _ => None,
    }
}

/// `Goroutine 7 (running) created at:`, or in a deadlock `Goroutine 999 lock mutex 1 while holding mutex 2:`.
fn goroutine(line: &str) -> Stack<'_> {
    let end = line.match_indices(' ').nth(1).map_or(line.len(), |(at, _)| at);
    // The accesses write it in lower case.
    let actor = line.get(..end).and_then(|actor| actor.strip_prefix("Goroutine "));
    let state = line[end..].trim_start();
    match state.strip_prefix('(').and_then(|state| state.split_once(')')) {
        Some((state, _)) => Stack { actor, ..Stack::new(Role::Creation, line, state, None) },
        None => Stack { actor, ..Stack::new(Role::Event, line, "locks", None) },
    }
}
