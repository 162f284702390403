//! One race: its first whole report, how often it was met, and where.

use std::collections::BTreeMap;

use crate::identity::Key;
use crate::report::{Format, Kind, Report};

/// How many places of a race are told apart; reports of more are counted, but have no place.
pub const SEEN_LIMIT: usize = 256;

/// Where a race was met.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// The target.
    pub label: Option<String>,
    /// The test.
    pub test: Option<String>,
    /// The platform, or `unknown`.
    pub platform: String,
    /// The shard, or 0.
    pub shard: u32,
}

/// How often it was met there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// Reports.
    pub reports: u64,
    /// Logs with at least one.
    pub logs: u32,
    last_log: usize,
}

/// A distinct race.
#[derive(Clone, Debug)]
pub struct Race {
    /// Its short name.
    pub id: String,
    /// What it is.
    pub kind: Kind,
    /// How many reports there were.
    pub count: u64,
    /// Whether a whole report was among them.
    pub complete: bool,
    /// Where it was met.
    pub seen: BTreeMap<Seen, Times>,
    /// The import path of the code, for a `go test`.
    pub package: Option<String>,
    /// The order of the tests in which it was met.
    pub seed: Option<String>,
    format: Format,
    text: Box<str>,
}

impl Race {
    /// A race that was not met yet.
    pub(super) fn new(key: &Key, report: &Report<'_>, format: Format) -> Self {
        Race {
            id: key.id(),
            kind: report.kind,
            count: 0,
            complete: false,
            seen: BTreeMap::new(),
            package: None,
            seed: None,
            format,
            text: Box::default(),
        }
    }

    /// Keeps a report's text, if no better one was kept.
    pub(super) fn keep(&mut self, report: &Report<'_>, text: &str) {
        if self.text.is_empty() || (report.complete && !self.complete) {
            // What a terminal or a browser would take for a command is nobody's name.
            self.text = text.chars().filter(|letter| matches!(letter, '\n' | '\t') || !letter.is_control()).collect();
            self.complete = report.complete;
        }
    }

    /// Counts a report.
    pub(super) fn count(&mut self, seen: Seen, log: usize) {
        self.count += 1;
        if self.seen.len() < SEEN_LIMIT || self.seen.contains_key(&seen) {
            let times = self.seen.entry(seen).or_default();
            times.reports += 1;
            times.logs += u32::from(times.last_log != log);
            times.last_log = log;
        }
    }

    /// Gives reports of this target that have no test the name of one.
    pub(super) fn name(&mut self, named: Seen) {
        let nameless = self.seen.keys().find(|seen| seen.test.is_none() && seen.label == named.label).cloned();
        let Some(nameless) = nameless else { return };
        let Some(times) = self.seen.remove(&nameless) else { return };
        let entry = self.seen.entry(Seen { test: named.test, ..nameless }).or_default();
        *entry = Times { reports: entry.reports + times.reports, logs: entry.logs.max(times.logs), ..times };
    }

    /// Takes over what another, cut report of the same race has counted.
    pub(super) fn join(&mut self, other: Race) {
        self.count += other.count;
        for (seen, times) in other.seen {
            if self.seen.len() < SEEN_LIMIT || self.seen.contains_key(&seen) {
                let entry = self.seen.entry(seen).or_default();
                entry.reports += times.reports;
                entry.logs = entry.logs.max(times.logs);
            }
        }
    }

    /// The report, the first whole one.
    pub fn report(&self) -> Report<'_> {
        let read = Report::read(self.format, &self.text, self.complete);
        read.unwrap_or_else(|| Report { kind: self.kind, title: "", stacks: Vec::new(), complete: false })
    }

    /// The tests in which it was met, each once.
    pub fn tests(&self) -> Vec<&str> {
        distinct(self.seen.keys().filter_map(|seen| seen.test.as_deref()))
    }

    /// The targets in which it was met, each once.
    pub fn labels(&self) -> Vec<&str> {
        distinct(self.seen.keys().filter_map(|seen| seen.label.as_deref()))
    }

    /// The platforms on which it was met, each once.
    pub fn platforms(&self) -> Vec<&str> {
        distinct(self.seen.keys().map(|seen| seen.platform.as_str()))
    }
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}
