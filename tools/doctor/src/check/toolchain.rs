//! Which C++ toolchain each Go race platform gets, whose it is, and why.

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;

use super::module_file::ModuleFile;
use super::{ARCHS, CC_TYPE};
use crate::ask::debug::Resolution;
use crate::ask::label::{Owner, module, repository};
use crate::ask::names::MODULE;
use crate::examine::{Patient, Resolved};
use crate::report::Finding;
use crate::report::Status::{Error, NotMade, Ok, Warning};

/// What is examined: a name, our target that needs the toolchain, and our platform (none: the command line's).
fn subjects(patient: &Patient) -> Vec<(String, String, Option<String>)> {
    let go = |arch: &str| {
        let platform = format!("linux_{arch}_cgo");
        (platform.trim_end_matches("_cgo").to_owned(), format!("cc_{arch}"), Some(platform))
    };
    let mut subjects: Vec<_> = ARCHS.into_iter().map(go).collect();
    if patient.options.value("platforms").is_some() {
        subjects.push(("command_line".into(), "cc_default".into(), None));
    }
    subjects
}

/// Whether every subject gets a toolchain of ours.
pub fn ours_win(patient: &Patient) -> bool {
    subjects(patient).iter().all(|(_, target, platform)| {
        winner(patient, &patient.resolved, target, platform.as_deref()).is_some_and(|(owner, _)| owner == Owner::Ours)
    })
}

fn winner(patient: &Patient, resolved: &Resolved, target: &str, platform: Option<&str>) -> Option<(Owner, String)> {
    let selection = resolved.selection(resolved.resolution(&patient.names, CC_TYPE, platform)?)?;
    let compiler = resolved.fact(&patient.names, target, "compiler");
    Some((Owner::of(&selection.toolchain, &patient.names.ours, compiler), selection.toolchain.clone()))
}

/// The labels of our toolchains that this workspace gets, or would get if they came first.
pub fn ours(patient: &Patient) -> BTreeSet<String> {
    let resolved = patient.healed.as_ref().unwrap_or(&patient.resolved);
    let winners = subjects(patient).into_iter();
    let winners = winners.filter_map(|(_, target, platform)| winner(patient, resolved, &target, platform.as_deref()));
    winners.filter(|(owner, _)| *owner == Owner::Ours).map(|(_, label)| label).collect()
}

/// Judges them.
pub fn check(patient: &Patient) -> Vec<Finding> {
    let mut findings = Vec::new();
    if patient
        .options
        .value("incompatible_enable_cc_toolchain_resolution")
        .is_some_and(|value| value == "0" || value == "false")
    {
        findings.push(
            Finding::new(
                "toolchain.resolution",
                Error,
                "Bazel does not resolve C++ toolchains: registrations do not count",
            )
            .why("--noincompatible_enable_cc_toolchain_resolution is set")
            .next("take the flag away"),
        );
    }
    findings.extend(
        subjects(patient).iter().map(|(name, target, platform)| judge(patient, name, target, platform.as_deref())),
    );
    findings
}

fn judge(patient: &Patient, name: &str, target: &str, platform: Option<&str>) -> Finding {
    let id = format!("toolchain.{name}");
    let resolved = &patient.resolved;
    let Some(resolution) = resolved.resolution(&patient.names, CC_TYPE, platform) else {
        return Finding::new(id, NotMade, format!("{name}: Bazel did not say what it resolves"))
            .next("run `bazel build` of a target for this platform, and call this again, or with --fetch");
    };
    let Some(selection) = resolved.selection(resolution) else {
        return nothing(id, name, resolution).fact("owner", Value::Null);
    };
    let fact = |name| resolved.fact(&patient.names, target, name);
    let compiler = fact("compiler");
    let owner = Owner::of(&selection.toolchain, &patient.names.ours, compiler);
    let (status, whose) = match &owner {
        Owner::Ours => (Ok, format!("ours{}", fact("libc").map(|libc| format!(" ({libc})")).unwrap_or_default())),
        Owner::Host => {
            (Warning, format!("the host's compiler{}", compiler.map(|path| format!(", {path}")).unwrap_or_default()))
        }
        Owner::Root => (Warning, "the root module's own toolchain".to_owned()),
        Owner::Module(module) => (Warning, format!("a toolchain of the module {module}")),
    };
    let mut finding = Finding::new(id, status, format!("{name}: {whose}, on {}", selection.exec))
        .fact("owner", owner.kind())
        .fact("toolchain", selection.toolchain.clone())
        .fact("execution_platform", selection.exec.clone())
        .fact("compiler", compiler)
        .why(format!("selected: {}", selection.toolchain));
    for (label, reason) in passed_over(patient, resolution) {
        finding = finding.why(format!("passed over: {label}; {reason}"));
    }
    if owner == Owner::Ours {
        return finding.why("of the registered toolchains, it is the first that fits");
    }
    remedy(patient, finding, &selection.toolchain, target, platform)
}

/// What others registered before, and does not fit. Our own are rejected for want of the right pair all the time.
fn passed_over<'a>(patient: &Patient, resolution: &'a Resolution) -> impl Iterator<Item = (&'a str, &'a str)> {
    let ours = patient.names.ours.clone();
    let rejected =
        resolution.looked_at.iter().filter_map(|seen| Some((seen.toolchain.as_str(), seen.rejected.as_deref()?)));
    rejected.filter(move |(label, _)| repository(label) != ours)
}

fn nothing(id: String, name: &str, resolution: &Resolution) -> Finding {
    let mut finding = Finding::new(id, Error, format!("{name}: no C++ toolchain"));
    for seen in &resolution.looked_at {
        let reason = seen.rejected.as_deref().unwrap_or("fits, but runs on none of the execution platforms");
        finding = finding.why(format!("{}: {reason}", seen.toolchain));
    }
    finding.next("give the build an execution platform with Linux on amd64 or arm64 (--extra_execution_platforms)")
}

/// Why another toolchain than ours is taken, and the line that mends it.
fn remedy(patient: &Patient, finding: Finding, winner: &str, target: &str, platform: Option<&str>) -> Finding {
    let flags: Vec<_> =
        patient.options.values("extra_toolchains").filter(|value| names_toolchain(patient, value, winner)).collect();
    if !flags.is_empty() {
        return finding
            .why("it is named by a flag, and flags come before everything that a MODULE.bazel registers")
            .next(format!("take --extra_toolchains={} away from the command line or the bazelrc", flags.join(",")));
    }
    let text = fs::read_to_string(patient.request.bazel.workspace().join("MODULE.bazel")).unwrap_or_default();
    let file = ModuleFile::read(&text);
    let other = file.other_registration(&patient.names.apparent);
    let owner = module(repository(winner));
    let why = match (owner, owner.and_then(|name| file.dep(name)), file.dep(MODULE)) {
        (None, ..) => format!(
            "the root module registers it{}; the root module's come before those of its dependencies",
            at(other)
        ),
        (Some(name), Some(line), Some(ours)) if line < ours => format!(
            "registered first: MODULE.bazel:{line} has the bazel_dep on {name}, before the one on {MODULE} in line {ours}"
        ),
        (Some(_), ..) if other.is_some() => {
            format!(
                "registered first, by the root module{}; the root module's come before those of its dependencies",
                at(other)
            )
        }
        (Some(name), ..) => format!("registered first, by the module {name} or by one that uses its extension"),
    };
    let finding = finding.why(why);
    let healed = patient.healed.as_ref().and_then(|resolved| self::winner(patient, resolved, target, platform));
    let finding = match healed {
        Some((Owner::Ours, label)) => finding.why(format!("asked with ours first, Bazel takes {label}")),
        _ => return finding.why("asked with ours first, Bazel does not take ours either").next(
            "look which constraints and settings the target platform has: docs/architecture.md, Toolchain resolution",
        ),
    };
    let place = other.map(|line| format!(", above line {line}")).unwrap_or_default();
    let line = format!("register_toolchains(\"@{}//toolchain:all\")", patient.names.apparent);
    finding.fact("fix", line.clone()).next(format!("add this line to MODULE.bazel{place}:")).next(format!("    {line}"))
}

fn at(line: Option<usize>) -> String {
    line.map(|line| format!(" (MODULE.bazel:{line})")).unwrap_or_default()
}

/// Whether a value of --extra_toolchains names a toolchain with this implementation.
fn names_toolchain(patient: &Patient, value: &str, implementation: &str) -> bool {
    let query = format!("kind(\"^toolchain rule\", {})", value.split(',').collect::<Vec<_>>().join(" + "));
    let Result::Ok(answer) =
        patient.request.bazel.run(["query", "--consistent_labels", "--output=streamed_jsonproto", &query])
    else {
        return false;
    };
    let targets = answer.stdout.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let mut attributes = targets.flat_map(|target| target["rule"]["attribute"].as_array().cloned().unwrap_or_default());
    let absolute = implementation.trim_start_matches("@@");
    attributes.any(|attribute| {
        let value = attribute["stringValue"].as_str().unwrap_or_default();
        attribute["name"] == "toolchain" && value.trim_start_matches("@@") == absolute
    })
}
