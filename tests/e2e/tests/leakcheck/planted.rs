//! Each kind of leak, planted in real actions and in binaries of our own clang and lld, is listed with its target.

use std::fs;
use std::sync::{MutexGuard, OnceLock};

use e2e::{Shared, Workspace};
use serde_json::Value;

use super::{leaks, lists};
use crate::stranger::{self, Mode};

/// The workspace that leaks on purpose.
pub fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| Workspace::of_fixture("leaks", "leaks"))
}

fn static_build() -> &'static Value {
    static REPORT: OnceLock<Value> = OnceLock::new();
    REPORT.get_or_init(|| leaks(&workspace(), &["//...", "--", "--strip=never"]))
}

fn dynamic_build() -> &'static Value {
    static REPORT: OnceLock<Value> = OnceLock::new();
    let libc = "--@toolchains_go_race//toolchain:libc=glibc";
    REPORT.get_or_init(|| leaks(&workspace(), &["//:dynamic", "--", libc]))
}

#[test]
fn a_tool_of_the_host() {
    lists(static_build(), "tool", "/usr/bin/touch", "the action's program", "//:tool");
    lists(static_build(), "tool", "/bin/bash", "the action's program", "//:shell");
}

#[test]
fn an_input_that_links_to_the_host() {
    lists(static_build(), "input", "host/passwd", "leads to /etc/passwd", "//:linked");
}

#[test]
fn a_path_in_an_argument() {
    lists(static_build(), "argument", "/opt/host", "-DPREFIX=/opt/host", "//:copt");
    lists(static_build(), "argument", "/usr/bin/sort", "genrule-setup.sh", "//:shell");
}

#[test]
fn a_path_in_the_environment() {
    lists(static_build(), "environment", "/opt/planted", "variable PLANTED", "//:tool");
}

#[test]
fn an_interpreter() {
    lists(dynamic_build(), "interpreter", "/lib64/ld-linux-x86-64.so.2", "PT_INTERP", "//:dynamic");
}

#[test]
fn a_library() {
    lists(dynamic_build(), "library", "libc.so.6", "DT_NEEDED", "//:dynamic");
}

#[test]
fn a_run_path() {
    lists(dynamic_build(), "run-path", "$ORIGIN/lib", "DT_RUNPATH", "//:dynamic");
}

#[test]
fn a_symbol_version() {
    lists(dynamic_build(), "symbol-version", "GLIBC_2.2.5", "of libc.so.6", "//:dynamic");
}

#[test]
fn an_undefined_symbol() {
    lists(static_build(), "undefined-symbol", "missing_function", "no library", "//:undefined");
}

#[test]
fn a_path_in_a_string() {
    lists(static_build(), "build-path", "/home/somebody/words", "section .rodata", "//:words");
}

#[test]
fn a_path_in_debug_information() {
    lists(static_build(), "build-path", "/home/somebody/none", "section .debug_str", "//:debug_none");
}

#[test]
fn a_path_in_debug_information_that_is_compressed() {
    for compression in ["zlib", "zstd"] {
        let path = format!("/home/somebody/{compression}");
        lists(static_build(), "build-path", &path, "section .debug_str", &format!("//:debug_{compression}"));
    }
}

/// A binary of Go 1.25, whose build information is made to say 1.27.
#[test]
fn a_race_runtime_of_another_go_version() {
    let binary = stranger::outcome("1.25.0", Mode::Flag).binaries.pop().expect("a binary");
    let mut data = fs::read(&binary).expect("a binary");
    let versions: Vec<usize> =
        data.windows(9).enumerate().filter(|(_, window)| window == b"\x08go1.25.0").map(|(at, _)| at).collect();
    let [at] = versions[..] else { panic!("one version in Go's build information: {versions:?}") };
    data[at + 1..at + 9].copy_from_slice(b"go1.27.0");
    let workspace = stranger::workspace();
    let file = workspace.setup().cache.join("other_race_runtime");
    fs::write(&file, data).expect("a file");
    let goroots = ["1.25.0", "1.27.0"].map(|version| format!("--goroot={}", workspace.setup().sdks[version].display()));
    let file = file.to_str().expect("a name in UTF-8");
    let report = leaks(&workspace, &[&goroots[0], &goroots[1], "--binary", file]);
    lists(&report, "race-runtime", "go1.25.0 (amd64v1)", "the binary is of go1.27.0", file);
}
