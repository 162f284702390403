//! What would change in the tarballs, as far as that is known without packing: all but what is compiled.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diagnostic::Result;
use serde_json::{Value, json};

use crate::about::Member;
use crate::archive::measured;
use crate::compare::{Difference, compare};
use crate::select::{Layout, Tree};

/// What changes in one tarball.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The tarball's name.
    pub tarball: String,
    /// How that came out.
    pub outcome: Outcome,
}

/// What came of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// How many members there are only after, only before, and with other content or mode.
    Counted {
        /// Only after.
        added: usize,
        /// Only before.
        removed: usize,
        /// With other content or mode.
        changed: usize,
    },
    /// The layout finds no longer what it needs in the new packages: why.
    Unfit(String),
    /// What is missing for a comparison.
    Skipped(String),
}

impl Change {
    /// As JSON: `tarball`, and `added`, `removed` and `changed`; or `unfit`; or `skipped`.
    pub fn to_json(&self) -> Value {
        let Change { tarball, outcome } = self;
        match outcome {
            Outcome::Counted { added, removed, changed } => {
                json!({"tarball": tarball, "added": added, "removed": removed, "changed": changed})
            }
            Outcome::Unfit(reason) => json!({"tarball": tarball, "unfit": reason}),
            Outcome::Skipped(reason) => json!({"tarball": tarball, "skipped": reason}),
        }
    }
}

/// A package's file before and after, or what is to be said about its absence.
pub(super) type Files = BTreeMap<String, Result<(PathBuf, PathBuf), String>>;

/// Compares what the layout takes of the packages' files, which are found by `id`.
pub(super) fn change(layout: &Layout, files: &Files) -> Change {
    let outcome = outcome(layout, files).unwrap_or_else(|reason| reason);
    Change { tarball: layout.name.to_owned(), outcome }
}

fn outcome(layout: &Layout, files: &Files) -> Result<Outcome, Outcome> {
    let mut paths = BTreeMap::new();
    for id in layout.packages_read() {
        match files.get(&id) {
            Some(Ok(pair)) => paths.insert(id, pair),
            Some(Err(reason)) => return Err(Outcome::Skipped(reason.clone())),
            None => return Err(Outcome::Skipped(format!("the lock has no {id}"))),
        };
    }
    let (old, new) = (|id: &str| paths[id].0.as_path(), |id: &str| paths[id].1.as_path());
    let unfit = |error: diagnostic::Error| Outcome::Unfit(error.to_string());
    let after = members(&fitting(layout, new).map_err(unfit)?);
    let before = layout.tree(old).map_err(|error| Outcome::Skipped(format!("the old packages: {error}")))?;
    let mut counts = [0; 3];
    for difference in compare(&members(&before), &after) {
        let kind = match difference {
            Difference::Added { .. } => 0,
            Difference::Removed { .. } => 1,
            Difference::Changed { .. } | Difference::Mode { .. } => 2,
        };
        counts[kind] += 1;
    }
    let [added, removed, changed] = counts;
    Ok(Outcome::Counted { added, removed, changed })
}

/// The tree, if what is to be compiled is there, too.
fn fitting<'a>(layout: &Layout, path_of: impl Fn(&str) -> &'a Path + Copy) -> Result<Tree> {
    if let Some(runtimes) = &layout.runtimes {
        runtimes.inputs(path_of)?;
    }
    layout.tree(path_of)
}

fn members(tree: &Tree) -> Vec<Member> {
    tree.iter().map(|(path, entry)| measured(path.clone(), entry.executable, &entry.content)).collect()
}
