//! The report for programs. docs/leakcheck.md has the schema.

use serde_json::{Value, json as value};

use super::Report;
use crate::binary::Binary;
use crate::leak::Leaks;

/// The version of the schema: it changes when a field goes or changes its meaning, not when one is added.
const VERSION: u32 = 1;

/// The report as JSON.
pub fn json(report: &Report) -> Value {
    let allowed = report
        .allowed
        .iter()
        .map(|((reason, origin), leaks)| value!({"reason": reason, "origin": origin, "leaks": listed(leaks)}));
    value!({
        "version": VERSION,
        "summary": report.summary(),
        "checked": {"actions": report.actions, "inputs": report.inputs, "binaries": report.binaries.len()},
        "leaks": listed(&report.leaks),
        "allowed": allowed.collect::<Vec<_>>(),
        "unused_allow_entries": report.unused,
        "binaries": report.binaries.iter().map(|(name, binary)| described(name, binary)).collect::<Vec<_>>(),
        "notes": report.notes,
    })
}

fn listed(leaks: &Leaks) -> Vec<Value> {
    let one = leaks.iter().map(|(leak, sources)| {
        let sources = sources.iter().map(|source| value!({"target": source.target, "mnemonic": source.mnemonic}));
        value!({"kind": leak.kind.name(), "value": leak.value, "place": leak.place, "sources": sources.collect::<Vec<_>>()})
    });
    one.collect()
}

fn described(name: &str, binary: &Binary) -> Value {
    value!({
        "name": name,
        "arch": binary.arch,
        "interpreter": binary.interpreter,
        "needed": binary.needed,
        "run_paths": binary.run_paths,
        "versions": binary.versions,
        "undefined": binary.undefined,
        "go": binary.go,
        "race": binary.race,
        "race_of": binary.race_of,
        "runtime_constants": binary.constants,
    })
}
