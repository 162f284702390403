//! The tools link without a C compiler. (On a host that has none, `hermetic.rs` builds them.)

use e2e::Binary;

use crate::c_rules;

/// The host's compiler, registered before ours, links what it is asked for; the tools are linked as ever.
#[test]
fn the_tools_link_without_a_c_compiler_where_the_hosts_is_registered_first() {
    let workspace = c_rules::rules_cc_first();
    workspace.bazel().run(["aquery", "mnemonic(CppLink, //:hello)"]).succeeds().says("/usr/bin/gcc");
    let links = "mnemonic(Rustc, deps(@toolchains_go_race//tools:cc))";
    workspace.bazel().run(["aquery", links]).succeeds().says("--codegen=linker=").does_not_say("linker=/usr/bin/gcc");
}

#[test]
fn the_tools_build_for_arm64() {
    let workspace = c_rules::workspace();
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
