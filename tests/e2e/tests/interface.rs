//! The tools' toolchain type is an interface: anyone may implement it; and every exec and target pair is declared.

use std::sync::MutexGuard;

use e2e::{Output, Shared, Workspace};

/// A workspace with tools of its own, which work nowhere: what is looked at are the actions that would run.
fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| {
        let workspace = Workspace::of_fixture("c_rules", "interface");
        workspace.append("MODULE.bazel", "register_toolchains(\"//prebuilt:all\")\n");
        for tool in ["cc", "nm", "unpack"] {
            workspace.file(&format!("prebuilt/{tool}"), "#!/bin/false\n");
        }
        workspace.file(
            "prebuilt/BUILD.bazel",
            "load(\"@toolchains_go_race//tools:toolchain.bzl\", \"race_tools\")\n\
             race_tools(name = \"tools\", cc = \"cc\", nm = \"nm\", unpack = \"unpack\")\n\
             toolchain(name = \"toolchain\", toolchain = \":tools\",\n\
             toolchain_type = \"@toolchains_go_race//tools:toolchain_type\")\n",
        );
        workspace.append(
            "BUILD.bazel",
            "platform(name = \"linux_amd64\",\n\
             constraint_values = [\"@platforms//cpu:x86_64\", \"@platforms//os:linux\"])\n",
        );
        workspace
    })
}

/// The link of a C program on one architecture for another, and what comes before it.
fn link(exec: &str, target: &str) -> Output {
    let platforms = [format!("--host_platform=//:linux_{exec}"), format!("--platforms=//:linux_{target}")];
    workspace().bazel().run(["aquery", &platforms[0], &platforms[1], "deps(//:hello)"]).succeeds()
}

#[test]
fn tools_of_ones_own_are_used_and_nothing_of_rust_is_built() {
    link("amd64", "amd64").says("(exec prebuilt/unpack ").does_not_say("Mnemonic: Rustc");
}

#[test]
fn every_exec_and_target_pair_has_its_trees() {
    for exec in ["amd64", "arm64"] {
        for target in ["amd64", "arm64"] {
            let other = if exec == "amd64" { "arm64" } else { "amd64" };
            link(exec, target)
                .says(&format!("sysroot_llvm_{exec}.tar.zst"))
                .does_not_say(&format!("sysroot_llvm_{other}.tar.zst"))
                .says(&format!("sysroot_lib_{target}.tar.zst"))
                .says(&format!("toolchain/bin/{target}/cc"));
        }
    }
}
