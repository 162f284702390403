//! How strong the sandbox is that Bazel has here: found by an action that reports what it sees.

use std::fs;
use std::path::Path;

use diagnostic::Result;

use crate::ask::names::Names;
use crate::ask::spawn::runner;
use crate::examine::{Request, scratch};
use crate::report::Finding;
use crate::report::Status::{NotMade, Ok, Warning};

const TARGET: &str = "//tools/doctor/sandbox:report";
const MNEMONIC: &str = "RaceProbe";

/// Takes Bazel's strongest sandbox for the probe alone: everything else was built before.
const HERMETIC: [&str; 2] = ["--strategy=RaceProbe=linux-sandbox", "--experimental_use_hermetic_linux_sandbox"];

/// What an action saw, and what ran it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    runner: String,
    sees: Vec<String>,
    interfaces: Vec<String>,
    uid: String,
}

impl Sight {
    /// Reads the probe's lines (probe/probe.rs).
    pub fn read(runner: &str, report: &str) -> Self {
        let mut sight = Self { runner: runner.to_owned(), ..Self::default() };
        for (name, value) in report.lines().filter_map(|line| line.split_once(' ')) {
            match name {
                "sees" => sight.sees.push(value.to_owned()),
                "interface" if value != "lo" => sight.interfaces.push(value.to_owned()),
                "uid" => value.clone_into(&mut sight.uid),
                _ => {}
            }
        }
        sight
    }

    fn is_remote(&self) -> bool {
        self.runner.contains("remote")
    }
}

/// Judges the sandbox of this workspace's builds, and whether the strongest one works here.
pub fn check(request: &Request, names: &Names) -> Vec<Finding> {
    let usual = look(request, names, &[]);
    let hermetic = look(request, names, &HERMETIC);
    let works = hermetic.as_ref().is_ok_and(|sight| sight.sees.is_empty());
    vec![
        match usual {
            Result::Ok(sight) => judge(&sight, works),
            Err(error) => {
                Finding::new("sandbox.actions", NotMade, "what actions see is not known").why(error.to_string())
            }
        },
        judge_hermetic(hermetic),
    ]
}

/// Runs the probe anew.
fn look(request: &Request, names: &Names, more: &[&str]) -> Result<Sight> {
    let (bazel, target) = (&request.bazel, names.label(TARGET));
    let words = |command: &[&str], more: &[&str]| -> Vec<String> {
        let flags = request.flags.iter().map(String::as_str);
        command.iter().copied().chain(flags).chain(more.iter().copied()).chain([&*target]).map(str::to_owned).collect()
    };
    let listed = bazel.run(words(&["cquery", "--output=files"], &[]))?.stdout;
    let report = Path::new(&bazel.info("execution_root")?).join(listed.trim());
    // What is there is what an earlier run saw; Bazel makes anew what is missing.
    let _ = fs::remove_file(&report);
    let log = scratch("spawns.json");
    let logged = format!("--execution_log_json_file={}", log.display());
    let built = bazel.run(words(&["build", &logged, "--remote_download_outputs=toplevel"], more));
    let spawns = fs::read_to_string(&log).unwrap_or_default();
    let seen = fs::read_to_string(&report).unwrap_or_default();
    for file in [&log, &report] {
        let _ = fs::remove_file(file);
    }
    built?;
    Result::Ok(Sight::read(&runner(&spawns, MNEMONIC).unwrap_or_default(), &seen))
}

fn judge(sight: &Sight, hermetic_works: bool) -> Finding {
    let Sight { runner, sees, uid, .. } = sight;
    let strength = match runner.as_str() {
        "" => return Finding::new("sandbox.actions", NotMade, "Bazel did not say how it ran the probe").next(
            "take flags away that keep Bazel from checking its outputs, such as --noexperimental_check_output_files",
        ),
        "linux-sandbox" if sees.is_empty() => "only their inputs, nothing of the host",
        "linux-sandbox" => "only their inputs of the workspace, and the host's folders",
        "processwrapper-sandbox" => "only their inputs by relative paths, and the whole host by absolute ones",
        _ if sight.is_remote() && sees.is_empty() => "only their inputs, on a machine that has nothing else",
        _ if sight.is_remote() => "their inputs, and the worker's folders",
        _ => "the whole workspace and the whole host",
    };
    let weak = !(runner == "linux-sandbox" || sight.is_remote());
    let status = if weak { Warning } else { Ok };
    let mut finding = Finding::new("sandbox.actions", status, format!("{runner}: actions see {strength}"))
        .fact("runner", runner.clone())
        .fact("sees", sees.clone())
        .fact("interfaces", sight.interfaces.clone())
        .fact("uid", uid.clone())
        .why(format!(
            "a probe ran as an action, with uid {uid}; it saw {}",
            listed(sees, "none of the host's folders")
        ));
    if !sight.interfaces.is_empty() {
        finding = finding.why(format!("it had the network {}", listed(&sight.interfaces, "")));
    }
    if sees.is_empty() {
        return finding;
    }
    finding =
        finding.why("that nothing of the host takes part is then up to the cc driver, which refuses paths of the host");
    if hermetic_works {
        finding
            .next("to have the sandbox enforce it, for builds whose other actions need nothing of the host:")
            .next("    build --spawn_strategy=linux-sandbox --experimental_use_hermetic_linux_sandbox")
    } else if weak {
        finding.next("see below why Bazel's linux-sandbox does not work here")
    } else {
        finding
    }
}

fn judge_hermetic(sight: Result<Sight>) -> Finding {
    let id = "sandbox.hermetic";
    match sight {
        Result::Ok(sight) if sight.sees.is_empty() && !sight.runner.is_empty() => {
            Finding::new(id, Ok, "Bazel's hermetic linux-sandbox works here")
                .why("tried: the probe saw nothing of the host")
        }
        Result::Ok(sight) => Finding::new(id, NotMade, "Bazel's hermetic linux-sandbox was asked for, and not used")
            .why(format!("{} ran the probe, which saw {}", sight.runner, listed(&sight.sees, "nothing of the host"))),
        Err(error) => {
            let finding = Finding::new(id, Warning, "Bazel's linux-sandbox does not work here");
            let text = error.to_string();
            let reasons = text.lines().filter(|line| line.contains("ERROR") || line.contains("linux-sandbox:")).take(4);
            reasons.fold(finding, |finding, line| finding.why(line.trim()))
                .next("let ordinary users make user namespaces (sysctl kernel.unprivileged_userns_clone=1, and AppArmor's")
                .next("kernel.apparmor_restrict_unprivileged_userns=0); in a container, allow them and the mount of /proc")
        }
    }
}

fn listed(words: &[String], none: &str) -> String {
    if words.is_empty() { none.to_owned() } else { words.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEEN: &str = "sees /usr/bin\nsees /usr/lib\nfolder /sandbox/linux-sandbox/1/execroot/_main\nuid 1000\ninterface lo\ninterface eth0\n";

    #[test]
    fn the_probe_is_read() {
        let sight = Sight::read("linux-sandbox", SEEN);
        assert_eq!(sight.sees, ["/usr/bin", "/usr/lib"]);
        assert_eq!((sight.interfaces.as_slice(), sight.uid.as_str()), (&["eth0".to_owned()][..], "1000"));
    }

    #[test]
    fn a_weak_sandbox_is_a_warning_and_an_unknown_one_is_never_ok() {
        assert_eq!(judge(&Sight::read("linux-sandbox", SEEN), true).status, Ok);
        assert_eq!(judge(&Sight::read("remote", ""), true).status, Ok);
        assert_eq!(judge(&Sight::read("processwrapper-sandbox", SEEN), false).status, Warning);
        assert_eq!(judge(&Sight::read("local", SEEN), false).status, Warning);
        assert_eq!(judge(&Sight::read("", ""), true).status, NotMade);
    }
}
