//! Reads `bazel aquery --output=jsonproto`: its text is held once, since of a large workspace it is hundreds of megabytes.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Read;

use diagnostic::{Error, Result};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::action::{self, Action};
use crate::leak::{Kind, Leak, Leaks, Source};
use crate::roots::Roots;

/// What was read and found.
#[derive(Debug, Default)]
pub struct Actions {
    /// The leaks.
    pub leaks: Leaks,
    /// How many actions there were.
    pub actions: usize,
    /// How many input files.
    pub inputs: usize,
    /// Folders of Go SDKs, below the execution root, that have the race detector's runtime.
    pub go_sdks: BTreeSet<String>,
}

#[derive(Default)]
struct Tables<'a> {
    roots: Option<&'a Roots>,
    artifacts: HashMap<u64, u64>,
    fragments: HashMap<u64, (u64, String)>,
    sets: HashMap<u64, (Vec<u64>, Vec<u64>)>,
    targets: HashMap<u64, String>,
    actions: Vec<Found>,
}

/// Of an action, what is needed after the tables are whole.
struct Found {
    target: u64,
    mnemonic: String,
    tool: String,
    sets: Vec<u64>,
    leaks: BTreeSet<Leak>,
}

/// Reads and checks.
pub fn read(mut input: impl Read, name: &str, roots: Option<&Roots>) -> Result<Actions> {
    let mut tables = Tables { roots, ..Tables::default() };
    let wrong = |reason: String| {
        Error::new("this is no output of aquery")
            .fact("file", name)
            .fact("reason", reason)
            .next("make it by `bazel aquery --output=jsonproto --include_param_files 'deps(//...)'`")
    };
    let mut text = String::new();
    input.read_to_string(&mut text).map_err(|reason| wrong(reason.to_string()))?;
    // Only borrowed, and one entry at a time as a value: that takes many times the text's memory.
    let lists: BTreeMap<&str, &RawValue> = serde_json::from_str(&text).map_err(|reason| wrong(reason.to_string()))?;
    if !lists.contains_key("actions") && !lists.contains_key("artifacts") {
        return Err(wrong("it has no actions".to_owned()));
    }
    for list in ["artifacts", "actions", "targets", "depSetOfFiles", "pathFragments"] {
        let Some(entries) = lists.get(list) else { continue };
        let entries: Vec<&RawValue> =
            serde_json::from_str(entries.get()).map_err(|reason| wrong(format!("{list}: {reason}")))?;
        for entry in entries {
            let value = serde_json::from_str(entry.get()).map_err(|reason| wrong(format!("{list}: {reason}")))?;
            tables.take(list, &value);
        }
    }
    Ok(tables.finish())
}

impl Tables<'_> {
    fn finish(self) -> Actions {
        let mut inputs: Vec<(u64, String)> =
            self.artifacts.iter().map(|(id, fragment)| (*id, path(&self.fragments, *fragment))).collect();
        inputs.sort();
        let mut found = Actions { actions: self.actions.len(), inputs: inputs.len(), ..Actions::default() };
        let mut outside: HashMap<u64, Leak> = HashMap::new();
        for (id, path) in &inputs {
            if let Some((sdk, _)) = path.split_once("/src/runtime/race/").filter(|(_, file)| file.ends_with(".syso")) {
                found.go_sdks.insert(sdk.to_owned());
            }
            if path.starts_with('/') {
                outside.insert(*id, Leak::new(Kind::Input, path, "an absolute path"));
            } else if let Some(real) = self.roots.and_then(|roots| roots.outside(path)) {
                outside.insert(*id, Leak::new(Kind::Input, path, format!("leads to {}", real.display())));
            }
        }
        let mut memo = HashMap::new();
        for action in self.actions {
            let target = self.targets.get(&action.target).cloned().unwrap_or_default();
            let source = Source { target, mnemonic: action.mnemonic };
            let mut leaks = action.leaks;
            for set in action.sets {
                for id in leaking(set, &self.sets, &outside, &mut memo) {
                    let mut leak = outside[&id].clone();
                    if leak.value == action.tool {
                        leak.kind = Kind::Tool;
                    }
                    leaks.insert(leak);
                }
            }
            for leak in leaks {
                found.leaks.entry(leak).or_default().insert(source.clone());
            }
        }
        found
    }

    fn take(&mut self, list: &str, value: &Value) {
        let id = number(&value["id"]);
        match list {
            "artifacts" => drop(self.artifacts.insert(id, number(&value["pathFragmentId"]))),
            "pathFragments" => {
                drop(self.fragments.insert(id, (number(&value["parentId"]), text(&value["label"]).to_owned())));
            }
            "depSetOfFiles" => {
                drop(
                    self.sets
                        .insert(id, (numbers(&value["directArtifactIds"]), numbers(&value["transitiveDepSetIds"]))),
                );
            }
            "targets" => drop(self.targets.insert(id, text(&value["label"]).to_owned())),
            "actions" => {
                let action = Action {
                    arguments: texts(&value["arguments"]),
                    params: each(&value["paramFiles"])
                        .map(|file| (text(&file["execPath"]), texts(&file["arguments"])))
                        .collect(),
                    environment: each(&value["environmentVariables"])
                        .map(|pair| (text(&pair["key"]), text(&pair["value"])))
                        .collect(),
                };
                self.actions.push(Found {
                    target: number(&value["targetId"]),
                    mnemonic: text(&value["mnemonic"]).to_owned(),
                    tool: action.arguments.first().copied().unwrap_or_default().to_owned(),
                    sets: numbers(&value["inputDepSetIds"]),
                    leaks: action::check(&action, self.roots),
                });
            }
            _ => {}
        }
    }
}

fn path(fragments: &HashMap<u64, (u64, String)>, mut id: u64) -> String {
    let mut parts = Vec::new();
    while let Some((parent, label)) = fragments.get(&id) {
        parts.push(label.as_str());
        // The first part of an absolute path is a slash, or begins with one.
        if parts.len() > 4096 {
            break;
        }
        id = *parent;
    }
    parts.reverse();
    let path = parts.join("/");
    match path.strip_prefix("//") {
        Some(rest) => format!("/{rest}"),
        None => path,
    }
}

/// The leaking artifacts of a set, and of the sets in it.
fn leaking(
    set: u64,
    sets: &HashMap<u64, (Vec<u64>, Vec<u64>)>,
    outside: &HashMap<u64, Leak>,
    memo: &mut HashMap<u64, BTreeSet<u64>>,
) -> BTreeSet<u64> {
    if let Some(known) = memo.get(&set) {
        return known.clone();
    }
    memo.insert(set, BTreeSet::new());
    let mut all = BTreeSet::new();
    if let Some((direct, transitive)) = sets.get(&set) {
        all.extend(direct.iter().filter(|id| outside.contains_key(id)));
        for inner in transitive {
            all.extend(leaking(*inner, sets, outside, memo));
        }
    }
    memo.insert(set, all.clone());
    all
}

/// A number, which protobuf may write as text.
fn number(value: &Value) -> u64 {
    value.as_u64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_default()
}

fn numbers(value: &Value) -> Vec<u64> {
    each(value).map(number).collect()
}

pub(crate) fn each(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

pub(crate) fn texts(value: &Value) -> Vec<&str> {
    each(value).map(text).collect()
}

/// Adds the leaks of one source to others.
pub fn merge(into: &mut Leaks, from: BTreeMap<Leak, BTreeSet<Source>>) {
    for (leak, sources) in from {
        into.entry(leak).or_default().extend(sources);
    }
}
