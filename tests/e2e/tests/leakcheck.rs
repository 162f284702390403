//! leakcheck finds nothing in our builds, and each leak that is planted in a workspace, with its target.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use e2e::{Output, Workspace};

use crate::stranger;

/// Runs leakcheck as a user does. It calls Bazel again, with the options that stand for the machine.
fn leakcheck(workspace: &Workspace, args: &[&str]) -> Output {
    let script = workspace.setup().cache.join("leakcheck_bazel.sh");
    let bazelrc = workspace.setup().bazelrc.display();
    let text = format!("#!/bin/sh\nexec bazel --nosystem_rc --nohome_rc --bazelrc='{bazelrc}' \"$@\"\n");
    fs::write(&script, text).expect("a script");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a script");
    let run = ["run", "@toolchains_go_race//:leakcheck", "--"];
    let bazel = workspace.bazel().env("BAZEL", script.to_str().expect("a path"));
    bazel.run(run.iter().chain(args))
}

#[test]
fn nothing_leaks_into_a_build_under_race() {
    let workspace = stranger::workspace();
    let output = leakcheck(&workspace, &["//...", "--", "--@io_bazel_rules_go//go/config:race"]);
    output.succeeds().says("Nothing leaked").says("race runtime of go1.27.0 (amd64v1)");
}

#[test]
fn each_planted_leak_is_listed_with_its_target() {
    let workspace = Workspace::of_fixture("c_rules", "leaky");
    workspace.append("MODULE.bazel", "host = use_repo_rule(\"//:host.bzl\", \"host\")\nhost(name = \"host\")\n");
    workspace.file(
        "host.bzl",
        "def _host(ctx):\n    ctx.symlink(\"/etc/passwd\", \"passwd\")\n    \
         ctx.file(\"BUILD.bazel\", \"exports_files([\\\"passwd\\\"])\")\n\nhost = repository_rule(_host)\n",
    );
    workspace.append(
        "BUILD.bazel",
        "cc_binary(name = \"copt\", srcs = [\"hello.c\"], copts = [\"-DPREFIX=/opt/host\"], deps = [\":sum\"])\n\
         genrule(name = \"tool\", outs = [\"tool.txt\"], cmd = \"/usr/bin/sort /dev/null >$@\")\n\
         genrule(name = \"linked\", srcs = [\"@host//:passwd\"], outs = [\"linked.txt\"], cmd = \"wc $< >$@\")\n",
    );
    let targets = ["--format=json", "//:copt", "//:tool", "//:linked", "--", "--action_env=PLANTED=/opt/planted"];
    let output = leakcheck(&workspace, &targets);
    assert_eq!(output.code, Some(1), "{output}");
    let report: serde_json::Value = serde_json::from_str(&output.stdout).expect("JSON");
    for (kind, value, target) in [
        ("argument", "/opt/host", "//:copt"),
        ("argument", "/usr/bin/sort", "//:tool"),
        ("tool", "/bin/bash", "//:tool"),
        ("input", "host/passwd", "//:linked"),
        ("environment", "/opt/planted", "//:copt"),
    ] {
        let found = report["leaks"].as_array().expect("leaks").iter().any(|leak| {
            leak["kind"] == kind
                && leak["value"].as_str().is_some_and(|found| found.ends_with(value))
                && leak["sources"].as_array().expect("sources").iter().any(|source| source["target"] == target)
        });
        assert!(found, "no {kind} {value} of {target} in {output}");
    }
}
