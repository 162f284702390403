//! Races as JSON, for programs. The schema is in `docs/racereport.md`.

use serde_json::{Value, json};

use super::view::{Findings, Shown};

/// The whole document.
pub fn json(findings: &Findings<'_>) -> Value {
    let races = findings.races;
    let counts = races.counts;
    let list: Vec<Value> = races
        .list()
        .iter()
        .map(|race| {
            let sides: Vec<Value> = findings
                .sides(race)
                .iter()
                .map(|side| {
                    json!({
                        "action": side.action, "actor": side.actor, "state": side.state,
                        "at": side.chief().map(|frame| frame_json(findings, frame, true)),
                        "frames": frames(findings, &side.frames), "made_at": frames(findings, &side.made),
                    })
                })
                .collect();
            let seen: Vec<Value> = race.seen.iter().map(|(seen, times)| {
            json!({"target": seen.label, "test": seen.test, "platform": seen.platform, "reports": times.reports})
        }).collect();
            let accepted = findings.accepted(race).map(|a| json!({"reason": a.reason, "owner": a.owner}));
            json!({
                "id": race.id, "kind": race.kind.name(), "title": race.report().title, "complete": race.complete,
                "new": accepted.is_none(), "accepted": accepted, "reports": race.count, "stacks": sides, "seen": seen,
                "command": findings.command(race),
            })
        })
        .collect();
    let vanished: Vec<Value> = findings
        .baseline
        .into_iter()
        .flat_map(|baseline| {
            baseline
                .vanished(races)
                .map(|(id, a)| json!({"id": id, "reason": a.reason, "owner": a.owner}))
                .collect::<Vec<_>>()
        })
        .collect();
    json!({
        "version": 1,
        "logs": counts.logs, "bytes": counts.bytes, "reports": counts.reports, "unreadable": counts.unreadable,
        "new": findings.fresh(), "races": list, "vanished": vanished, "notes": findings.notes,
    })
}

fn frames(findings: &Findings<'_>, frames: &[Shown<'_>]) -> Value {
    frames.iter().map(|frame| frame_json(findings, frame, false)).collect()
}

fn frame_json(findings: &Findings<'_>, frame: &Shown<'_>, with_source: bool) -> Value {
    let mut value = json!({
        "function": frame.function, "file": frame.path, "line": frame.line,
        "in_workspace": frame.here, "counts": frame.essential,
    });
    if with_source {
        let lines = findings.excerpt(frame).into_iter().map(|line| json!({"line": line.number, "text": line.text}));
        value["source"] = lines.collect();
    }
    value
}
