//! Checks what one action is told: its tool, arguments and environment.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;

use crate::leak::{Kind, Leak};
use crate::paths;
use crate::roots::Roots;

/// One action, as aquery and the execution log both have it.
#[derive(Debug, Default)]
pub struct Action<'a> {
    /// The command line; empty for what Bazel does itself.
    pub arguments: Vec<&'a str>,
    /// The contents of params files, each with its path.
    pub params: Vec<(&'a str, Vec<&'a str>)>,
    /// The environment.
    pub environment: Vec<(&'a str, &'a str)>,
}

/// The leaks of an action, but for its inputs.
pub fn check(action: &Action<'_>, roots: Option<&Roots>) -> BTreeSet<Leak> {
    let mut leaks = BTreeSet::new();
    if let Some((tool, rest)) = action.arguments.split_first() {
        if tool.starts_with('/') {
            leaks.insert(Leak::new(Kind::Tool, *tool, "the action's program"));
        } else if !tool.contains('/') {
            leaks.insert(Leak::new(Kind::Tool, *tool, "the action's program, found by PATH"));
        } else if let Some(interpreter) = roots.and_then(|roots| shebang(roots, tool)) {
            leaks.insert(Leak::new(Kind::Tool, interpreter, format!("first line of the script {tool}")));
        }
        for argument in rest {
            arguments(&mut leaks, argument, "argument");
        }
    }
    for (file, lines) in &action.params {
        for line in lines {
            arguments(&mut leaks, line, &format!("params file {file}, argument"));
        }
    }
    for (name, value) in &action.environment {
        for path in paths::absolute(value) {
            leaks.insert(Leak::new(Kind::Environment, path, format!("variable {name}")));
        }
    }
    leaks
}

fn arguments(leaks: &mut BTreeSet<Leak>, argument: &str, place: &str) {
    for path in paths::absolute(argument) {
        leaks.insert(Leak::new(Kind::Argument, path, format!("{place} {}", excerpt(argument, path))));
    }
}

/// An argument, or of a long one (a script) what is around the path.
fn excerpt(argument: &str, path: &str) -> String {
    if argument.len() <= 160 && !argument.contains('\n') {
        return argument.to_owned();
    }
    let at = argument.find(path).unwrap_or_default();
    let from = argument.floor_char_boundary(at.saturating_sub(40));
    let to = argument.ceil_char_boundary((at + path.len() + 40).min(argument.len()));
    format!("… {} …", argument[from..to].replace('\n', " "))
}

/// The interpreter that a script's first line names.
fn shebang(roots: &Roots, tool: &str) -> Option<String> {
    let mut start = Vec::new();
    File::open(roots.file(tool)).ok()?.take(256).read_to_end(&mut start).ok()?;
    let line = start.strip_prefix(b"#!")?.split(|&byte| byte == b'\n').next()?;
    let line = String::from_utf8_lossy(line).trim().to_owned();
    line.starts_with('/').then_some(line)
}
