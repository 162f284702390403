//! `sysroot list`, `verify` and `diff`, from the outside.

mod common;

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Command, Output};

use common::{World, entries, stderr};
use serde_json::{Value, json};

const LIBRARY: &str = "sysroot_library.tar.zst";
const LLVM: &str = "sysroot_llvm_amd64.tar.zst";

fn sysroot(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sysroot")).args(arguments).output().unwrap()
}

#[track_caller]
fn text(output: Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}{}", String::from_utf8_lossy(&output.stdout), stderr(&output));
    String::from_utf8(output.stdout).unwrap()
}

/// A world with everything packed; and paths in it, as text.
fn packed() -> (World, impl Fn(&World, &str) -> String) {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    (world, |world: &World, name: &str| world.path(name).to_str().unwrap().to_owned())
}

/// Unpacks the members below `part` of an archive.
fn unpack(archive: &Path, part: &str, tree: &Path) {
    for (path, mode, content) in entries(archive).into_iter().filter(|(path, ..)| path.starts_with(part)) {
        let file = tree.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, content).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
    }
}

#[test]
fn list_shows_the_lock_and_an_archive_in_columns() {
    let (world, path) = packed();
    let lock = text(sysroot(&["list", "--lock", &path(&world, "lock.json")]), 0);
    assert!(lock.starts_with("package"), "{lock}");
    for words in ["ziglang-amd64", "gcc-14-base-arm64", "sysroot_lib_arm64.tar.zst", "MIT"] {
        assert!(lock.contains(words), "no {words} in {lock}");
    }
    let archive = text(sysroot(&["list", &path(&world, &format!("out/{LLVM}"))]), 0);
    let lines: Vec<&str> = archive.lines().collect();
    assert!(lines[0].split_whitespace().eq(["mode", "bytes", "member", "packages"]), "{archive}");
    assert!(lines[1].split_whitespace().eq(["0755", "1049155", "bin/llvm", "ziglang-amd64"]), "{archive}");
    assert_eq!(lines.len(), 7, "{archive}");
    let output = sysroot(&["list", "--format=json", &path(&world, &format!("out/{LLVM}"))]);
    let value: Value = serde_json::from_str(&text(output, 0)).unwrap();
    assert_eq!(value["members"][0]["path"], "bin/llvm");
    assert_eq!(value["members"][0]["packages"], json!(["ziglang-amd64"]));
}

#[test]
fn verify_accepts_what_was_packed_and_names_what_differs_from_the_lock() {
    let (world, path) = packed();
    let (lock, archive) = (path(&world, "lock.json"), path(&world, &format!("out/{LIBRARY}")));
    let fine = text(sysroot(&["verify", "--lock", &lock, &archive]), 0);
    assert_eq!(fine, "ok       sysroot_library.tar.zst (15 members)\n");
    let mut changed = world.lock();
    changed["tarballs"][0]["sha256"] = json!("0".repeat(64));
    world.write_lock(&changed);
    let bad = text(sysroot(&["verify", "--lock", &lock, &archive]), 1);
    assert!(bad.starts_with("DIFFERS") && bad.contains(&format!("the lock has {}", "0".repeat(64))), "{bad}");
    let value = text(sysroot(&["verify", "--format=json", "--lock", &lock, &archive]), 1);
    assert_eq!(serde_json::from_str::<Value>(&value).unwrap()[0]["ok"], json!(false));
}

#[test]
fn verify_names_each_difference_of_a_tree() {
    let (world, path) = packed();
    let archive = world.path(&format!("out/{LLVM}"));
    let tree = world.path("tree");
    unpack(&archive, "", &tree);
    for about in ["manifest.json", "sbom.spdx.json"] {
        fs::remove_file(tree.join(about)).unwrap();
    }
    let verify = |more: &[&str]| {
        let (archive, tree) = (archive.to_str().unwrap().to_owned(), path(&world, "tree"));
        sysroot(&[&["verify", "--tree", &tree, &archive][..], more].concat())
    };
    text(verify(&[]), 0);
    fs::remove_file(tree.join("include/stddef.h")).unwrap();
    fs::write(tree.join("include/immintrin.h"), "other").unwrap();
    fs::write(tree.join("include/new.h"), "new").unwrap();
    fs::set_permissions(tree.join("bin/llvm"), fs::Permissions::from_mode(0o644)).unwrap();
    let bad = text(verify(&[]), 1);
    for line in [
        "from archive to tree: mode     bin/llvm (no longer executable)",
        "from archive to tree: changed  include/immintrin.h (",
        "from archive to tree: added    include/new.h (3 bytes)",
        "from archive to tree: removed  include/stddef.h (",
    ] {
        assert!(bad.contains(line), "no {line:?} in {bad}");
    }
    fs::remove_dir_all(&tree).unwrap();
    unpack(&archive, "include/", &tree);
    text(verify(&["--only", "include"]), 0);
    let all = text(verify(&[]), 1);
    assert!(all.contains("removed  bin/llvm"), "{all}");
}

#[test]
fn diff_names_what_changes_and_says_so_by_its_exit_code() {
    let (world, path) = packed();
    let old = path(&world, "out/sysroot_llvm_amd64.tar.zst");
    assert_eq!(text(sysroot(&["diff", &old, &old]), 0), "");
    let changed = text(sysroot(&["diff", &old, &path(&world, "out/sysroot_llvm_arm64.tar.zst")]), 1);
    let size = |text: &str| text.starts_with("changed  bin/llvm (");
    assert!(size(&changed) && changed.lines().count() == 1, "{changed}");
    let output = sysroot(&["diff", "--format=json", &old, &path(&world, &format!("out/{LIBRARY}"))]);
    let value: Value = serde_json::from_str(&text(output, 1)).unwrap();
    assert_eq!(value[0]["kind"], "added");
}

#[test]
fn what_is_no_archive_of_ours_is_an_error_that_names_it() {
    let world = World::new();
    fs::write(world.path("a.tar.zst"), "no archive").unwrap();
    let output = sysroot(&["verify", world.path("a.tar.zst").to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot read the archive") && stderr(&output).contains("a.tar.zst"), "{output:?}");
    let empty = zstd::encode_all(tar::Builder::new(Vec::new()).into_inner().unwrap().as_slice(), 1).unwrap();
    fs::write(world.path("a.tar.zst"), empty).unwrap();
    let output = sysroot(&["list", world.path("a.tar.zst").to_str().unwrap()]);
    assert!(stderr(&output).contains("has no manifest.json") && stderr(&output).contains("next:"), "{output:?}");
    assert_eq!(sysroot(&["verify"]).status.code(), Some(2));
}
