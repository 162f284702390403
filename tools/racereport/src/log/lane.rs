//! One report under way: takes the lines that are its own and leaves the others.

use super::assemble::LIMIT;
use super::prefix::Prefix;
use crate::report::Format;

/// So many lines in a row that belong to something else end a report that has no end.
const PATIENCE: usize = 400;

/// A report whose lines come in.
#[derive(Debug)]
pub struct Lane {
    prefix: Prefix,
    pub format: Format,
    pub text: Vec<u8>,
    strangers: usize,
    settled: bool,
}

/// What a lane makes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is part of the report.
    Taken,
    /// It is not.
    Left,
    /// It ends the report.
    Ended,
    /// The report has no more room or patience: it ends before this line, cut.
    Cut,
}

impl Lane {
    /// A report that begins with `first`, behind `prefix`.
    pub fn new(prefix: Prefix, format: Format, first: &[u8]) -> Self {
        let settled = prefix.is_empty();
        let mut lane = Lane { prefix, format, text: Vec::with_capacity(4096), strangers: 0, settled };
        lane.take(first);
        lane
    }

    /// Whether its lines begin with this prefix.
    pub fn is_of(&self, prefix: &Prefix) -> bool {
        self.prefix == *prefix || (!self.settled && prefix.is_empty())
    }

    /// Offers a line of the log.
    pub fn offer(&mut self, line: &[u8]) -> Verdict {
        if !self.settled && self.format.owns(line) && !line.is_empty() {
            // What stood before the first line was no prefix, but something else that was being written.
            (self.prefix, self.settled) = (Prefix::default(), true);
        }
        let Some(content) = self.prefix.strip(line) else { return self.left() };
        if self.format.ends(content) {
            return Verdict::Ended;
        }
        if !self.format.owns(content) {
            return self.left();
        }
        if self.text.len() + content.len() >= LIMIT {
            return Verdict::Cut;
        }
        self.settled |= !content.is_empty();
        self.strangers = 0;
        self.take(content);
        Verdict::Taken
    }

    fn left(&mut self) -> Verdict {
        self.strangers += 1;
        if self.strangers > self.format.patience(PATIENCE) { Verdict::Cut } else { Verdict::Left }
    }

    fn take(&mut self, content: &[u8]) {
        self.text.extend_from_slice(content);
        self.text.push(b'\n');
    }
}
