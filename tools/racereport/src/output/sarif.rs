//! Races as SARIF 2.1.0 (OASIS standard), so that code review tools show them at the line.

use serde_json::{Value, json};

use super::view::{Findings, Shown, Side, actions, counted};
use crate::races::Race;
use crate::report::Kind;

/// The whole document.
pub fn sarif(findings: &Findings<'_>) -> Value {
    let rules: Vec<Value> = Kind::ALL
        .iter()
        .map(|kind| {
            json!({
                "id": kind.name(), "name": kind.title(),
                "shortDescription": {"text": kind.title()},
                "defaultConfiguration": {"level": "error"},
            })
        })
        .collect();
    let mut results: Vec<Value> = findings.races.list().iter().map(|race| result(findings, race)).collect();
    for (id, accepted) in findings.baseline.into_iter().flat_map(|baseline| baseline.vanished(findings.races)) {
        results.push(json!({
            "ruleId": Kind::DataRace.name(), "level": "none", "kind": "pass", "baselineState": "absent",
            "message": {"text": format!("{id}, which was accepted ({}), was not met", accepted.reason)},
            "partialFingerprints": {"raceId/v1": id},
        }));
    }
    let notes: Vec<Value> =
        findings.notes.iter().map(|note| json!({"level": "warning", "message": {"text": note}})).collect();
    json!({
        "version": "2.1.0",
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "runs": [{
            "tool": {"driver": {"name": "racereport", "version": crate::VERSION, "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": {"WORKSPACE": {"description": {"text": "the Bazel workspace"}}},
            "invocations": [{"executionSuccessful": true, "toolExecutionNotifications": notes}],
            "results": results,
        }],
    })
}

fn result(findings: &Findings<'_>, race: &Race) -> Value {
    let sides = findings.sides(race);
    let mut places: Vec<Value> =
        sides.iter().filter_map(|side| Some(location(side.chief()?, Some(&side.action)))).collect();
    places.iter_mut().enumerate().for_each(|(id, place)| place["id"] = id.into());
    let stacks: Vec<Value> = sides.iter().map(stack).filter(|stack| stack["frames"] != json!([])).collect();
    let mut result = json!({
        "ruleId": race.kind.name(),
        "ruleIndex": Kind::ALL.iter().position(|kind| *kind == race.kind),
        "level": "error",
        "message": {"text": message(findings, race, &sides)},
        "locations": places.iter().take(1).collect::<Vec<_>>(),
        "relatedLocations": places.iter().skip(1).collect::<Vec<_>>(),
        "stacks": stacks,
        "occurrenceCount": race.count,
        "partialFingerprints": {"raceId/v1": race.id},
        "properties": {
            "id": race.id, "tests": race.tests(), "targets": race.labels(), "platforms": race.platforms(),
            "command": findings.command(race),
        },
    });
    if findings.baseline.is_some() {
        let accepted = findings.accepted(race);
        result["baselineState"] = if accepted.is_some() { "unchanged" } else { "new" }.into();
        let suppressions =
            accepted.map(|a| json!({"kind": "external", "justification": format!("{} ({})", a.reason, a.owner)}));
        result["suppressions"] = suppressions.into_iter().collect();
    }
    result
}

fn message(findings: &Findings<'_>, race: &Race, sides: &[Side<'_>]) -> String {
    let what = match race.kind {
        Kind::DataRace => format!("data race: {}", actions(sides)),
        _ => race.report().title.trim_start_matches("WARNING: ").to_owned(),
    };
    let other =
        sides.get(1).and_then(Side::chief).map(|frame| format!("; the other side is {}:{}", frame.path, frame.line));
    let again = findings.command(race).map(|command| format!(". Again: {command}")).unwrap_or_default();
    format!("{what}{} ({}, {}){again}", other.unwrap_or_default(), race.id, counted(race.count, "report"))
}

fn stack(side: &Side<'_>) -> Value {
    let frames: Vec<Value> = side.frames.iter().map(|frame| json!({"location": location(frame, None)})).collect();
    let by = side.actor.map(|actor| format!(" by {actor}")).unwrap_or_default();
    json!({"message": {"text": format!("{}{by}", side.action)}, "frames": frames})
}

fn location(frame: &Shown<'_>, message: Option<&str>) -> Value {
    let mut value = json!({"logicalLocations": [{"fullyQualifiedName": frame.function, "kind": "function"}]});
    if !frame.path.is_empty() {
        let mut artifact = json!({"uri": uri(&frame.path)});
        if frame.here {
            artifact["uriBaseId"] = "WORKSPACE".into();
        }
        value["physicalLocation"] = json!({"artifactLocation": artifact});
        if frame.line > 0 {
            value["physicalLocation"]["region"] = json!({"startLine": frame.line});
        }
    }
    if let Some(message) = message {
        value["message"] = json!({"text": message});
    }
    value
}

/// A path as a URI reference (RFC 3986): what is no unreserved character is escaped.
fn uri(path: &str) -> String {
    let mut uri = if path.starts_with('/') { "file://".to_owned() } else { String::new() };
    for byte in path.bytes() {
        match byte.is_ascii_alphanumeric() || b"-._~/+@".contains(&byte) {
            true => uri.push(char::from(byte)),
            false => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}
