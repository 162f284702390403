//! The distinct races that were found, each with how often and where.

mod attribute;
mod memo;
mod merge;
mod race;

use std::collections::HashMap;

pub use race::{Race, SEEN_LIMIT, Seen};

use crate::bazel::{Origin, rerun::Target};
use crate::identity::Key;
use crate::log::{Found, Sink};
use crate::report::Report;

/// The platform of a report that nothing tells the platform of.
pub const UNKNOWN_PLATFORM: &str = "unknown";

/// All races of all logs.
#[derive(Debug, Default)]
pub struct Races {
    root: String,
    list: Vec<Race>,
    by_key: HashMap<Key, usize>,
    /// How many logs there are of a target's shard.
    logs: HashMap<(String, u32), u32>,
    log: usize,
    memo: memo::Memo,
    /// What was read.
    pub counts: Counts,
}

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Logs.
    pub logs: u64,
    /// Bytes of them.
    pub bytes: u64,
    /// Reports that could be read.
    pub reports: u64,
    /// Reports of which nothing was left that could be read.
    pub unreadable: u64,
    /// Logs in which Go says that a race was detected, and that have no report of it.
    pub missing: u64,
}

impl Races {
    /// None so far; `root` is the workspace's folder as text, or nothing.
    pub fn new(root: &str) -> Self {
        Races { root: root.to_owned(), ..Races::default() }
    }

    /// What takes the reports of the next log.
    pub fn log(&mut self, origin: Origin) -> OneLog<'_> {
        self.counts.logs += 1;
        self.log += 1;
        OneLog { races: self, origin, seed: None, detected: false, reports: 0 }
    }

    /// Ends the reading: cut reports join the races that they are of. The most frequent race comes first.
    pub fn finish(&mut self) {
        merge::merge(&mut self.list, &self.root);
        self.by_key.clear();
        self.list.sort_by(|a, b| {
            (a.kind, std::cmp::Reverse(a.count), &a.id).cmp(&(b.kind, std::cmp::Reverse(b.count), &b.id))
        });
    }

    /// The races.
    pub fn list(&self) -> &[Race] {
        &self.list
    }

    /// The test to run again for a race: the one that met it most often.
    pub fn target<'a>(&self, race: &'a Race) -> Target<'a> {
        let best = race.seen.iter().max_by_key(|(seen, times)| {
            (seen.label.is_some(), seen.test.is_some(), times.reports, std::cmp::Reverse(*seen))
        });
        let Some((seen, times)) = best else { return Target::default() };
        let logs =
            seen.label.as_ref().and_then(|label| self.logs.get(&(label.clone(), seen.shard))).copied().unwrap_or(0);
        Target {
            label: seen.label.as_deref(),
            package: race.package.as_deref(),
            test: seen.test.as_deref(),
            sometimes: times.logs < logs,
            seed: race.seed.as_deref(),
        }
    }
}

/// Takes the reports of one log.
#[derive(Debug)]
pub struct OneLog<'a> {
    races: &'a mut Races,
    origin: Origin,
    seed: Option<String>,
    detected: bool,
    reports: u64,
}

impl OneLog<'_> {
    /// Ends the log.
    pub fn finish(self) {
        if let Some(label) = self.origin.label {
            *self.races.logs.entry((label, self.origin.shard)).or_default() += 1;
        }
        if self.detected && self.reports == 0 {
            self.races.counts.missing += 1;
        }
    }

    /// Counts a report whose race is known; `read` is the report, if its like was not counted before.
    fn count(&mut self, known: memo::Known, found: &Found<'_>, read: Option<(&Report<'_>, &str)>) -> Option<usize> {
        let test = match (known.test, found.test) {
            // The lines know the subtest.
            (Some(of_stack), Some(running)) if running.split('/').next() != Some(&*of_stack) => Some(of_stack),
            (_, Some(running)) => Some(running.to_owned()),
            (of_stack, None) => of_stack,
        };
        let waits = test.is_none();
        let seen = self.seen(test, known.platform);
        let log = self.races.log;
        self.races.counts.reports += 1;
        let race = &mut self.races.list[known.race];
        race.count(seen, log);
        if let Some((report, text)) = read {
            race.keep(report, text);
            if race.package.is_none() {
                let package = found.package.or_else(|| attribute::package_of(report));
                race.package = package.map(str::to_owned);
            }
        }
        if race.seed.is_none() {
            race.seed.clone_from(&self.seed);
        }
        waits.then_some(known.race)
    }

    fn seen(&self, test: Option<String>, shown_platform: Option<&str>) -> Seen {
        let platform = match (self.origin.platform.as_str(), shown_platform) {
            ("", shown) => shown.unwrap_or(UNKNOWN_PLATFORM).to_owned(),
            (known, _) => known.to_owned(),
        };
        Seen { label: self.origin.label.clone(), test, platform, shard: self.origin.shard }
    }
}

impl Sink for OneLog<'_> {
    fn report(&mut self, found: Found<'_>) -> Option<usize> {
        self.reports += 1;
        if let Some(known) = self.races.memo.recall(&found.report).cloned() {
            return self.count(known, &found, None);
        }
        let text = String::from_utf8_lossy(&found.report.text).into_owned();
        let Some(report) = Report::read(found.report.format, &text, found.report.ended) else {
            self.races.counts.unreadable += 1;
            return None;
        };
        let Races { root, list, by_key, memo, .. } = &mut *self.races;
        let key = Key::of(&report, root);
        let race = *by_key.entry(key).or_insert_with_key(|key| {
            list.push(Race::new(key, &report, found.report.format));
            list.len() - 1
        });
        let test = attribute::test_of(&report).map(str::to_owned);
        let known = memo::Known { race, test, platform: attribute::platform_of(&report) };
        memo.learn(known.clone());
        self.count(known, &found, Some((&report, &text)))
    }

    fn failed(&mut self, ticket: usize, test: &str) {
        let named = self.seen(Some(test.to_owned()), None);
        if let Some(race) = self.races.list.get_mut(ticket) {
            race.name(named);
        }
    }

    fn label(&mut self, label: &str) {
        // One file may have the logs of many targets; what Bazel says of a whole log counts more.
        if self.origin.label.is_none() || self.origin.platform.is_empty() {
            self.origin.label = Some(label.to_owned());
        }
    }

    fn shuffled(&mut self, seed: &str) {
        self.seed = Some(seed.to_owned());
    }

    fn detected(&mut self) {
        self.detected = true;
    }
}
