//! What of a stack is part of a race's key.

use super::file::{Place, is_nobodys, place};
use super::function::{is_literal, is_test, local_name, package};
use crate::report::{Frame, Stack};

/// What a frame adds to the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A function and a line of somebody's source.
    Line,
    /// A function of Go's own tree, or of cgo: the line is another one in the next release.
    Function,
    /// Nothing: the compiler made it.
    Nothing,
}

/// The frames of a stack that say which race it is, each with its part: those above the test.
///
/// Atomic accesses are written without their caller, and in another way on each architecture: as the runtime's assembly
/// and a wrapper, or as an unknown frame and a wrapper. The function of `sync/atomic` counts once in both.
///
/// The harness begins at the first function of package testing, or the first test, below a line of source. So twelve
/// tests that call one racing function have one race, while a race in a test's own lines is the test's.
pub fn essential<'a, 'b>(stack: &'b Stack<'a>, root: &str) -> Vec<(&'b Frame<'a>, Part)> {
    let mut frames = Vec::with_capacity(stack.frames.len());
    let mut in_source = false;
    for frame in &stack.frames {
        let part = match place(frame.file, frame.function, root) {
            Place::Source(_) | Place::Module(_) => Part::Line,
            Place::Go(_) => Part::Function,
            Place::Generated if package(frame.function) == "sync/atomic" => Part::Function,
            Place::Generated if is_nobodys(frame.file) || frame.function == "main.main" => Part::Nothing,
            Place::Generated => Part::Function,
        };
        let harness = package(frame.function) == "testing"
            || (frame.file.ends_with("_test.go") && is_test(&local_name(frame.function)).is_some());
        if in_source && harness {
            break;
        }
        let wraps = |(inner, _): &(&Frame<'_>, Part)| inner.function == frame.function && part == Part::Function;
        let part = if frames.last().is_some_and(wraps) { Part::Nothing } else { part };
        in_source |= part == Part::Line;
        frames.push((frame, part));
    }
    frames
}

/// The stack's bytes in the key.
pub(super) fn key(stack: &Stack<'_>, root: &str) -> Vec<u8> {
    let mut key = Vec::with_capacity(256);
    for frame in essential(stack, root) {
        add(frame, root, &mut key);
    }
    key
}

/// The same, frame by frame.
pub fn frames_of(stack: &Stack<'_>, root: &str) -> Vec<Vec<u8>> {
    let frames = essential(stack, root).into_iter().map(|frame| {
        let mut key = Vec::new();
        add(frame, root, &mut key);
        key
    });
    frames.filter(|key| !key.is_empty()).collect()
}

fn add((frame, part): (&Frame<'_>, Part), root: &str, key: &mut Vec<u8>) {
    let local = local_name(frame.function);
    match part {
        Part::Nothing => return,
        Part::Function => {
            key.extend_from_slice(package(frame.function).as_bytes());
            key.push(b'.');
            key.extend_from_slice(local.as_bytes());
        }
        Part::Line => {
            let file = place(frame.file, frame.function, root);
            let path = match &file {
                Place::Source(path) => path,
                Place::Module(path) => path.as_str(),
                Place::Go(_) | Place::Generated => "",
            };
            key.extend_from_slice(path.as_bytes());
            key.extend_from_slice(format!(":{} ", frame.line).as_bytes());
            key.extend_from_slice(if is_literal(&local) { "func" } else { &local }.as_bytes());
        }
    }
    key.push(0);
}
