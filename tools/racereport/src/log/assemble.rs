//! Puts the lines of each report together, whatever else is written between them.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::lane::{Lane, Verdict};
use super::prefix::Prefix;
use crate::report::Format;

/// What a report may hold, in bytes; a longer one is cut. ThreadSanitizer's stacks have at most 256 frames.
pub const LIMIT: usize = 256 << 10;

/// How many reports may be under way at once; the oldest is cut when another one begins.
const LANES: usize = 8;

/// A prefix longer than this is none: the text of a report stands within another text.
const PREFIX: usize = 256;

/// The text of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assembled {
    /// Who wrote it.
    pub format: Format,
    /// Its lines, without prefixes, colours and strangers.
    pub text: Vec<u8>,
    /// Whether its end was there.
    pub ended: bool,
}

/// Finds reports in a sequence of lines.
#[derive(Debug, Default)]
pub struct Assembler {
    lanes: Vec<Lane>,
}

impl Assembler {
    /// Takes a line; calls `found` for each report that ends here. Returns whether the line was part of a report.
    pub fn line(&mut self, line: &[u8], found: &mut impl FnMut(Assembled)) -> bool {
        if let Some((at, format)) = beginning(line) {
            let prefix = Prefix::new(if at <= PREFIX { &line[..at] } else { b"" });
            if let Some(open) = self.lanes.iter().position(|lane| lane.is_of(&prefix)) {
                self.close(open, false, found);
            }
            if self.lanes.len() == LANES {
                self.close(0, false, found);
            }
            self.lanes.push(Lane::new(prefix, format, &line[at..]));
            return true;
        }
        let mut index = 0;
        while index < self.lanes.len() {
            match self.lanes[index].offer(line) {
                Verdict::Taken => return true,
                Verdict::Left => index += 1,
                Verdict::Ended => {
                    self.close(index, true, found);
                    return true;
                }
                Verdict::Cut => self.close(index, false, found),
            }
        }
        false
    }

    /// Ends the reports that are under way.
    pub fn finish(&mut self, found: &mut impl FnMut(Assembled)) {
        while !self.lanes.is_empty() {
            self.close(0, false, found);
        }
    }

    fn close(&mut self, index: usize, ended: bool, found: &mut impl FnMut(Assembled)) {
        let Lane { format, text, .. } = self.lanes.remove(index);
        // A dump of goroutines has no last line of its own.
        found(Assembled { format, text, ended: ended || format == Format::Dump });
    }
}

/// Where in a line a report begins, and which.
fn beginning(line: &[u8]) -> Option<(usize, Format)> {
    static WARNING: LazyLock<Finder> = LazyLock::new(|| Finder::new("WARNING: "));
    static FATAL: LazyLock<Finder> = LazyLock::new(|| Finder::new("fatal error: "));
    if let Some(at) = WARNING.find(line) {
        let what = &line[at + WARNING.needle().len()..];
        if what.starts_with(b"DATA RACE") || what.starts_with(b"DEADLOCK") {
            return Some((at, Format::Go));
        }
        return what.starts_with(b"ThreadSanitizer: ").then_some((at, Format::Native));
    }
    let at = FATAL.find(line)?;
    let what = &line[at + FATAL.needle().len()..];
    (what.starts_with(b"concurrent map") || what.starts_with(b"all goroutines are asleep"))
        .then_some((at, Format::Dump))
}
