//! Reads the execution log in its JSON form: one object for each action that really ran.

use std::io::{BufRead, Read};

use diagnostic::{Error, Result};
use serde_json::Value;

use crate::action::{self, Action};
use crate::aquery::{Actions, each, text, texts};
use crate::leak::{Kind, Leak, Source};
use crate::roots::Roots;

/// Reads and checks.
pub fn read(input: impl Read, name: &str, roots: Option<&Roots>) -> Result<Actions> {
    let mut input = std::io::BufReader::new(input);
    let wrong = |reason: String| {
        Error::new("this is no execution log in JSON")
            .fact("file", name)
            .fact("reason", reason)
            .next("build with --execution_log_json_file=FILE; the binary and the compact log have another form")
    };
    let start = input.fill_buf().map_err(|reason| wrong(reason.to_string()))?;
    if start.iter().find(|byte| !byte.is_ascii_whitespace()).is_some_and(|&byte| byte != b'{') {
        let compact = start.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]);
        return Err(wrong(if compact { "it is a compact log (zstd)" } else { "it is a binary log" }.to_owned()));
    }
    let mut found = Actions::default();
    for spawn in serde_json::Deserializer::from_reader(input).into_iter::<Value>() {
        let spawn = spawn.map_err(|reason| wrong(reason.to_string()))?;
        if spawn.get("commandArgs").is_none() && spawn.get("mnemonic").is_none() {
            return Err(wrong("an entry has neither commandArgs nor a mnemonic".to_owned()));
        }
        take(&mut found, &spawn, roots);
    }
    if found.actions == 0 {
        return Err(Error::new("the log is empty: everything was up to date, and nothing ran")
            .fact("file", name)
            .next("run `bazel clean` before the build whose log is to be checked"));
    }
    Ok(found)
}

fn take(found: &mut Actions, spawn: &Value, roots: Option<&Roots>) {
    let action = Action {
        arguments: texts(&spawn["commandArgs"]),
        params: Vec::new(),
        environment: each(&spawn["environmentVariables"])
            .map(|pair| (text(&pair["name"]), text(&pair["value"])))
            .collect(),
    };
    let mut leaks = action::check(&action, roots);
    for input in each(&spawn["inputs"]) {
        let path = text(&input["path"]);
        let kind = if action.arguments.first() == Some(&path) { Kind::Tool } else { Kind::Input };
        let link = text(&input["symlinkTargetPath"]);
        if path.starts_with('/') {
            leaks.insert(Leak::new(kind, path, "an absolute path"));
        } else if link.starts_with('/') {
            leaks.insert(Leak::new(kind, path, format!("leads to {link}")));
        } else if let Some(real) = roots.and_then(|roots| roots.outside(path)) {
            leaks.insert(Leak::new(kind, path, format!("leads to {}", real.display())));
        }
        found.inputs += 1;
    }
    found.actions += 1;
    let source =
        Source { target: text(&spawn["targetLabel"]).to_owned(), mnemonic: text(&spawn["mnemonic"]).to_owned() };
    for leak in leaks {
        found.leaks.entry(leak).or_default().insert(source.clone());
    }
}
