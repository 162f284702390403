//! The tools link without a C compiler anywhere.

use std::path::Path;

use e2e::{Binary, Workspace};

use crate::bare;

#[test]
fn the_tools_build_on_a_host_without_c() {
    let workspace = Workspace::of_fixture("c_rules", "bootstrap");
    let host = bare::Host::new();
    let output_base = tempfile::tempdir().expect("an output base");
    let bazel = || workspace.bazel().by(&host.prefix()).fresh(output_base.path());
    let tools = ["cc", "nm", "unpack"];
    let targets = tools.map(|tool| format!("@toolchains_go_race//tools:{tool}"));
    bazel().run(["build"].into_iter().chain(targets.iter().map(String::as_str))).succeeds();
    let listed = bazel().run(["cquery", "--output=files"].into_iter().chain([&*targets.join(" + ")])).succeeds();
    let execroot = bazel().run(["info", "execution_root"]).succeeds();
    let files: Vec<&str> = listed.stdout.lines().collect();
    assert_eq!(files.len(), tools.len(), "{listed}");
    for file in files {
        Binary::read(&Path::new(execroot.stdout.trim()).join(file)).is_static();
    }
    bazel().run(["shutdown"]).succeeds();
}

/// The host's compiler, registered before ours, links what it is asked for; the tools are linked as ever.
#[test]
fn the_tools_link_without_a_c_compiler_where_the_hosts_is_registered_first() {
    let workspace = Workspace::of_fixture("c_rules", "hosts_compiler_first");
    let module = "module(name = \"c_rules\")\nbazel_dep(name = \"rules_cc\", version = \"0.0.11\")\n\
                  bazel_dep(name = \"platforms\", version = \"0.0.10\")\n\
                  bazel_dep(name = \"toolchains_go_race\", version = \"0.1.0\")\n";
    workspace.file("MODULE.bazel", module);
    workspace.bazel().run(["aquery", "mnemonic(CppLink, //:hello)"]).succeeds().says("/usr/bin/gcc");
    let links = "mnemonic(Rustc, deps(@toolchains_go_race//tools:cc))";
    workspace.bazel().run(["aquery", links]).succeeds().says("--codegen=linker=").does_not_say("linker=/usr/bin/gcc");
}

#[test]
fn the_tools_build_for_arm64() {
    let workspace = Workspace::of_fixture("c_rules", "tools_for_arm64");
    let tools = ["cc", "nm", "unpack"].map(|tool| format!("@toolchains_go_race//tools:{tool}"));
    let tools = tools.each_ref().map(String::as_str);
    let platform = ["--platforms=//:linux_arm64".to_owned()];
    workspace.bazel().run(["build", &platform[0]].into_iter().chain(tools)).succeeds();
    for path in workspace.executables(&platform, &tools) {
        let binary = Binary::read(&path);
        binary.is_static();
        assert_eq!(binary.arch, "arm64", "{}", path.display());
    }
}
