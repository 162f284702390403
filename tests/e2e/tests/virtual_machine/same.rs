//! A test finds in the machine what it finds here, and does the same.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use e2e::{Output, RACE, Workspace};

use super::{ARM64_RACE, workspace};

const TEST: &str = "//same:same_test";

/// What came of the test.
struct Outcome {
    bazel: Output,
    log: String,
    xml: String,
    /// Its undeclared outputs, by their names.
    outputs: BTreeMap<String, String>,
}

fn outcome(workspace: &Workspace, option: &str) -> Outcome {
    let options = ["--test_env=GO_TEST_WRAP_TESTV=1", "--nozip_undeclared_test_outputs"];
    let bazel = workspace
        .bazel()
        .env("GO_RACE_VM_INHERITED", "from the shell")
        .run(["test", option, TEST].into_iter().chain(options))
        .succeeds();
    let folder = workspace.path("bazel-testlogs/same/same_test");
    let read = |path: &std::path::Path| {
        std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}: {bazel}", path.display()))
    };
    let entries = std::fs::read_dir(folder.join("test.outputs")).expect("outputs");
    let outputs = entries
        .map(|entry| entry.expect("an output").path())
        .map(|path| (path.file_name().expect("a name").to_string_lossy().into_owned(), read(&path)))
        .collect();
    let (log, xml) = (workspace.test_log("same/same_test", &bazel), read(&folder.join("test.xml")));
    Outcome { log, xml, outputs, bazel }
}

/// Here, and in the machine.
fn outcomes() -> &'static [Outcome; 2] {
    static OUTCOMES: OnceLock<[Outcome; 2]> = OnceLock::new();
    OUTCOMES.get_or_init(|| {
        let workspace = workspace();
        [RACE, ARM64_RACE].map(|option| outcome(&workspace, option))
    })
}

#[test]
fn a_test_sees_the_same_arguments_environment_user_folders_and_files() {
    let [here, there] = outcomes();
    let seen =
        |outcome: &Outcome| outcome.outputs.get("seen.json").cloned().unwrap_or_else(|| panic!("{}", outcome.bazel));
    assert_eq!(seen(there), seen(here));
    for part in ["two words", "good day = ", "from the shell", "given\\n", "made\\n"] {
        assert!(seen(there).contains(part), "no {part:?} in {}", seen(there));
    }
}

#[test]
fn it_runs_on_arm64_at_the_same_time() {
    let machine = |outcome: &Outcome| -> (String, u64) {
        let words: Vec<&str> = outcome.outputs["machine.txt"].split_whitespace().collect();
        (words[0].to_owned(), words[1].parse().expect("seconds"))
    };
    let [(here, before), (there, after)] = outcomes().each_ref().map(machine);
    assert_eq!((&*here, &*there), ("amd64", "arm64"));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("the time").as_secs();
    assert!(before <= after && after <= now, "{before}, then {after}, and now it is {now}");
}

/// All but the order of messages of several goroutines, and the times.
#[test]
fn it_writes_the_same_in_the_same_order() {
    for Outcome { log, bazel, .. } in outcomes() {
        let lines: Vec<&str> = log.lines().filter(|line| line.starts_with("line ")).collect();
        // rules_go's wrapper reads both streams by itself: each keeps its order.
        for parity in [0, 1] {
            let numbers: Vec<usize> = lines
                .iter()
                .filter_map(|line| line.strip_prefix("line ")?.parse().ok())
                .filter(|number| number % 2 == parity)
                .collect();
            assert_eq!(numbers, (0..200).filter(|number| number % 2 == parity).collect::<Vec<_>>(), "{bazel}");
        }
        assert!(log.contains(&"x".repeat(1 << 20)), "a long line is not whole: {bazel}");
    }
}

#[test]
fn its_xml_names_the_same_tests() {
    let names = |outcome: &Outcome| {
        let words = outcome.xml.split("<testcase ").skip(1);
        let names: Vec<String> =
            words.filter_map(|word| Some(word.split("name=\"").nth(1)?.split('"').next()?.to_owned())).collect();
        assert!(names.len() >= 5, "{}", outcome.xml);
        names
    };
    let [here, there] = outcomes();
    assert_eq!(names(there), names(here));
}

#[test]
fn shards_run_beside_each_other_on_the_same_port() {
    let workspace = workspace();
    let options = ["test", ARM64_RACE, "//shards:shards_test", "--local_test_jobs=3", "--test_arg=-test.v"];
    let bazel = workspace.bazel().run(options).succeeds();
    let mut tests = Vec::new();
    for shard in 1..=3 {
        let log = workspace.test_log(&format!("shards/shards_test/shard_{shard}_of_3"), &bazel);
        let passed: Vec<&str> = log.lines().filter_map(|line| line.strip_prefix("--- PASS: ")).collect();
        let [test] = passed[..] else { panic!("one test for each shard: {log}") };
        assert!(log.contains(&format!("shard {} of 3", shard - 1)), "{log}");
        tests.push(test.split(' ').next().expect("a name").to_owned());
    }
    tests.sort();
    assert_eq!(tests, ["TestOne", "TestThree", "TestTwo"]);
}

#[test]
fn a_filter_and_arguments_reach_the_test() {
    let workspace = workspace();
    let options = ["--test_filter=TestTwo", "--test_arg=-test.v", "--test_sharding_strategy=disabled"];
    let bazel =
        workspace.bazel().run(["test", ARM64_RACE, "//shards:shards_test"].into_iter().chain(options)).succeeds();
    let log = workspace.test_log("shards/shards_test", &bazel);
    assert!(log.contains("--- PASS: TestTwo") && !log.contains("TestOne"), "{log}");
}
