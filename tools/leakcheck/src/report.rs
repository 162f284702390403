//! What was checked and found, and its three forms.

mod html;
mod json;
mod text;

use std::collections::{BTreeMap, BTreeSet};

pub use html::html;
pub use json::json;
pub use text::text;

use crate::allow::Entry;
use crate::binary::Binary;
use crate::leak::{Leak, Leaks, Source};

/// The report of one run.
#[derive(Debug, Default)]
pub struct Report {
    /// What leaked.
    pub leaks: Leaks,
    /// What was allowed, by reason and by who says so.
    pub allowed: BTreeMap<(String, String), Leaks>,
    /// Entries of users' lists that matched nothing.
    pub unused: Vec<String>,
    /// The binaries, by label or file.
    pub binaries: Vec<(String, Binary)>,
    /// What a reader should know of this run.
    pub notes: Vec<String>,
    /// How many actions were checked.
    pub actions: usize,
    /// How many of their input files.
    pub inputs: usize,
}

impl Report {
    /// Divides what was found into leaks and what is allowed.
    pub fn sort(&mut self, found: Leaks, entries: &[Entry]) {
        let mut used = vec![false; entries.len()];
        for (leak, sources) in found {
            for source in sources {
                let leaks = match entries.iter().position(|entry| entry.allows(&leak, &source)) {
                    Some(index) => {
                        used[index] = true;
                        let entry = &entries[index];
                        self.allowed.entry((entry.reason.clone(), entry.origin.clone())).or_default()
                    }
                    None => &mut self.leaks,
                };
                leaks.entry(leak.clone()).or_default().insert(source);
            }
        }
        // Built-in entries and those of options are for whoever needs them.
        let unused = entries.iter().zip(used).filter(|(entry, used)| !used && entry.origin.contains(": allow["));
        self.unused = unused.map(|(entry, _)| format!("{} ({})", entry.origin, entry.pattern())).collect();
    }

    /// The targets that brought leaks, with what each brought, and by which actions.
    pub fn by_target(&self) -> BTreeMap<&str, BTreeMap<&Leak, BTreeSet<&str>>> {
        let mut targets: BTreeMap<&str, BTreeMap<&Leak, BTreeSet<&str>>> = BTreeMap::new();
        for (leak, sources) in &self.leaks {
            for source in sources {
                targets.entry(&source.target).or_default().entry(leak).or_default().insert(&source.mnemonic);
            }
        }
        targets
    }

    /// One sentence for everything.
    pub fn summary(&self) -> String {
        format!("{}: {}", self.verdict(), self.checked())
    }

    /// Whether anything leaked, and how much.
    fn verdict(&self) -> String {
        match self.leaks.len() {
            0 => "Nothing leaked".to_owned(),
            leaks => format!(
                "{} by {}",
                counted(leaks, "leak", "leaks"),
                counted(self.by_target().len(), "target", "targets")
            ),
        }
    }

    /// How much was looked at, and allowed.
    fn checked(&self) -> String {
        format!(
            "{} and {} checked; {} allowed, with reasons",
            counted(self.actions, "action", "actions"),
            counted(self.binaries.len(), "binary", "binaries"),
            counted(self.allowed.values().map(Leaks::len).sum(), "finding is", "findings are")
        )
    }
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// How a source is written: its label, and the action's mnemonic.
fn written(source: &Source) -> String {
    let target = if source.target.is_empty() { "(no target)" } else { &source.target };
    match source.mnemonic.as_str() {
        "" => target.to_owned(),
        mnemonic => format!("{target} ({mnemonic})"),
    }
}

/// What a binary is, in one line.
fn described(binary: &Binary) -> String {
    let linked = match (&binary.interpreter, binary.needed.as_slice()) {
        (None, []) => "static".to_owned(),
        (_, needed) => format!("needs {}", needed.join(", ")),
    };
    let go = binary.go.as_deref().map_or(String::new(), |go| format!(", {go}"));
    let race = match (binary.race, binary.race_of.as_slice()) {
        (false, _) => String::new(),
        (true, []) => ", a race runtime of no Go SDK that was compared".to_owned(),
        (true, which) => format!(", race runtime of {}", which.join(" = ")),
    };
    format!("{}, {linked}{go}{race}, {} run-time constants", binary.arch, binary.constants)
}
