//! Execution logs of Bazel's, and what is different between two.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde_json::Value;

/// The digests of files, by their paths in the execution root.
type Digests = BTreeMap<String, String>;

/// An action that was executed, or whose outputs came from a cache.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spawn {
    /// The kind of action, such as `GoLink`.
    pub mnemonic: String,
    /// The target that it belongs to.
    pub target: String,
    /// Whether its outputs came from a cache, so that nothing was run.
    pub is_cached: bool,
    /// What ran it, such as `linux-sandbox` or `disk cache hit`.
    pub runner: String,
    /// The program and its arguments.
    pub arguments: Vec<String>,
    /// Its environment.
    pub environment: BTreeMap<String, String>,
    /// What it asks of the worker that executes it: the properties of its execution platform.
    pub properties: BTreeMap<String, String>,
    /// The files that it has: their SHA-256 by their paths in the execution root.
    pub inputs: Digests,
    /// The files that it made, likewise.
    pub outputs: Digests,
}

/// The log of one build (`--execution_log_json_file`). An action that was up to date in the output base is not in it.
#[derive(Debug, Clone, Default)]
pub struct ExecutionLog {
    /// By the first of its declared outputs.
    spawns: BTreeMap<String, Spawn>,
}

impl ExecutionLog {
    /// Reads a log.
    ///
    /// # Panics
    ///
    /// If it is none, or if two actions have the same output.
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        let file = File::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let mut log = Self::default();
        for spawn in serde_json::Deserializer::from_reader(BufReader::new(file)).into_iter::<Value>() {
            let spawn = spawn.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let output = text(&spawn["listedOutputs"][0]);
            assert!(!output.is_empty(), "an action without an output: {spawn}");
            let earlier = log.spawns.insert(output, Spawn::of(&spawn));
            assert!(earlier.is_none(), "two actions with the same output: {earlier:?} and {spawn}");
        }
        log
    }

    /// The actions.
    pub fn spawns(&self) -> impl ExactSizeIterator<Item = &Spawn> {
        self.spawns.values()
    }

    /// The actions of a kind.
    pub fn of_kind<'a>(&'a self, mnemonic: &'a str) -> impl Iterator<Item = &'a Spawn> {
        self.spawns().filter(move |spawn| spawn.mnemonic == mnemonic)
    }

    /// What is different in `other`, a line each: actions that only one has, arguments, inputs that no action of the log
    /// makes, and outputs, of which is said whether the action's inputs were different as well.
    pub fn differences(&self, other: &Self) -> Vec<String> {
        let mut found = Vec::new();
        for (output, spawn) in &self.spawns {
            match other.spawns.get(output) {
                Some(twin) => spawn.compare(twin, &mut found, |input| self.makes(input)),
                None => found.push(format!("only in the first log: {spawn}: {output}")),
            }
        }
        let only = other.spawns.iter().filter(|(output, _)| !self.spawns.contains_key(*output));
        found.extend(only.map(|(output, spawn)| format!("only in the second log: {spawn}: {output}")));
        found
    }

    fn makes(&self, file: &str) -> bool {
        // What an action made is compared where it was made.
        self.spawns.values().any(|spawn| spawn.outputs.contains_key(file))
    }
}

impl Spawn {
    fn of(spawn: &Value) -> Self {
        let digests = |files: &Value| {
            let pair = |file: &Value| {
                // A link that was not followed has a target in place of a digest.
                let content = [text(&file["digest"]["hash"]), text(&file["symlinkTargetPath"])].concat();
                (text(&file["path"]), content)
            };
            files.as_array().into_iter().flatten().map(pair).collect()
        };
        let pairs = |pairs: &Value| {
            let pair = |pair: &Value| (text(&pair["name"]), text(&pair["value"]));
            pairs.as_array().into_iter().flatten().map(pair).collect()
        };
        Self {
            mnemonic: text(&spawn["mnemonic"]),
            target: text(&spawn["targetLabel"]),
            is_cached: spawn["cacheHit"] == true,
            runner: text(&spawn["runner"]),
            arguments: spawn["commandArgs"].as_array().into_iter().flatten().map(text).collect(),
            environment: pairs(&spawn["environmentVariables"]),
            properties: pairs(&spawn["platform"]["properties"]),
            inputs: digests(&spawn["inputs"]),
            outputs: digests(&spawn["actualOutputs"]),
        }
    }

    fn compare(&self, twin: &Self, found: &mut Vec<String>, is_made: impl Fn(&str) -> bool) {
        for (one, two) in self.arguments.iter().zip(&twin.arguments).filter(|(one, two)| one != two) {
            found.push(format!("{self}: argument {one} and {two}"));
        }
        if self.arguments.len() != twin.arguments.len() {
            found.push(format!("{self}: {} and {} arguments", self.arguments.len(), twin.arguments.len()));
        }
        let inputs = different(&self.inputs, &twin.inputs);
        for (input, digests) in inputs.iter().filter(|(input, _)| !is_made(input)) {
            found.push(format!("{self}: input {input}: {digests}"));
        }
        let with = if inputs.is_empty() { "of the same inputs" } else { "of different inputs" };
        for (output, digests) in different(&self.outputs, &twin.outputs) {
            found.push(format!("{self}: output {output}, {with}: {digests}"));
        }
    }
}

impl std::fmt::Display for Spawn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {}", self.mnemonic, self.target)
    }
}

/// The files that are not the same in both, with both digests.
fn different<'a>(one: &'a Digests, two: &'a Digests) -> BTreeMap<&'a str, String> {
    let digest = |digests: &'a Digests, file: &str| digests.get(file).map_or("nothing", String::as_str);
    one.keys()
        .chain(two.keys())
        .filter(|file| one.get(*file) != two.get(*file))
        .map(|file| (file.as_str(), format!("{} and {}", digest(one, file), digest(two, file))))
        .collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
