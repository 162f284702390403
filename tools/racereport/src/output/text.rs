//! Races for a terminal.

use std::fmt::Write as _;

use super::view::{Findings, Shown, Side, actions, counted};
use crate::races::{Race, UNKNOWN_PLATFORM};
use crate::report::Kind;

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether there are colours.
    pub colour: bool,
    /// Columns; longer lines of source are cut.
    pub width: usize,
    /// Whether all frames are shown, rather than the ones of somebody's source.
    pub all_frames: bool,
}

/// The parts that have a colour, with its code (ECMA-48, SGR).
#[derive(Clone, Copy)]
enum Ink {
    Alarm = 31,
    Good = 32,
    Name = 1,
    Faint = 2,
    Mark = 33,
}

/// So many places are named; the rest are counted.
const NAMED: usize = 6;

/// So many stacks are shown of a deadlock of many goroutines.
const SIDES: usize = 6;

/// The whole text.
pub fn text(findings: &Findings<'_>, look: Look) -> String {
    let mut out = Text { look, text: String::new() };
    for (index, race) in findings.races.list().iter().enumerate() {
        out.race(findings, index + 1, race);
    }
    out.summary(findings);
    out.text
}

struct Text {
    look: Look,
    text: String,
}

impl Text {
    fn line(&mut self, line: &str) {
        self.text += line.trim_end();
        self.text.push('\n');
    }

    fn inked(&self, ink: Ink, text: &str) -> String {
        if self.look.colour { format!("\x1b[{}m{text}\x1b[0m", ink as u8) } else { text.to_owned() }
    }

    fn race(&mut self, findings: &Findings<'_>, number: usize, race: &Race) {
        let sides = findings.sides(race);
        let what = match race.kind {
            Kind::DataRace => format!("{}: {}", race.kind.title(), actions(&sides)),
            Kind::Other | Kind::ConcurrentMap => {
                race.report().title.trim_start_matches("WARNING: ").trim_start_matches("fatal error: ").to_owned()
            }
            kind => kind.title().to_owned(),
        };
        let state = match findings.accepted(race) {
            Some(accepted) => self.inked(Ink::Good, &format!("  accepted: {} ({})", accepted.reason, accepted.owner)),
            None => String::new(),
        };
        let cut = if race.complete { "" } else { "  (the report is cut)" };
        let head = format!("{number}. {what}");
        let head = format!("{}  {}{cut}{state}", self.inked(Ink::Alarm, &head), self.inked(Ink::Name, &race.id));
        self.line(&head);
        for side in sides.iter().take(SIDES) {
            self.side(findings, side);
        }
        if sides.len() > SIDES {
            self.line(&format!("   … and {} more", counted((sides.len() - SIDES) as u64, "stack")));
        }
        let tests = race.tests();
        let labels = race.labels();
        let mut met = counted(race.count, "report");
        if !tests.is_empty() {
            let _ = write!(met, " in {}: {}", counted(tests.len() as u64, "test"), named(&tests));
        }
        if !labels.is_empty() {
            let _ = write!(met, "; {}", named(&labels));
        }
        let platforms = race.platforms().into_iter();
        let platforms: Vec<&str> =
            platforms.map(|name| if name == UNKNOWN_PLATFORM { "an unknown platform" } else { name }).collect();
        let _ = write!(met, "; on {}", named(&platforms));
        self.line(&format!("   {met}"));
        if let Some(command) = findings.command(race) {
            let command = self.inked(Ink::Name, &command);
            self.line(&format!("   again: {command}"));
        }
        self.line("");
    }

    fn side(&mut self, findings: &Findings<'_>, side: &Side<'_>) {
        let by = side.actor.map(|actor| format!(" by {actor}")).unwrap_or_default();
        let made = side.maker().map(|frame| match side.is_tests_own() {
            true => ", the test's own".to_owned(),
            false => format!(", made at {} in {}", position(frame), frame.function),
        });
        let line = format!("   {}{by}{}", side.action, made.unwrap_or_default());
        self.line(&line);
        if side.frames.is_empty() {
            let lost = self.inked(Ink::Faint, "its stack was not restored");
            self.line(&format!("      {lost}"));
        }
        if let Some(maker) = side.maker().filter(|_| side.chief().is_none_or(|frame| !frame.here)) {
            self.excerpt(findings, maker);
        }
        let chief = side.chief().map(|frame| (frame.path.clone(), frame.line));
        for frame in &side.frames {
            let is_chief = chief.as_ref().is_some_and(|(path, line)| frame.path == *path && frame.line == *line);
            let shown = self.look.all_frames || is_chief || (frame.own && frame.essential);
            if !shown {
                continue;
            }
            let function = self.inked(Ink::Faint, frame.function);
            self.line(&format!("      {}  {function}", position(frame)));
            if is_chief {
                self.excerpt(findings, frame);
            }
        }
    }

    fn excerpt(&mut self, findings: &Findings<'_>, frame: &Shown<'_>) {
        for line in findings.excerpt(frame) {
            let marked = line.number == frame.line;
            let text = line.text.replace('\t', "    ");
            let room = self.look.width.saturating_sub(20).max(20);
            let text: String = text.chars().filter(|letter| !letter.is_control()).take(room).collect();
            let row = format!("{:>6} {} {text}", line.number, if marked { ">" } else { "|" });
            let row = self.inked(if marked { Ink::Mark } else { Ink::Faint }, &row);
            self.line(&format!("      {row}"));
        }
    }

    fn summary(&mut self, findings: &Findings<'_>) {
        let races = findings.races;
        if let Some(baseline) = findings.baseline {
            for (id, accepted) in baseline.vanished(races) {
                let line = format!("vanished: {id}, which was accepted: {} ({})", accepted.reason, accepted.owner);
                let line = self.inked(Ink::Good, &line);
                self.line(&line);
            }
        }
        for note in &findings.notes {
            let note = self.inked(Ink::Mark, &format!("note: {note}"));
            self.line(&note);
        }
        let (all, fresh) = (races.list().len(), findings.fresh());
        let mut line = format!(
            "{} in {} of {}",
            counted(all as u64, "distinct race"),
            counted(races.counts.reports, "report"),
            counted(races.counts.logs, "log")
        );
        if findings.baseline.is_some() {
            let _ = write!(line, "; {fresh} new, {} accepted", all - fresh);
        }
        let line = self.inked(if fresh == 0 { Ink::Good } else { Ink::Alarm }, &line);
        self.line(&line);
    }
}

fn position(frame: &Shown<'_>) -> String {
    if frame.line == 0 { frame.path.clone() } else { format!("{}:{}", frame.path, frame.line) }
}

fn named(names: &[&str]) -> String {
    let mut text = names[..names.len().min(NAMED)].join(", ");
    if names.len() > NAMED {
        let _ = write!(text, " and {} more", names.len() - NAMED);
    }
    text
}
