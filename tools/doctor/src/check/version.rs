//! Versions, and which of them this module was run with.

use std::collections::BTreeMap;

use serde_json::Value;

use super::ARCHS;
use crate::ask::names::MODULE;
use crate::examine::Patient;
use crate::report::Finding;
use crate::report::Status::{NotMade, Ok, Warning};

/// What this module was run with: major and minor version, from and to.
struct Range {
    name: &'static str,
    first: (u32, u32),
    last: (u32, u32),
}

const BAZEL: Range = Range { name: "Bazel", first: (7, 7), last: (7, 7) };
const RULES_GO: Range = Range { name: "rules_go", first: (0, 63), last: (0, 65) };
const GO: Range = Range { name: "Go", first: (1, 25), last: (1, 27) };

/// Judges them.
pub fn check(patient: &Patient) -> Vec<Finding> {
    let bazel = &patient.request.bazel;
    let said = bazel.run(["--version"]).map(|answer| answer.stdout).unwrap_or_default();
    let mut findings = vec![judge("version.bazel", &BAZEL, said.trim().strip_prefix("bazel "))];
    let graph = bazel.run(["mod", "graph", "--output=json"]).map(|answer| answer.stdout).unwrap_or_default();
    let modules = modules(&graph);
    findings.push(judge("version.rules_go", &RULES_GO, modules.get("rules_go").map(String::as_str)));
    let versions = ARCHS.map(|arch| patient.resolved.fact(&patient.names, &format!("go_{arch}"), "version"));
    findings.push(judge("version.go", &GO, versions.into_iter().flatten().next()));
    for name in ["rules_rust", MODULE] {
        let version = modules.get(name).filter(|version| !version.is_empty());
        let status = if version.is_some() { Ok } else { NotMade };
        let version = version.map_or("not known", String::as_str);
        findings.push(
            Finding::new(format!("version.{name}"), status, format!("{name} {version}")).fact("version", version),
        );
    }
    findings
}

fn judge(id: &str, range: &Range, version: Option<&str>) -> Finding {
    let Range { name, first, last } = range;
    let run = format!("this module was run with {}.{} to {}.{}", first.0, first.1, last.0, last.1);
    let Some((version, number)) = version.and_then(|version| Some((version, number(version)?))) else {
        return Finding::new(id, NotMade, format!("{name}: the version is not known"))
            .why("an override has no version, and an SDK that is not fetched does not say its own");
    };
    let finding = |status| Finding::new(id, status, format!("{name} {version}")).fact("version", version);
    if (*first..=*last).contains(&number) {
        finding(Ok)
    } else {
        finding(Warning).why(run).next("take one of these, or run your tests under race and see")
    }
}

/// Major and minor version.
fn number(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split(['.', '-', ' ']);
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The versions of all modules in `bazel mod graph --output=json`; empty for an overridden one.
fn modules(graph: &str) -> BTreeMap<String, String> {
    let mut versions = BTreeMap::new();
    let mut open = vec![serde_json::from_str::<Value>(graph).unwrap_or_default()];
    while let Some(node) = open.pop() {
        if let (Some(name), Some(version)) = (node["name"].as_str(), node["version"].as_str()) {
            versions.insert(name.to_owned(), version.to_owned());
        }
        for children in ["dependencies", "indirectDependencies"] {
            open.extend(node[children].as_array().cloned().unwrap_or_default());
        }
    }
    versions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_outside_of_what_was_run_are_warnings_and_unknown_ones_never_ok() {
        assert_eq!(judge("v", &BAZEL, Some("7.7.1")).status, Ok);
        assert_eq!(judge("v", &BAZEL, Some("8.0.0")).status, Warning);
        assert_eq!(judge("v", &BAZEL, Some("7.6.9")).status, Warning);
        assert_eq!(judge("v", &RULES_GO, Some("0.65.0-rc1")).status, Ok);
        assert_eq!(judge("v", &RULES_GO, Some("")).status, NotMade);
        assert_eq!(judge("v", &GO, None).status, NotMade);
    }

    #[test]
    fn modules_are_found_at_any_depth() {
        let graph = r#"{"name":"own","version":"","dependencies":[{"name":"toolchains_go_race","version":"0.1.0",
            "dependencies":[{"name":"rules_rust","version":"0.54.1"}]}]}"#;
        let modules = modules(graph);
        assert_eq!((modules["toolchains_go_race"].as_str(), modules["rules_rust"].as_str()), ("0.1.0", "0.54.1"));
    }
}
