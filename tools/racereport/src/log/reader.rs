//! Reads one log: plain text, `go test -json`, or a `test.xml`; tells each report, and whose it is.

use super::assemble::{Assembled, Assembler};
use super::clean::cleaned;
use super::lines::Lines;
use super::tests::{self, Line};
use super::{event, xml};

/// A report, as the log has it.
#[derive(Debug)]
pub struct Found<'a> {
    /// Its text.
    pub report: Assembled,
    /// The test that ran, as the lines before it say.
    pub test: Option<&'a str>,
    /// The import path, in a log of `go test -json`.
    pub package: Option<&'a str>,
}

/// What takes the reports.
pub trait Sink {
    /// Takes a report. Returns a ticket if the log is to say later in which test it was.
    fn report(&mut self, found: Found<'_>) -> Option<usize>;
    /// The test in which the report of a ticket was, which failed after it.
    fn failed(&mut self, ticket: usize, test: &str);
    /// A line names the target whose log this is.
    fn label(&mut self, label: &str);
    /// A line names the order of the tests.
    fn shuffled(&mut self, seed: &str);
    /// Go's testing says that a race was detected.
    fn detected(&mut self);
}

/// How many packages of one log are told apart at a time; lines of more are taken as one's.
const STREAMS: usize = 64;

/// How many reports without a test wait for one.
const TICKETS: usize = 1024;

/// Reads a log that is pushed piece by piece.
#[derive(Debug, Default)]
pub struct Reader {
    lines: Lines,
    streams: Streams,
    xml: Option<xml::Text>,
    begun: bool,
}

/// The log, and the output of each package in it.
#[derive(Debug, Default)]
struct Streams {
    plain: Stream,
    packages: Vec<Stream>,
    /// The package that wrote last: it is likely to write next.
    last: usize,
}

/// One sequence of lines: the log, or a package's output in it.
#[derive(Debug, Default)]
struct Stream {
    package: String,
    lines: Lines,
    assembler: Assembler,
    test: String,
    tickets: Vec<usize>,
}

impl Reader {
    /// Takes the next bytes.
    pub fn push(&mut self, bytes: &[u8], sink: &mut impl Sink) {
        if !self.begun && !bytes.is_empty() {
            self.begun = true;
            let start = bytes.trim_ascii_start();
            self.xml = (start.starts_with(b"<?xml") || start.starts_with(b"<testsuite")).then(xml::Text::default);
        }
        let Self { lines, streams, xml, .. } = self;
        let take = |line: &[u8]| streams.line(line, sink);
        match xml {
            Some(xml) => lines.push(&xml.of(bytes), take),
            None => lines.push(bytes, take),
        }
    }

    /// Ends the log.
    pub fn finish(self, sink: &mut impl Sink) {
        let Self { mut lines, mut streams, .. } = self;
        lines.finish(|line| streams.line(line, sink));
        streams.plain.finish(sink);
        streams.packages.sort_by(|a, b| a.package.cmp(&b.package));
        streams.packages.into_iter().for_each(|stream| stream.finish(sink));
    }
}

impl Streams {
    fn line(&mut self, line: &[u8], sink: &mut impl Sink) {
        let Some(event) = event::read(line) else { return self.plain.line(line, sink) };
        let stream = self.of_package(&event.package);
        if event.ends {
            self.packages.swap_remove(stream).finish(sink);
        } else {
            self.packages[stream].event(&event, sink);
        }
    }

    fn of_package(&mut self, name: &[u8]) -> usize {
        if self.packages.get(self.last).is_some_and(|stream| stream.package.as_bytes() == name) {
            return self.last;
        }
        let name = String::from_utf8_lossy(name);
        let known = |name: &str, packages: &[Stream]| packages.iter().position(|stream| stream.package == name);
        let mut found = known(&name, &self.packages);
        let full = self.packages.len() >= STREAMS;
        if found.is_none() && full {
            found = known("", &self.packages);
        }
        self.last = found.unwrap_or_else(|| {
            let package = if full { String::new() } else { name.into_owned() };
            self.packages.push(Stream { package, ..Stream::default() });
            self.packages.len() - 1
        });
        self.last
    }
}

impl Stream {
    fn event(&mut self, event: &event::Event<'_>, sink: &mut impl Sink) {
        if self.test.as_bytes() != &*event.test {
            self.test = String::from_utf8_lossy(&event.test).into_owned();
        }
        // Nearly always, an event is a line.
        if event.ends_line && self.lines.is_empty() && memchr::memchr(b'\n', &event.output).is_none() {
            return self.line(&event.output, sink);
        }
        let mut lines = std::mem::take(&mut self.lines);
        lines.push(&event.output, |line| self.line(line, sink));
        if event.ends_line {
            lines.push(b"\n", |line| self.line(line, sink));
        }
        self.lines = lines;
    }

    fn line(&mut self, line: &[u8], sink: &mut impl Sink) {
        let line = &*cleaned(line);
        let Self { package, assembler, test, tickets, .. } = self;
        let mut found = |report| {
            let ticket = sink.report(Found { report, test: named(test), package: named(package) });
            tickets.extend(ticket.filter(|_| tickets.len() < TICKETS));
        };
        if assembler.line(line, &mut found) {
            return;
        }
        match line.first() {
            Some(b' ' | b'=' | b'-' | b'\t') => {}
            Some(b'E') => return self.executing(line, sink),
            _ => return,
        }
        match tests::read(line) {
            Some(Line::Runs(name)) => name.clone_into(&mut self.test),
            Some(Line::Failed(name)) => {
                self.tickets.drain(..).for_each(|ticket| sink.failed(ticket, name));
                self.ended(name);
            }
            Some(Line::Ended(name)) => self.ended(name),
            Some(Line::Shuffled(seed)) => sink.shuffled(seed),
            None if line.ends_with(b": race detected during execution of test") => sink.detected(),
            None => self.executing(line, sink),
        }
    }

    /// `Executing tests from //a:b` at the beginning of Bazel's test.log; `==================== Test output for //a:b:`, and
    /// with shards or runs behind the label, in what `bazel test --test_output` prints.
    fn executing(&mut self, line: &[u8], sink: &mut impl Sink) {
        let rest = line.strip_prefix(b"Executing tests from ");
        let Some(rest) = rest.or_else(|| line.strip_prefix(b"==================== Test output for ")) else { return };
        let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
        if let Ok(label) = std::str::from_utf8(&rest[..end]) {
            sink.label(label.trim_end_matches(':'));
        }
    }

    fn ended(&mut self, name: &str) {
        if self.test == name {
            self.test.clear();
        }
    }

    fn finish(mut self, sink: &mut impl Sink) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.finish(|line| self.line(line, sink));
        let Self { package, mut assembler, test, .. } = self;
        assembler.finish(&mut |report| {
            sink.report(Found { report, test: named(&test), package: named(&package) });
        });
    }
}

/// A name, unless it is empty.
fn named(name: &str) -> Option<&str> {
    Some(name).filter(|name| !name.is_empty())
}
