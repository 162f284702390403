//! The matrix of execution and target architectures and C libraries; Go's SDKs; the tools.

use super::{ARCHS, CC_TYPE, GO_TYPE, TOOLS_TYPE};
use crate::ask::label::repository;
use crate::ask::names::mappings;
use crate::ask::repository::Repository;
use crate::examine::Patient;
use crate::report::Finding;
use crate::report::Status::{Error, NotMade, Ok, Warning};

/// Judges them.
pub fn check(patient: &Patient) -> Vec<Finding> {
    let mut findings = Vec::new();
    for exec in ARCHS {
        findings.extend(ARCHS.map(|target| pair(patient, exec, target)));
    }
    let sdks = sdks(patient);
    findings.extend(ARCHS.map(|arch| go(patient, arch, &sdks)));
    findings.extend(ARCHS.map(|arch| tools(patient, arch)));
    findings.extend(boot(patient));
    findings
}

/// What a pair gets with one C library.
enum Pair {
    Ours,
    Other(String),
    NoExec,
    Unknown,
}

fn pair(patient: &Patient, exec: &str, target: &str) -> Finding {
    let got = ["musl", "glibc"].map(|libc| {
        let platform = format!("pair_{exec}_{target}_{libc}");
        // Ours first, where they are not: whether others win is another check's.
        let resolved = patient.healed.as_ref().unwrap_or(&patient.resolved);
        let pair = match resolved.resolution(&patient.names, CC_TYPE, Some(&platform)) {
            None => Pair::Unknown,
            Some(resolution) => match resolved.selection(resolution) {
                None => Pair::NoExec,
                Some(selection) if repository(&selection.toolchain) == patient.names.ours => Pair::Ours,
                Some(selection) => Pair::Other(selection.toolchain.clone()),
            },
        };
        (libc, pair)
    });
    let words = got.each_ref().map(|(libc, pair)| match pair {
        Pair::Ours => format!("{libc}: ours"),
        Pair::Other(label) => format!("{libc}: {label}"),
        Pair::NoExec => format!("{libc}: declared"),
        Pair::Unknown => format!("{libc}: not known"),
    });
    let any = |test: fn(&Pair) -> bool| got.iter().any(|(_, pair)| test(pair));
    let status = if any(|pair| matches!(pair, Pair::Unknown)) {
        NotMade
    } else if any(|pair| matches!(pair, Pair::Other(_))) {
        Warning
    } else {
        Ok
    };
    let resolves = any(|pair| matches!(pair, Pair::Ours));
    let finding =
        Finding::new(format!("pair.{exec}_to_{target}"), status, format!("{exec} to {target}: {}", words.join(", ")))
            .fact("resolves", resolves);
    if any(|pair| matches!(pair, Pair::NoExec)) {
        finding.why(format!("no execution platform of this workspace is Linux on {exec}"))
    } else {
        finding
    }
}

/// The registered Go SDKs: version and the architecture that they run on (empty: this machine's).
fn sdks(patient: &Patient) -> Vec<(String, String)> {
    let bazel = &patient.request.bazel;
    let hub = || {
        let rules_go = patient.names.own.get("rules_go")?;
        let names = mappings(&bazel.run(["mod", "dump_repo_mapping", rules_go]).ok()?.stdout).ok()?;
        let hub = names.first()?.get("go_toolchains")?.clone();
        Repository::read(&bazel.run(["mod", "show_repo", &format!("@@{hub}")]).ok()?.stdout).pop()
    };
    let Some(hub) = hub() else { return Vec::new() };
    let (versions, systems, archs) = (hub.strings("sdk_versions"), hub.strings("geese"), hub.strings("goarchs"));
    let sdks = versions.iter().zip(systems).zip(archs).filter(|((_, system), _)| ["", "linux"].contains(system));
    sdks.map(|((version, _), arch)| ((*version).to_owned(), arch.to_owned())).collect()
}

fn go(patient: &Patient, arch: &str, sdks: &[(String, String)]) -> Finding {
    let id = format!("pair.go_{arch}");
    let (names, resolved) = (&patient.names, &patient.resolved);
    let Some(resolution) = resolved.resolution(names, GO_TYPE, Some(&format!("linux_{arch}_cgo"))) else {
        return Finding::new(id, NotMade, format!("Go for linux_{arch}: Bazel did not say what it resolves"));
    };
    let Some(selection) = resolved.selection(resolution) else {
        return Finding::new(id, Error, format!("Go for linux_{arch}: no SDK")).next(
            "name one in MODULE.bazel: go_sdk.download(version = \"…\"), or go_sdk.from_file(go_mod = \"//:go.mod\")",
        );
    };
    let version = resolved.fact(names, &format!("go_{arch}"), "version");
    let all: Vec<String> = sdks
        .iter()
        .map(
            |(version, arch)| {
                if arch.is_empty() { version.clone() } else { format!("{version} (for {arch} machines)") }
            },
        )
        .collect();
    let finding =
        Finding::new(id, Ok, format!("Go for linux_{arch}: {}", version.unwrap_or("an SDK that is not fetched yet")))
            .fact("version", version)
            .fact("toolchain", selection.toolchain.clone())
            .why(format!("selected: {}", selection.toolchain));
    if all.is_empty() { finding } else { finding.why(format!("registered SDKs that run on Linux: {}", all.join(", "))) }
}

fn tools(patient: &Patient, arch: &str) -> Finding {
    let id = format!("pair.tools_{arch}");
    let what = format!("tools for actions on {arch}");
    let resolved = &patient.resolved;
    let Some(resolution) = resolved.resolution(&patient.names, TOOLS_TYPE, Some(&format!("tools_platform_{arch}")))
    else {
        return Finding::new(id, NotMade, format!("{what}: Bazel did not say what it resolves"));
    };
    let Some(selection) = resolved.selection(resolution) else {
        return Finding::new(id, Error, format!("{what}: none"))
            .next("register some for this platform: docs/toolchain_type.md");
    };
    let source = patient.names.is(&selection.toolchain, "//tools:source");
    let how = if source { "built from source".to_owned() } else { format!("prebuilt, {}", selection.toolchain) };
    Finding::new(id, Ok, format!("{what}: {how}"))
        .fact("toolchain", selection.toolchain.clone())
        .fact("from_source", source)
}

/// Whether a build of the tools from source has what it links with.
fn boot(patient: &Patient) -> Option<Finding> {
    let from_source = ARCHS.iter().any(|arch| {
        let platform = format!("tools_platform_{arch}");
        let resolution = patient.resolved.resolution(&patient.names, TOOLS_TYPE, Some(&platform));
        let selection = resolution.and_then(|resolution| patient.resolved.selection(resolution));
        selection.is_some_and(|selection| patient.names.is(&selection.toolchain, "//tools:source"))
    });
    if !from_source {
        return None;
    }
    let linker = format!("@@{}//:linker", patient.names.own.get("go_race_boot")?);
    let finding = |status, summary: &str| Finding::new("pair.boot", status, summary);
    Some(match patient.request.bazel.run(["query", "--output=label_kind", &linker]) {
        Result::Ok(answer) if answer.stdout.contains("missing_boot_files rule") => {
            finding(Error, "@go_race_boot is the stand-in: the tools cannot be built from source")
                .next("use a release (docs/release.md), register tools of your own (docs/toolchain_type.md), or provide @go_race_boot (docs/bootstrap.md)")
        }
        Result::Ok(_) => finding(Ok, "@go_race_boot, what the tools are linked with: provided"),
        Err(error) => {
            finding(NotMade, "@go_race_boot, what the tools are linked with: not known").why(error.to_string())
        }
    })
}
