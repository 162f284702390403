//! What this module and its repositories are called in the workspace.

use std::collections::BTreeMap;

use bazel::Bazel;
use diagnostic::{Error, Result};

use super::label::module;

/// This module's name.
pub const MODULE: &str = "toolchains_go_race";

/// Names in one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    /// This module's canonical repository name; empty if it is the root module.
    pub ours: String,
    /// What the root module calls it, for labels in its files.
    pub apparent: String,
    /// Canonical names of the repositories that this module sees, by its own names for them.
    pub own: BTreeMap<String, String>,
}

impl Names {
    /// Asks Bazel.
    pub fn ask(bazel: &Bazel) -> Result<Self> {
        let root = mappings(&bazel.run(["mod", "dump_repo_mapping", ""])?.stdout)?;
        let (apparent, ours) = root
            .first()
            .and_then(|names| names.iter().find(|(name, canonical)| is_ours(name, canonical)))
            .ok_or_else(|| {
                Error::new(format!("the root module does not use {MODULE}"))
                    .fact("workspace", bazel.workspace().display())
                    .next(format!("write bazel_dep(name = \"{MODULE}\", …) into MODULE.bazel"))
            })?;
        let own = mappings(&bazel.run(["mod", "dump_repo_mapping", ours])?.stdout)?;
        let own = own.into_iter().next().unwrap_or_default();
        Ok(Self { ours: ours.clone(), apparent: apparent.clone(), own })
    }

    /// A canonical label in this module.
    pub fn label(&self, label: &str) -> String {
        format!("@@{}{label}", self.ours)
    }

    /// A label as Bazel prints it: the main repository is named `@@` or not at all.
    pub fn is(&self, printed: &str, label: &str) -> bool {
        printed == self.label(label) || (self.ours.is_empty() && printed == label)
    }
}

/// A repository of this module itself, and not of its extension. As the root module, its canonical name is empty.
fn is_ours(name: &str, canonical: &str) -> bool {
    let end = canonical.trim_start_matches(MODULE);
    let extension = end.trim_start_matches(['~', '+']).contains(['~', '+']);
    (canonical.is_empty() && name == MODULE) || (module(canonical) == Some(MODULE) && !extension)
}

/// The objects of `bazel mod dump_repo_mapping`, one a line.
pub fn mappings(text: &str) -> Result<Vec<BTreeMap<String, String>>> {
    let unreadable = |line: &str| Error::new("cannot read what `bazel mod dump_repo_mapping` says").fact("line", line);
    let mut mappings = Vec::new();
    for line in text.lines().filter(|line| line.starts_with('{')) {
        let value: serde_json::Value = serde_json::from_str(line).map_err(|_| unreadable(line))?;
        let pairs = value.as_object().into_iter().flatten();
        mappings.push(pairs.filter_map(|(name, to)| Some((name.clone(), to.as_str()?.to_owned()))).collect());
    }
    Ok(mappings)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_module_is_found_under_whatever_name_it_has() {
        assert!(is_ours("toolchains_go_race", "toolchains_go_race~"));
        assert!(is_ours("race", "toolchains_go_race~0.1.0"));
        assert!(is_ours("race", "toolchains_go_race+"));
        assert!(is_ours("toolchains_go_race", ""));
        assert!(!is_ours("hello_test", ""));
        assert!(!is_ours("go_race_llvm_amd64", "toolchains_go_race~~race~go_race_llvm_amd64"));
    }

    #[test]
    fn each_line_is_a_mapping() {
        let read = mappings("{\"\":\"\",\"a\":\"a~\"}\n{\"b\":\"b~\"}\n").unwrap();
        assert_eq!((read.len(), read[0]["a"].as_str(), read[1]["b"].as_str()), (2, "a~", "b~"));
    }
}
