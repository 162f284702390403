//! Goroutines as Go's runtime dumps them after a fatal error.

use super::frame::location;
use super::{Frame, Kind, Role, Stack};

pub(super) fn kind(title: &str) -> Kind {
    if title.contains("concurrent map") { Kind::ConcurrentMap } else { Kind::Deadlock }
}

pub(super) fn stacks(rest: &str) -> Vec<Stack<'_>> {
    let mut stacks: Vec<Stack<'_>> = Vec::new();
    let mut function: Option<(&str, bool)> = None;
    for line in rest.lines() {
        if let Some(place) = line.strip_prefix('\t') {
            let (Some((function, creates)), Some((file, line))) = (function.take(), location(place)) else { continue };
            let Some(stack) = stacks.last_mut() else { continue };
            let frame = Frame { function, file, line };
            if creates {
                let (heading, actor) = (stack.heading, stack.actor);
                let creation = Stack { actor, ..Stack::new(Role::Creation, heading, "created", None) };
                stacks.push(Stack { frames: vec![frame], ..creation });
            } else if stack.role == Role::Event {
                stack.frames.push(frame);
            }
        } else if let Some(heading) = line.strip_prefix("goroutine ") {
            // `goroutine 21 gp=0xc000 m=5 mp=0xc000 [chan receive, 2 minutes]:`
            let state = heading.split_once('[').and_then(|(_, state)| state.split([',', ']']).next());
            let id = heading.split(' ').next().unwrap_or_default();
            let stack = Stack::new(Role::Event, line, state.unwrap_or_default(), None);
            stacks.push(Stack { actor: line.get(..("goroutine ".len() + id.len())), ..stack });
            function = None;
        } else if let Some(creator) = line.strip_prefix("created by ") {
            function = Some((creator.split(" in goroutine ").next().unwrap_or(creator), true));
        } else {
            // Arguments have no parentheses in them.
            function = line.rfind('(').filter(|_| line.ends_with(')')).map(|start| (&line[..start], false));
        }
    }
    stacks
}
