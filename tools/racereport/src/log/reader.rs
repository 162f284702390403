//! Reads one log: plain text, `go test -json`, or a `test.xml`; tells each report, and whose it is.

use std::collections::HashMap;

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
    plain: Stream,
    packages: HashMap<String, Stream>,
    xml: Option<xml::Text>,
    begun: bool,
}

/// One sequence of lines: the log, or a package's output in it.
#[derive(Debug, Default)]
struct Stream {
    package: Option<String>,
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
        let Self { lines, plain, packages, xml, .. } = self;
        let mut take = |line: &[u8]| match event::read(line) {
            Some(event) => of_package(packages, &event.package).event(&event, sink),
            None => plain.line(line, sink),
        };
        match xml {
            Some(xml) => lines.push(&xml.of(bytes), &mut take),
            None => lines.push(bytes, &mut take),
        }
        packages.retain(|_, stream| !stream.test.is_empty() || stream.package.is_some());
    }

    /// Ends the log.
    pub fn finish(mut self, sink: &mut impl Sink) {
        let (plain, packages) = (&mut self.plain, &mut self.packages);
        self.lines.finish(|line| match event::read(line) {
            Some(event) => of_package(packages, &event.package).event(&event, sink),
            None => plain.line(line, sink),
        });
        self.plain.finish(sink);
        let mut packages: Vec<_> = self.packages.into_iter().collect();
        packages.sort_by(|a, b| a.0.cmp(&b.0));
        packages.into_iter().for_each(|(_, mut stream)| stream.finish(sink));
    }
}

fn of_package<'a>(packages: &'a mut HashMap<String, Stream>, name: &str) -> &'a mut Stream {
    let name = if packages.len() < STREAMS || packages.contains_key(name) { name } else { "" };
    if !packages.contains_key(name) {
        let package = Some(name.to_owned());
        packages.insert(name.to_owned(), Stream { package, ..Stream::default() });
    }
    packages.get_mut(name).expect("it was just put there")
}

impl Stream {
    fn event(&mut self, event: &event::Event<'_>, sink: &mut impl Sink) {
        if event.ends {
            self.finish(sink);
            return;
        }
        if self.test != event.test {
            event.test.as_ref().clone_into(&mut self.test);
        }
        let mut lines = std::mem::take(&mut self.lines);
        lines.push(event.output.as_bytes(), |line| self.line(line, sink));
        self.lines = lines;
    }

    fn line(&mut self, line: &[u8], sink: &mut impl Sink) {
        let line = &*cleaned(line);
        let Self { package, assembler, test, tickets, .. } = self;
        let mut found = |report| {
            let test = Some(test.as_str()).filter(|test| !test.is_empty());
            let ticket =
                sink.report(Found { report, test, package: package.as_deref().filter(|name| !name.is_empty()) });
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

    fn finish(&mut self, sink: &mut impl Sink) {
        let mut lines = std::mem::take(&mut self.lines);
        lines.finish(|line| self.line(line, sink));
        let mut assembler = std::mem::take(&mut self.assembler);
        let package = self.package.as_deref().filter(|name| !name.is_empty());
        assembler.finish(&mut |report| {
            sink.report(Found { report, test: Some(self.test.as_str()).filter(|test| !test.is_empty()), package });
        });
        self.package = None;
        self.test.clear();
        self.tickets.clear();
    }
}
