//! The tools link without a C compiler anywhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use e2e::{Binary, Command, Workspace};

/// The programs that could compile or link C in the root, found by the names that a distribution gives them.
pub fn compilers() -> BTreeSet<PathBuf> {
    let names = ["gcc", "g++", "cc", "c++", "cpp", "c89", "c99", "clang", "as", "ld", "collect2", "tcc", "zig"];
    let is_compiler = |name: &str| {
        let base = name.trim_start_matches("x86_64-linux-gnu-").trim_start_matches("aarch64-linux-gnu-");
        names
            .iter()
            .any(|known| base == *known || base.strip_prefix(known).is_some_and(|rest| rest.starts_with(['-', '.'])))
    };
    std::fs::read_dir("/usr/bin")
        .expect("/usr/bin")
        .map(|entry| entry.expect("an entry"))
        // rustc's linker is what the link is to be done with; ld.so is the loader.
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            is_compiler(&name) && !name.starts_with("ld.lld") && name != "ld.so"
        })
        // Most are links to others: what is hidden is the program itself.
        .filter_map(|entry| entry.path().canonicalize().ok())
        .collect()
}

#[test]
fn the_tools_build_in_a_root_without_a_c_compiler() {
    let compilers = compilers();
    let gcc = Path::new("/usr/bin/gcc").canonicalize().expect("the root's gcc");
    assert!(compilers.contains(&gcc), "the root has a compiler to hide: {compilers:?}");
    let workspace = Workspace::of_fixture("c_rules", "bootstrap");
    let mut hide = vec!["bwrap", "--dev-bind", "/", "/", "--tmpfs", "/usr/libexec/gcc", "--tmpfs", "/usr/lib/gcc"];
    for compiler in &compilers {
        hide.extend(["--ro-bind", "/dev/null", compiler.to_str().expect("a name in UTF-8")]);
    }
    Command::new(hide[0]).args(&hide[1..]).args(["gcc", "--version"]).run().fails();
    let output_base = tempfile::tempdir().expect("an output base");
    let bazel = || workspace.bazel().by(&hide).fresh(output_base.path());
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
