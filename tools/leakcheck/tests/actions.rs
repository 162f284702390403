//! Each leak that can be planted in an action is found, with the target that brought it.
#![allow(missing_docs)]

mod common;

use std::os::unix::fs::symlink;

use common::{Dir, dir, has, leakcheck, report};
use serde_json::{Value, json};

const LABEL: &str = "//app:planted";

/// aquery's output with one action, whose input is `include/a.h` of the repository `planted`.
fn query(dir: &Dir, action: Value) -> String {
    let mut whole = json!({"id": 1, "targetId": 1, "mnemonic": "Genrule", "inputDepSetIds": [2]});
    whole.as_object_mut().unwrap().extend(action.as_object().unwrap().clone());
    let query = json!({
        "artifacts": [{"id": 1, "pathFragmentId": 4}],
        "actions": [whole],
        "targets": [{"id": 1, "label": LABEL}],
        "depSetOfFiles": [{"id": 1, "directArtifactIds": [1]}, {"id": 2, "transitiveDepSetIds": [1]}],
        "pathFragments": [
            {"id": 1, "label": "external"}, {"id": 2, "label": "planted", "parentId": 1},
            {"id": 3, "label": "include", "parentId": 2}, {"id": 4, "label": "a.h", "parentId": 3}],
    });
    dir.file("aquery.json", query.to_string())
}

/// The report on one action.
fn found(action: Value, code: i32) -> Value {
    let dir = dir();
    report(&["--aquery", &query(&dir, action)], code)
}

#[test]
fn an_action_within_the_execution_root_is_clean() {
    let arguments = ["bazel-out/bin/tool", "-Iexternal/x", "//app:x", "-o", "/dev/null"];
    found(json!({"arguments": arguments, "environmentVariables": [{"key": "PWD", "value": "/proc/self/cwd"}]}), 0);
}

#[test]
fn a_tool_of_the_host_is_found() {
    has(
        &found(json!({"arguments": ["/usr/bin/gcc", "-c"]}), 1),
        "tool /usr/bin/gcc | the action's program | //app:planted",
    );
    has(&found(json!({"arguments": ["gcc", "-c"]}), 1), "tool gcc | the action's program, found by PATH");
}

#[test]
fn a_path_in_an_argument_is_found_alone_and_attached() {
    for (argument, path) in
        [("/usr/x", "/usr/x"), ("-I/usr/include", "/usr/include"), ("--sysroot=/x", "/x"), ("-Wl,-rpath,/x/y", "/x/y")]
    {
        let found = found(json!({"arguments": ["tool/cc", argument]}), 1);
        has(&found, &format!("argument {path} | argument {argument} | {LABEL}"));
    }
}

#[test]
fn a_tool_in_a_shells_command_is_found() {
    let found = found(json!({"arguments": ["tool/sh", "-c", "cd x && /usr/bin/gcc -o a a.c 2>/dev/null"]}), 1);
    has(&found, "argument /usr/bin/gcc | argument cd x &&");
}

#[test]
fn a_path_in_a_params_file_is_found() {
    let params = json!([{"execPath": "bazel-out/a.params", "arguments": ["-L/usr/lib"]}]);
    let found = found(json!({"arguments": ["tool/cc"], "paramFiles": params}), 1);
    has(&found, "argument /usr/lib | params file bazel-out/a.params, argument -L/usr/lib");
}

#[test]
fn a_path_in_the_environment_is_found() {
    let environment = json!([{"key": "PATH", "value": "bazel-out/bin:/opt/bin"}]);
    let found = found(json!({"arguments": ["tool/cc"], "environmentVariables": environment}), 1);
    has(&found, "environment /opt/bin | variable PATH | //app:planted");
}

/// An output base whose repository `planted` has an `include` that leads to the host.
fn linked(dir: &Dir) -> String {
    dir.file("host/a.h", "");
    std::fs::create_dir_all(dir.path("base/external/planted")).unwrap();
    std::fs::create_dir_all(dir.path("base/execroot/_main")).unwrap();
    symlink(dir.path("host"), dir.path("base/external/planted/include")).unwrap();
    dir.path("base/execroot/_main").to_str().unwrap().to_owned()
}

#[test]
fn an_input_that_links_out_of_the_execution_root_is_found() {
    let dir = dir();
    let (root, query) = (linked(&dir), query(&dir, json!({"arguments": ["tool/cc"]})));
    let found = report(&["--aquery", &query, "--execution-root", &root], 1);
    has(&found, "input external/planted/include/a.h | leads to ");
    has(&found, "host/a.h | //app:planted");
    let unresolved = report(&["--aquery", &query], 0);
    assert!(unresolved["notes"][0].as_str().unwrap().contains("were not resolved"), "{unresolved}");
}

#[test]
fn a_source_of_the_workspace_is_no_leak_for_it_is_where_bazel_says_that_the_execution_root_is_of() {
    let dir = dir();
    dir.file("workspace/app/a.c", "");
    std::fs::create_dir_all(dir.path("base/execroot/_main")).unwrap();
    symlink(dir.path("workspace/app"), dir.path("base/execroot/_main/app")).unwrap();
    let spawn =
        json!({"commandArgs": ["tool/cc"], "inputs": [{"path": "app/a.c"}], "mnemonic": "X", "targetLabel": LABEL});
    let (log, root) = (dir.file("log.json", spawn.to_string()), dir.path("base/execroot/_main"));
    let checked = |code| report(&["--execution-log", &log, "--execution-root", root.to_str().unwrap()], code);
    has(&checked(1), "input app/a.c | leads to ");
    dir.file("base/DO_NOT_BUILD_HERE", dir.path("workspace").to_str().unwrap());
    checked(0);
}

#[test]
fn a_repository_that_a_user_overrides_is_source() {
    let dir = dir();
    dir.file("checkout/include/a.h", "");
    std::fs::create_dir_all(dir.path("base/external")).unwrap();
    std::fs::create_dir_all(dir.path("base/execroot/_main")).unwrap();
    symlink(dir.path("checkout"), dir.path("base/external/planted")).unwrap();
    let root = dir.path("base/execroot/_main");
    let query = query(&dir, json!({"arguments": ["tool/cc"]}));
    let clean = report(&["--aquery", &query, "--execution-root", root.to_str().unwrap()], 0);
    assert!(clean["notes"][0].as_str().unwrap().contains("repository planted is the folder"), "{clean}");
}

#[test]
fn an_output_that_links_to_an_overriding_folder_is_no_leak_whatever_was_met_before() {
    let dir = dir();
    dir.file("checkout/run.sh", "");
    std::fs::create_dir_all(dir.path("base/external")).unwrap();
    std::fs::create_dir_all(dir.path("base/execroot/_main/bazel-out")).unwrap();
    symlink(dir.path("checkout"), dir.path("base/external/planted")).unwrap();
    symlink(dir.path("checkout/run.sh"), dir.path("base/execroot/_main/bazel-out/run.sh")).unwrap();
    let spawn = json!({"commandArgs": ["tool/cc"], "inputs": [{"path": "bazel-out/run.sh"}], "mnemonic": "X", "targetLabel": LABEL});
    let (log, root) = (dir.file("log.json", spawn.to_string()), dir.path("base/execroot/_main"));
    let clean = report(&["--execution-log", &log, "--execution-root", root.to_str().unwrap()], 0);
    assert!(clean["notes"][0].as_str().unwrap().contains("repository planted is the folder"), "{clean}");
}

#[test]
fn a_script_whose_first_line_names_a_program_of_the_host_is_found() {
    let dir = dir();
    dir.file("base/execroot/_main/tool.d/run", "#!/usr/bin/env python3\n");
    let query = query(&dir, json!({"arguments": ["tool.d/run"]}));
    let root = dir.path("base/execroot/_main");
    let found = report(&["--aquery", &query, "--execution-root", root.to_str().unwrap()], 1);
    has(&found, "tool /usr/bin/env python3 | first line of the script tool.d/run | //app:planted");
}

#[test]
fn an_execution_log_is_checked_as_well() {
    let dir = dir();
    let spawn = json!({"commandArgs": ["/bin/bash", "-c", "true"], "environmentVariables": [{"name": "X", "value": "/opt/x"}],
        "inputs": [{"path": "external/planted/link", "symlinkTargetPath": "/usr/include"}],
        "mnemonic": "Genrule", "targetLabel": LABEL});
    let found = report(&["--execution-log", &dir.file("log.json", format!("{spawn}\n{spawn}\n"))], 1);
    has(&found, "tool /bin/bash | the action's program | //app:planted");
    has(&found, "environment /opt/x | variable X");
    has(&found, "input external/planted/link | leads to /usr/include");
    assert_eq!(found["checked"]["actions"], 2);
}

#[test]
fn an_empty_execution_log_is_an_error_and_no_clean_build() {
    let dir = dir();
    let output = leakcheck(&["--execution-log", &dir.file("log", "")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("the log is empty"));
}

#[test]
fn another_form_of_the_execution_log_is_an_error_that_names_the_flag() {
    let dir = dir();
    for log in [&b"\x28\xb5\x2f\xfdxxxx"[..], b"\x0a\x05hello", b"{\"a\": 1}"] {
        let output = leakcheck(&["--execution-log", &dir.file("log", log)]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains("--execution_log_json_file"), "{text}");
    }
    let output = leakcheck(&["--aquery", &dir.file("log", "{}")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("--output=jsonproto"));
}
