//! What a report itself says of the test, the package and the platform.

use crate::identity::{Place, is_test, local_name, package, place};
use crate::report::{Report, Stack};

/// The test: the function that package testing called, in a stack of an access, else in one where a goroutine was made.
pub fn test_of<'a>(report: &Report<'a>) -> Option<&'a str> {
    let called = |stack: &Stack<'a>| {
        let harness = stack.frames.iter().position(|frame| frame.function.starts_with("testing."))?;
        name(stack.frames.get(harness.checked_sub(1)?)?.function)
    };
    let any = |stack: &Stack<'a>| {
        let mut tests = stack.frames.iter().rev().filter(|frame| frame.file.ends_with("_test.go"));
        tests.find_map(|frame| name(frame.function))
    };
    report.stacks.iter().find_map(called).or_else(|| report.stacks.iter().find_map(any))
}

/// The test's name as a part of the function's, which lives as long as the report's text.
fn name(function: &str) -> Option<&str> {
    let local = local_name(function);
    let test = is_test(&local)?;
    let start = package(function).len();
    let at = function.get(start..)?.find(test)? + start;
    function.get(at..at + test.len())
}

/// The import path of the first frame that is not of Go's own tree.
pub fn package_of<'a>(report: &Report<'a>) -> Option<&'a str> {
    let frames = report.stacks.iter().flat_map(|stack| &stack.frames);
    let mut own =
        frames.filter(|frame| matches!(place(frame.file, frame.function, ""), Place::Source(_) | Place::Module(_)));
    own.find_map(|frame| Some(package(frame.function)).filter(|path| !path.is_empty()))
}

/// The architecture, if the runtime's assembly is in a stack.
pub fn platform_of(report: &Report<'_>) -> Option<&'static str> {
    let files = || report.stacks.iter().flat_map(|stack| &stack.frames).map(|frame| frame.file);
    [("_arm64.s", "linux/arm64"), ("_amd64.s", "linux/amd64")]
        .into_iter()
        .find_map(|(file, platform)| files().any(|name| name.ends_with(file)).then_some(platform))
}
