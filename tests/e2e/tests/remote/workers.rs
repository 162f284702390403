//! The properties of an action's execution platform select its worker.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::sync::OnceLock;

use e2e::{Engine, Output};

use super::{Client, RUN, workspace};

/// Three workers on hosts of their own. The third claims to be what it is not.
const WORKERS: [&str; 3] = [
    "amd64-1,OSFamily=linux,ISA=x86-64,pool=one",
    "amd64-2,OSFamily=linux,ISA=x86-64,pool=two",
    "arm64-3,OSFamily=linux,ISA=aarch64,pool=three",
];

/// Actions that ask for workers: by their pool, and by their kind of processor.
const FILES: [(&str, &str); 3] = [
    ("say/run.bzl", RUN),
    ("say/say.sh", "#!/bin/sh\necho something >$1\n"),
    (
        "say/BUILD.bazel",
        r#"
load(":run.bzl", "run")

[
    run(
        name = "{}_{}".format(pool, number),
        exec_properties = {"inject": "shell", "pool": pool} | more,
        program = "say.sh",
        tags = ["manual"],
    )
    for pool, more in {
        "one": {},
        "two": {},
        "three": {"ISA": "aarch64"},
        "four": {},
    }.items()
    for number in [1, 2, 3]
]
"#,
    ),
];

/// What came of builds with that engine.
struct Built {
    /// Of actions for the first two pools.
    selected: Output,
    /// Of one for the third worker.
    refused: Output,
    /// Of one for a pool that no worker is in.
    nobodys: Output,
    /// By the first three pools, who has executed their actions, and how many: `NAME|COUNT`.
    who: BTreeMap<&'static str, String>,
}

fn built() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| {
        let workspace = workspace("hello_test", "workers");
        for (path, content) in FILES {
            workspace.file(path, content);
        }
        fs::set_permissions(workspace.path("say/say.sh"), fs::Permissions::from_mode(0o755)).expect("a script");
        let engine = Engine::start("engine_workers", &WORKERS);
        let client = Client::of(&engine.address(), |output_base| workspace.bazel().in_output_base(output_base));
        let build = |targets: &[&str]| client.run("build", targets).output;
        let two_pools = ["//say:one_1", "//say:one_2", "//say:one_3", "//say:two_1", "//say:two_2", "//say:two_3"];
        let selected = build(&two_pools);
        let refused = build(&["--remote_retries=1", "//say:three_1"]);
        let nobodys = build(&["//say:four_1"]);
        let ask = |pool| {
            engine.ask(&format!(
                "select worker_name, count(*) from jobs where command like '%bin/say/{pool}_%' group by worker_name"
            ))
        };
        let who = ["one", "two", "three"].map(|pool| (pool, ask(pool))).into();
        engine.stop();
        Built { selected, refused, nobodys, who }
    })
}

#[test]
fn an_action_goes_to_a_worker_that_claims_what_it_asks_for() {
    let Built { selected, who, .. } = built();
    selected.clone().succeeds();
    assert_eq!(who["one"], "amd64-1|3");
    assert_eq!(who["two"], "amd64-2|3");
}

/// The engine goes by what a worker claims; what runs actions there knows better.
#[test]
fn a_worker_that_only_claims_to_be_arm64_refuses() {
    let Built { refused, who, .. } = built();
    refused.clone().fails().says("Unsupported ISA \"aarch64\"");
    assert!(who["three"].starts_with("arm64-3|"), "{who:?}");
}

#[test]
fn an_action_that_no_worker_can_execute_is_an_error() {
    built().nobodys.clone().fails().says("Could not find property set for").says("('pool', 'four')");
}
