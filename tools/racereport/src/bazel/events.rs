//! The file of `--build_event_json_file`: the logs of one `bazel test`, with the platform of each, and its options.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::PathBuf;

use serde_json::Value;

use super::{Log, Origin};

/// What is read of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Events {
    /// The logs.
    pub logs: Vec<Log>,
    /// The options that choose what is built, as the user wrote them: race mode, platforms, configs.
    pub options: Vec<String>,
    /// Logs that are not files of this machine, by their addresses.
    pub elsewhere: Vec<String>,
}

/// Whether a file with this beginning is one of build events.
pub fn are_in(beginning: &[u8]) -> bool {
    beginning.trim_ascii_start().starts_with(b"{\"id\":")
}

/// Reads the events, one in each line; damaged lines are left out.
pub fn read(text: impl BufRead) -> std::io::Result<Events> {
    let mut events = Events::default();
    let mut platforms: HashMap<String, String> = HashMap::new();
    for line in text.split(b'\n') {
        let Ok(event) = serde_json::from_slice::<Value>(&line?) else { continue };
        let id = &event["id"];
        if let Some(configuration) = id["configuration"]["id"].as_str() {
            let name = event["configuration"]["mnemonic"].as_str().unwrap_or_default();
            platforms.insert(configuration.to_owned(), name.to_owned());
        } else if id["unstructuredCommandLine"].is_object() {
            // Bazel 7.7 leaves the options of Starlark rules out of `optionsParsed`. (Those of bazelrc files stand here, too,
            // behind `--default_override=`: the next run has them anyway.)
            let words = event["unstructuredCommandLine"]["args"].as_array();
            let words = words.into_iter().flatten().filter_map(Value::as_str);
            events.options = words.filter(|word| chooses(word)).map(str::to_owned).collect();
        } else if let Some(label) = id["testResult"]["label"].as_str() {
            let number = |key: &str| id["testResult"][key].as_u64().and_then(|n| u32::try_from(n).ok()).unwrap_or(0);
            let configuration = id["testResult"]["configuration"]["id"].as_str().unwrap_or_default();
            let origin = Origin {
                label: Some(label.to_owned()),
                shard: number("shard"),
                run: number("run"),
                attempt: number("attempt"),
                platform: platforms.get(configuration).cloned().unwrap_or_default(),
            };
            let outputs = event["testResult"]["testActionOutput"].as_array();
            for output in outputs.into_iter().flatten().filter(|output| output["name"] == "test.log") {
                let uri = output["uri"].as_str().unwrap_or_default();
                match uri.strip_prefix("file://") {
                    Some(path) => events.logs.push(Log { path: unescaped(path), origin: origin.clone() }),
                    None => events.elsewhere.push(uri.to_owned()),
                }
            }
        }
    }
    Ok(events)
}

/// Whether an option chooses what is built.
fn chooses(word: &str) -> bool {
    ["--platforms=", "--config=", "-c=", "--compilation_mode="].iter().any(|option| word.starts_with(option))
        || (word.starts_with("--@") && !word.contains("//go/toolchain:sdk_version="))
}

/// A path of a URI, with `%20` and the like resolved.
fn unescaped(path: &str) -> PathBuf {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, behind)) = rest.split_first() {
        let code = behind.get(..2).and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        match (byte, code) {
            (b'%', Some(code)) => {
                bytes.push(code);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(byte);
                rest = behind;
            }
        }
    }
    PathBuf::from(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_come_with_label_shard_attempt_and_platform() {
        let text = r#"{"id":{"unstructuredCommandLine":{}},"unstructuredCommandLine":{"args":["test","--rc_source=client","--default_override=1:common=--platforms=//:x","--keep_going","--@io_bazel_rules_go//go/config:race","//..."]}}
{"id":{"configuration":{"id":"c1"}},"configuration":{"mnemonic":"k8-fastbuild","platformName":"k8","cpu":"k8"}}
damaged
{"id":{"testResult":{"label":"//a:b_test","run":1,"shard":2,"attempt":3,"configuration":{"id":"c1"}}},"testResult":{"testActionOutput":[{"name":"test.log","uri":"file:///x%20y/test.log"},{"name":"test.xml","uri":"file:///x/test.xml"}]}}
{"id":{"testResult":{"label":"//a:c_test"}},"testResult":{"testActionOutput":[{"name":"test.log","uri":"bytestream://cache/blobs/1"}]}}"#;
        let events = read(text.as_bytes()).unwrap();
        let origin =
            Origin { label: Some("//a:b_test".into()), shard: 2, run: 1, attempt: 3, platform: "k8-fastbuild".into() };
        assert_eq!(events.logs, [Log { path: "/x y/test.log".into(), origin }]);
        assert_eq!(events.options, ["--@io_bazel_rules_go//go/config:race"]);
        assert_eq!(events.elsewhere, ["bytestream://cache/blobs/1"]);
    }
}
