//! The races as every format shows them: with paths of the workspace, sources, states and commands.

use crate::baseline::{Accepted, Baseline};
use crate::bazel::Rerun;
use crate::bazel::origin::package_of;
use crate::identity::{Part, Place, essential, place};
use crate::races::{Race, Races};
use crate::report::{Frame, Stack};
use crate::workspace::{Line, Workspace};

/// Everything that is to be shown.
#[derive(Debug)]
pub struct Findings<'a> {
    /// The races.
    pub races: &'a Races,
    /// What is accepted, if a baseline was given.
    pub baseline: Option<&'a Baseline>,
    /// The sources.
    pub workspace: &'a Workspace,
    /// How a test is run again.
    pub rerun: &'a Rerun,
    /// What the reader should know beside the races.
    pub notes: Vec<String>,
}

/// A frame with its place in the workspace.
#[derive(Clone, Debug)]
pub struct Shown<'a> {
    /// The function's name.
    pub function: &'a str,
    /// The path: relative to the workspace, `GOROOT/src/…`, or as the report has it.
    pub path: String,
    /// The line, or 0.
    pub line: u32,
    /// Whether the file is a source of the workspace.
    pub here: bool,
    /// Whether the frame is neither Go's own nor generated.
    pub own: bool,
    /// Whether the frame is part of the race's identity.
    pub essential: bool,
}

/// A stack of a race.
#[derive(Clone, Debug)]
pub struct Side<'a> {
    /// What happened: `write`, `previous read`.
    pub action: String,
    /// Who did it.
    pub actor: Option<&'a str>,
    /// The frames.
    pub frames: Vec<Shown<'a>>,
    /// Where the actor was made.
    pub made: Vec<Shown<'a>>,
    /// The state of the actor, `running` or `finished`, if the report says so.
    pub state: Option<&'a str>,
}

impl Side<'_> {
    /// The frame that a reader wants to see: the innermost one of the workspace, else of any source, else the innermost.
    pub fn chief(&self) -> Option<&Shown<'_>> {
        chief(&self.frames)
    }

    /// The same of the place where the actor was made.
    pub fn maker(&self) -> Option<&Shown<'_>> {
        chief(&self.made)
    }

    /// Whether the actor is the goroutine in which a test runs.
    pub fn is_tests_own(&self) -> bool {
        self.maker().is_some_and(|frame| frame.function.starts_with("testing."))
    }
}

fn chief<'a, 'b>(frames: &'b [Shown<'a>]) -> Option<&'b Shown<'a>> {
    let own = || frames.iter().filter(|frame| frame.own);
    own().find(|frame| frame.here).or_else(|| own().next()).or(frames.first())
}

impl<'a> Findings<'a> {
    /// Whether, and why, a race is accepted.
    pub fn accepted(&self, race: &Race) -> Option<&'a Accepted> {
        self.baseline?.accepts(race)
    }

    /// The number of races that are not accepted.
    pub fn fresh(&self) -> usize {
        self.races.list().iter().filter(|race| self.accepted(race).is_none()).count()
    }

    /// The command that shows a race again.
    pub fn command(&self, race: &Race) -> Option<String> {
        self.rerun.command(self.races.target(race))
    }

    /// The stacks of a race that matter: its accesses, or what waits or leaks.
    pub fn sides<'b>(&self, race: &'b Race) -> Vec<Side<'b>> {
        let report = race.report();
        let package = race.seen.keys().find_map(|seen| package_of(seen.label.as_deref()?)).map(str::to_owned);
        let shown = |stack: &Stack<'b>| -> Vec<Shown<'b>> { self.shown(stack, package.as_deref()) };
        let mut stacks: Vec<&Stack<'b>> = report.accesses().collect();
        if stacks.is_empty() {
            stacks = report.stacks.iter().collect();
        }
        let creations = report.creations();
        let sides = stacks.into_iter().map(|stack| {
            let made = stack.actor.and_then(|actor| creations.of(actor)).filter(|made| *made != stack);
            Side {
                action: stack.action.to_lowercase(),
                actor: stack.actor,
                frames: shown(stack),
                made: made.map(shown).unwrap_or_default(),
                state: made.map(|made| made.action),
            }
        });
        sides.collect()
    }

    /// The lines around a frame of the workspace.
    pub fn excerpt(&self, frame: &Shown<'_>) -> Vec<Line> {
        if frame.here { self.workspace.excerpt(&frame.path, frame.line) } else { Vec::new() }
    }

    fn shown<'b>(&self, stack: &Stack<'b>, package: Option<&str>) -> Vec<Shown<'b>> {
        let counted = essential(stack, self.workspace.root());
        let frames = stack.frames.iter().enumerate().map(|(index, frame): (usize, &Frame<'b>)| {
            let path = self.workspace.path_of(frame, package);
            let placed = place(frame.file, frame.function, self.workspace.root());
            Shown {
                function: frame.function,
                line: frame.line,
                // Bazel's link makes what it generates look like a source.
                here: placed != Place::Generated && self.workspace.has(&path),
                own: matches!(placed, Place::Source(_) | Place::Module(_)),
                essential: counted.get(index).is_some_and(|(_, part)| *part != Part::Nothing),
                path,
            }
        });
        frames.collect()
    }
}

/// What happened: `write and read`.
pub(super) fn actions(sides: &[Side<'_>]) -> String {
    let plain = |side: &Side<'_>| side.action.trim_start_matches("previous ").to_owned();
    let actions: Vec<String> = sides.iter().take(2).map(plain).collect();
    actions.join(" and ")
}

/// `1 report`, `2 reports`.
pub(super) fn counted(number: u64, thing: &str) -> String {
    if number == 1 { format!("1 {thing}") } else { format!("{number} {thing}s") }
}
