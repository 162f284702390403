//! Reports of ThreadSanitizer in C and C++.

use super::frame::location;
use super::{Frame, Kind, Role, Stack};

/// `WARNING: ThreadSanitizer: data race (pid=12)`.
pub(super) fn kind(title: &str) -> Kind {
    let what = title.strip_prefix("WARNING: ThreadSanitizer: ").unwrap_or(title);
    let of = |names: &[&str]| names.iter().any(|name| what.starts_with(name));
    if of(&["data race", "race on", "heap-use-after-free", "use of an invalid vptr"]) {
        Kind::DataRace
    } else if of(&["lock-order-inversion"]) {
        Kind::LockOrder
    } else if of(&["thread leak"]) {
        Kind::ThreadLeak
    } else {
        Kind::Other
    }
}

pub(super) fn stacks(rest: &str) -> Vec<Stack<'_>> {
    let mut stacks: Vec<Stack<'_>> = Vec::new();
    for line in rest.lines() {
        let text = line.trim_start();
        if let Some(frame) = text.strip_prefix('#') {
            if let (Some(frame), Some(stack)) = (frame_of(frame), stacks.last_mut()) {
                stack.frames.push(frame);
            }
        } else if !text.is_empty() {
            stacks.extend(heading(text));
        }
    }
    stacks
}

fn heading(line: &str) -> Option<Stack<'_>> {
    if line.contains(" created ") && line.ends_with(" at:") {
        let role = if line.starts_with("Thread ") { Role::Creation } else { Role::Memory };
        let name = line.split([' ', '(']).nth(1);
        return Some(Stack { actor: name, ..Stack::new(role, line, "created", None) });
    }
    if line.starts_with("Location is heap block") || line.starts_with("As if synchronized") {
        return Some(Stack::new(Role::Memory, line, "allocated", None));
    }
    if !line.ends_with(':') {
        return None;
    }
    match line.contains(" at 0x") && line.contains(" by ") {
        true => Some(Stack::access(line)),
        false => Some(Stack::new(Role::Event, line, line.trim_end_matches(':'), None)),
    }
}

/// `0 main /src/a.c:5:3 (a.out+0x49) (BuildId: 12)`, behind the `#`.
fn frame_of(text: &str) -> Option<Frame<'_>> {
    let (number, mut text) = text.split_once(' ')?;
    number.parse::<u16>().ok()?;
    // What is in the last parentheses with a space before them is the module; a function's own have none.
    while let Some(start) = text.ends_with(')').then(|| text.rfind(" (")).flatten() {
        text = &text[..start];
    }
    let text = text.trim();
    let placed = text.rsplit_once(' ').and_then(|(function, place)| Some((function, location(place)?)));
    Some(match placed {
        Some((function, (file, line))) => Frame { function, file, line },
        None => Frame { function: text.strip_suffix(" <null>").unwrap_or(text), file: "", line: 0 },
    })
}
