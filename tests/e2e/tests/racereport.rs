//! racereport on real races: twenty that were planted, each of which is listed once, and nothing else.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::MutexGuard;

use e2e::{Output, RACE, Shared, Workspace};
use serde_json::Value;

/// The workspace with the planted races, whose tests have run; their build events are in `events.json`.
pub fn tested() -> MutexGuard<'static, Workspace> {
    static RACES: Shared = Shared::new();
    RACES.hold(|| {
        let workspace = Workspace::of_fixture("races", "races");
        let events = format!("--build_event_json_file={}", workspace.path("events.json").display());
        let words = ["test", "--keep_going", RACE, "//...", &events];
        assert_eq!(workspace.bazel().run(words).code, Some(3), "tests are to fail");
        workspace
    })
}

/// Runs racereport as a user does.
pub fn racereport(workspace: &Workspace, args: &[&str]) -> Output {
    let program = ["run", "--ui_event_filters=-info", "--noshow_progress", "@toolchains_go_race//:racereport", "--"];
    workspace.bazel().run(program.into_iter().chain(args.iter().copied()))
}

/// The lines of the workspace that have a planted race, `file:line`, with the race's name.
fn planted(folder: &Path, root: &Path, lines: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() && !path.is_symlink() {
            planted(&path, root, lines);
        } else if path.extension().is_some_and(|extension| extension == "go") {
            let file = path.strip_prefix(root).expect("a file below").display().to_string();
            for (index, line) in std::fs::read_to_string(&path).expect("a source").lines().enumerate() {
                if let Some((_, race)) = line.split_once("// race: ") {
                    lines.insert(format!("{file}:{}", index + 1), race.to_owned());
                }
            }
        }
    }
}

#[test]
fn every_planted_race_is_listed_once_and_nothing_else() {
    let workspace = tested();
    let mut lines = BTreeMap::new();
    planted(&workspace.path(""), &workspace.path(""), &mut lines);
    let events = workspace.path("events.json");
    for logs in [None, events.to_str()] {
        let args: Vec<&str> = ["--format=json"].into_iter().chain(logs).collect();
        let output = racereport(&workspace, &args);
        assert_eq!(output.code, Some(1), "{output}");
        let report: Value = serde_json::from_str(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output}"));
        let mut found: BTreeMap<&str, u32> = lines.values().map(|race| (race.as_str(), 0)).collect();
        assert_eq!(found.len(), 20, "twenty races are planted");
        for race in report["races"].as_array().expect("races") {
            let stacks = race["stacks"].as_array().into_iter().flatten();
            let frames =
                stacks.flat_map(|stack| [&stack["frames"], &stack["made_at"]]).filter_map(Value::as_array).flatten();
            let mut names: Vec<&String> = frames
                .filter_map(|frame| lines.get(&format!("{}:{}", frame["file"].as_str()?, frame["line"])))
                .collect();
            names.sort();
            names.dedup();
            let [name] = names[..] else { panic!("{names:?} are planted where this was found: {race:#}") };
            *found.get_mut(name.as_str()).expect("a planted race") += 1;
            assert!(race["command"].as_str().is_some_and(|command| command.contains(RACE)), "{race:#}");
        }
        assert!(found.values().all(|&times| times == 1), "not each once: {found:?}");
    }
}

#[test]
fn a_baseline_of_all_races_is_exit_code_0() {
    let workspace = Workspace::of_fixture("races", "races_accepted");
    let words = ["test", "--keep_going", RACE, "//ledger/..."];
    assert_eq!(workspace.bazel().run(words).code, Some(3), "tests are to fail");
    let report: Value = serde_json::from_str(&racereport(&workspace, &["--format=json"]).stdout).expect("JSON");
    let [race] = &report["races"].as_array().expect("races")[..] else { panic!("one race: {report:#}") };
    assert_eq!(race["seen"].as_array().map(Vec::len), Some(12), "twelve tests met it: {race:#}");
    let accepted =
        serde_json::json!({"version": 1, "accepted": [{"id": race["id"], "reason": "a test", "owner": "e2e"}]});
    workspace.file("baseline.json", &accepted.to_string());
    let baseline = format!("--baseline={}", workspace.path("baseline.json").display());
    racereport(&workspace, &[&baseline]).succeeds().says("0 new, 1 accepted");
}
