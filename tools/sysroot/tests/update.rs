//! What `sysroot update` promises, from the outside.

mod common;

use std::fs;
use std::process::Output;

use common::{World, stderr};
use serde_json::{Value, json};
use sysroot::digest::Digest;

const LIBRARY: &str = "sysroot_library.tar.zst";
const GLIBC: [&str; 2] = ["sysroot_glibc_amd64.tar.zst", "sysroot_glibc_arm64.tar.zst"];
const VM: [&str; 2] = ["sysroot_emulator_amd64.tar.zst", "sysroot_kernel_arm64.tar.zst"];
const LLVM: [&str; 2] = ["sysroot_llvm_amd64.tar.zst", "sysroot_llvm_arm64.tar.zst"];
const LIB: [&str; 2] = ["sysroot_lib_amd64.tar.zst", "sysroot_lib_arm64.tar.zst"];

fn text(world: &World) -> String {
    fs::read_to_string(world.path("lock.json")).unwrap()
}

#[track_caller]
fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", stderr(output));
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// The error of a run that must have failed and left the lock as it was.
#[track_caller]
fn refused(world: &World, arguments: &[&str]) -> String {
    let before = text(world);
    let output = world.update(arguments);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(text(world), before, "the lock was touched");
    stderr(&output)
}

fn json_of(output: &Output) -> Value {
    serde_json::from_str(&succeeded(output)).unwrap()
}

fn version<'a>(lock: &'a Value, id: &str) -> &'a str {
    package(lock, id)["version"].as_str().unwrap()
}

fn package<'a>(lock: &'a Value, id: &str) -> &'a Value {
    lock["packages"].as_array().unwrap().iter().find(|package| package["id"] == id).unwrap()
}

fn tarballs(lock: &Value) -> Vec<&str> {
    lock["tarballs"].as_array().unwrap().iter().map(|tarball| tarball["name"].as_str().unwrap()).collect()
}

#[test]
fn nothing_newer_is_said_and_leaves_the_lock() {
    let world = World::locked();
    let before = text(&world);
    let shown = succeeded(&world.update(&[]));
    assert!(shown.starts_with("nothing newer: ziglang-amd64 0.1, musl-dev-amd64 1.2, "), "{shown}");
    assert_eq!(text(&world), before);
    let value = json_of(&world.update(&["--format", "json"]));
    assert_eq!(value["written"], json!(false));
    assert_eq!(value["packages"], json!([]));
    assert_eq!(value["pack_again"], json!([]));
    assert_eq!(value["up_to_date"].as_array().unwrap().len(), world.lock()["packages"].as_array().unwrap().len());
}

#[test]
fn a_newer_version_is_pinned_for_every_architecture_and_nothing_else_changes() {
    let world = World::locked();
    world.newer_musl(&["amd64", "arm64"]);
    let before = world.lock();
    let output = world.update(&[]);
    let shown = succeeded(&output);
    let after = world.lock();
    for architecture in ["amd64", "arm64"] {
        let id = format!("musl-dev-{architecture}");
        let file = format!("musl-dev_1.3_{architecture}.deb");
        let Digest { sha256, size } = Digest::of_file(&world.path("registry").join(&file)).unwrap();
        let mut expected = package(&before, &id).clone();
        let old_size = expected["size"].to_string();
        for (field, value) in
            [("version", json!("1.3")), ("file", json!(file)), ("sha256", json!(sha256)), ("size", json!(size))]
        {
            expected[field] = value;
        }
        assert_eq!(package(&after, &id).to_string(), expected.to_string(), "other fields, or another order");
        let row = shown.lines().find(|line| line.starts_with(&id)).unwrap_or_else(|| panic!("no row of {id}: {shown}"));
        let cells: Vec<&str> = row.split_whitespace().collect();
        assert_eq!(cells, [&id, "1.2", "1.3", &old_size, &size.to_string(), &sha256]);
    }
    assert_eq!(version(&after, "ziglang-amd64"), "0.1");
    assert_eq!(
        tarballs(&after),
        [&LLVM[..], &GLIBC, &VM].concat(),
        "what was made of the old packages is no longer pinned"
    );
    assert_eq!(after["budgets"], before["budgets"]);
    assert!(shown.contains("to pack again: sysroot_library.tar.zst, sysroot_lib_amd64.tar.zst"), "{shown}");
    assert!(shown.contains("--update-lock --only sysroot_library.tar.zst --only sysroot_lib_amd64"), "{shown}");
    assert!(shown.contains("up to date: ziglang-amd64 0.1, "), "{shown}");
}

#[test]
fn the_lock_keeps_its_formatting() {
    let world = World::locked();
    world.newer_musl(&["amd64", "arm64"]);
    let (old, new) = ("\"version\": \"1.2\"", "\"version\": \"1.3\"");
    let by_hand = text(&world).replace(": ", " :  ").replace("  ", "\t").replacen("{\n", "{\n\n", 1);
    fs::write(world.path("lock.json"), &by_hand).unwrap();
    succeeded(&world.update(&[]));
    let after = text(&world);
    let (old, new) = (old.replace(": ", " :\t"), new.replace(": ", " :\t"));
    assert_eq!(by_hand.matches(&old).count(), 2, "the test itself");
    assert_eq!(after.matches(&new).count(), 2, "{after}");
    // Packages come first: apart from four values of two packages, each line is as it was.
    let packages = |text: &str| text.split("\"tarballs\"").next().unwrap().to_owned();
    let (before, now) = (packages(&by_hand), packages(&after));
    let changed = before.lines().zip(now.lines()).filter(|(old, new)| old != new).count();
    assert_eq!(before.lines().count(), now.lines().count());
    assert!((6..=8).contains(&changed), "{changed} lines changed: {after}");
    let end = |text: &str| text.split("\"budgets\"").nth(1).unwrap().to_owned();
    assert_eq!(end(&by_hand), end(&after));
    assert_eq!(serde_json::from_str::<Value>(&after).unwrap()["tarballs"].as_array().unwrap().len(), 6);
}

#[test]
fn a_lock_that_is_half_updated_is_refused_until_it_is_packed() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    world.newer_musl(&["amd64", "arm64"]);
    succeeded(&world.update(&[]));
    let output = world.pack(&[]);
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(error.contains("the lock does not pin sysroot_library.tar.zst, sysroot_lib_amd64.tar.zst, "), "{error}");
    assert!(error.contains("--update-lock") && error.contains("next:"), "{error}");
    assert!(world.pack(&["--only", LLVM[0]]).status.success(), "what is pinned is packed");
    let only = [["--only", LIBRARY], ["--only", LIB[0]]].concat();
    assert!(world.pack(&[&["--update-lock"], &only[..]].concat()).status.success());
    let again = world.update(&["--format", "json"]);
    assert_eq!(json_of(&again)["pack_again"], json!([LIB[1]]), "half of the work is not all of it");
    assert!(succeeded(&world.update(&[])).contains("pack again: sysroot_lib_arm64.tar.zst"));
    assert_eq!(world.pack(&[]).status.code(), Some(1));
    assert!(world.pack(&["--update-lock"]).status.success());
    assert!(world.pack(&[]).status.success());
    assert_eq!(tarballs(&world.lock()).len(), 9);
}

#[test]
fn a_dry_run_shows_the_same_and_writes_nothing() {
    let world = World::locked();
    world.newer_musl(&["amd64", "arm64"]);
    let before = text(&world);
    let mut dry = json_of(&world.update(&["--dry-run", "--format", "json"]));
    let shown = succeeded(&world.update(&["--dry-run"]));
    assert!(shown.contains("dry run: the lock is as it was"), "{shown}");
    assert_eq!(text(&world), before);
    assert_eq!(dry["written"], json!(false));
    let real = json_of(&world.update(&["--format", "json"]));
    dry["written"] = json!(true);
    assert_eq!(dry, real);
    let change = &real["packages"][0];
    assert_eq!(change["id"], "musl-dev-amd64");
    assert_eq!((&change["old"]["version"], &change["new"]["version"]), (&json!("1.2"), &json!("1.3")));
    for field in ["file", "sha256", "size"] {
        assert_eq!(change["new"][field], package(&world.lock(), "musl-dev-amd64")[field]);
    }
    assert_eq!(real["pack_again"], json!([LIBRARY, LIB[0], LIB[1]]));
}

#[test]
fn one_architecture_that_lacks_the_version_keeps_all_of_them_back() {
    let world = World::locked();
    world.newer_musl(&["amd64"]);
    let error = refused(&world, &[]);
    assert!(error.contains("musl-dev 1.3 is not there for musl-dev-arm64"), "{error}");
    assert!(error.contains("offered:  1.2") && error.contains("next:"), "{error}");
    // Packages that have nothing to do with it are not kept back.
    let shown = succeeded(&world.update(&["ziglang"]));
    assert_eq!(shown, "nothing newer: ziglang-amd64 0.1, ziglang-arm64 0.1\n");
    world.newer_wheel("0.2", "0.2, 0.1");
    fs::write(world.path("registry/versions-x86_64"), "0.1\n").unwrap();
    let error = refused(&world, &["ziglang-arm64"]);
    assert!(error.contains("ziglang 0.2 is not there for ziglang-amd64"), "{error}");
}

#[test]
fn a_named_package_brings_those_that_belong_to_it_and_no_other() {
    let world = World::locked();
    world.newer_musl(&["amd64", "arm64"]);
    world.newer_wheel("0.2", "0.2, 0.1");
    succeeded(&world.update(&["musl-dev-arm64"]));
    let lock = world.lock();
    assert_eq!((version(&lock, "musl-dev-amd64"), version(&lock, "musl-dev-arm64")), ("1.3", "1.3"));
    assert_eq!(version(&lock, "ziglang-amd64"), "0.1");
    let error = refused(&world, &["musl"]);
    assert!(error.contains("the lock has no package musl") && error.contains("musl-dev-amd64"), "{error}");
}

#[test]
fn packages_of_one_source_move_together() {
    let world = World::locked();
    for (architecture, cpu) in common::ARCHITECTURES {
        let newer = world.path(&format!("registry/libgcc-14-dev_14.1_{architecture}.deb"));
        common::packages::deb(&newer, &common::packages::libgcc(cpu), common::packages::Compression::Xz);
    }
    let error = refused(&world, &["libgcc-14-dev"]);
    assert!(error.contains("14.1 is not there for gcc-14-base-amd64, gcc-14-base-arm64"), "{error}");
}

#[test]
fn downgrades_and_pre_releases_are_for_to_alone() {
    let world = World::locked();
    world.newer_wheel("0.3rc1", "0.3rc1, 0.2.dev7, 0.1, 0.0.9");
    world.newer_wheel("0.0.9", "0.3rc1, 0.2.dev7, 0.1, 0.0.9");
    assert!(succeeded(&world.update(&["ziglang"])).starts_with("nothing newer: "));
    succeeded(&world.update(&["--to", "ziglang-amd64=0.3rc1"]));
    assert_eq!(version(&world.lock(), "ziglang-arm64"), "0.3rc1");
    assert!(succeeded(&world.update(&["ziglang"])).starts_with("nothing newer: "), "0.1 is older than 0.3rc1");
    succeeded(&world.update(&["--to", "ziglang=0.0.9"]));
    assert_eq!(version(&world.lock(), "ziglang-amd64"), "0.0.9");
    let error = refused(&world, &["--to", "ziglang=7"]);
    assert!(error.contains("ziglang 7 is not there for ziglang-amd64, ziglang-arm64"), "{error}");
    let error = refused(&world, &["--to", "ziglang-amd64=0.1", "--to", "ziglang-arm64=0.0.9"]);
    assert!(error.contains("ziglang cannot become both 0.1 and 0.0.9"), "{error}");
    assert_eq!(world.update(&["--to", "ziglang"]).status.code(), Some(2), "no version is a wrong command line");
}

#[test]
fn a_pinned_version_that_is_gone_is_no_reason_for_an_older_one() {
    let world = World::locked();
    for (architecture, cpu) in common::ARCHITECTURES {
        fs::remove_file(world.path(&format!("registry/musl-dev_1.2_{architecture}.deb"))).unwrap();
        let older = world.path(&format!("registry/musl-dev_1.2~rc1_{architecture}.deb"));
        common::packages::deb(&older, &common::packages::musl(cpu, "1.2~rc1"), common::packages::Compression::Xz);
    }
    let before = text(&world);
    let output = world.update(&["musl-dev"]);
    assert_eq!(succeeded(&output), "nothing newer: musl-dev-amd64 1.2, musl-dev-arm64 1.2\n");
    assert!(stderr(&output).contains("warning: musl-dev-amd64: 1.2 is no longer offered"), "{}", stderr(&output));
    assert_eq!(text(&world), before);
}

#[test]
fn a_newer_wheel_with_other_tags_than_the_locks_is_pointed_out() {
    let world = World::locked();
    fs::write(world.path("registry/versions-"), "0.3rc1, 0.2, 0.1\n").unwrap();
    let output = world.update(&["ziglang"]);
    assert_eq!(succeeded(&output), "nothing newer: ziglang-amd64 0.1, ziglang-arm64 0.1\n");
    let warning = "warning: ziglang 0.2 is there, but not for the lock's `platform`: have the tags changed?";
    assert!(stderr(&output).contains(warning), "{}", stderr(&output));
    world.newer_wheel("0.2", "0.2, 0.1");
    let output = world.update(&["ziglang"]);
    assert!(succeeded(&output).contains("0.2") && !stderr(&output).contains("warning"), "{}", stderr(&output));
}

#[test]
fn a_yanked_wheel_is_refused_unless_it_is_asked_for() {
    let world = World::locked();
    world.newer_wheel("0.2", "0.2, 0.1");
    fs::write(world.path("registry/yanked-0.2"), "").unwrap();
    let error = refused(&world, &[]);
    assert!(error.contains("ziglang-amd64 0.2 was yanked") && error.contains("--to"), "{error}");
    succeeded(&world.update(&["--to", "ziglang=0.2"]));
    assert_eq!(version(&world.lock(), "ziglang-amd64"), "0.2");
}

#[test]
fn a_failing_client_is_quoted_and_leaves_the_lock() {
    let world = World::locked();
    fs::write(world.path("offline"), "").unwrap();
    let error = refused(&world, &[]);
    assert!(error.contains("cannot list the versions of ziglang-amd64"), "{error}");
    assert!(error.contains("stderr:   ERROR: no route to the index"), "{error}");
    fs::remove_file(world.path("offline")).unwrap();
    fs::write(world.path("no-lists"), "").unwrap();
    let error = refused(&world, &["musl-dev"]);
    assert!(error.contains("cannot bring the package lists of stable"), "{error}");
    assert!(error.contains("W: Failed to fetch https://mirror.invalid/debian/dists/stable/InRelease"), "{error}");
    fs::remove_file(world.path("no-lists")).unwrap();
    // The index promises what the download then lacks.
    world.newer_musl(&["amd64", "arm64"]);
    world.newer_wheel("0.2", "0.2, 0.1");
    fs::remove_file(world.path("registry/0.2/ziglang-aarch64.whl")).unwrap();
    let error = refused(&world, &[]);
    assert!(error.contains("cannot download ziglang-arm64 0.2"), "{error}");
}

#[test]
fn a_lock_that_somebody_else_changes_meanwhile_is_left_to_him() {
    let world = World::locked();
    world.newer_musl(&["amd64", "arm64"]);
    fs::write(world.path("somebody-else"), "").unwrap();
    let before = text(&world);
    let output = world.update(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("lock.json was changed meanwhile"), "{}", stderr(&output));
    assert_eq!(text(&world), before + "\n\n", "one line for each download");
}

#[test]
fn what_changes_in_each_tarball_is_counted() {
    let world = World::locked();
    world.newer_wheel("0.2", "0.2, 0.1");
    let output = world.update(&["--dry-run", "--format", "json"]);
    let members = json_of(&output)["members"].clone();
    let of = |name: &str| members.as_array().unwrap().iter().find(|value| value["tarball"] == name).cloned().unwrap();
    assert_eq!(of(LLVM[0]), json!({"tarball": LLVM[0], "added": 1, "removed": 0, "changed": 0}));
    assert_eq!(of(LIB[1]), json!({"tarball": LIB[1], "added": 0, "removed": 0, "changed": 0}));
    let shown = succeeded(&world.update(&["--dry-run"]));
    let row = shown.lines().find(|line| line.starts_with(LLVM[1])).unwrap_or_else(|| panic!("{shown}"));
    assert_eq!(row.split_whitespace().collect::<Vec<_>>(), [LLVM[1], "1", "0", "0"]);
    fs::remove_dir_all(world.path("packages")).unwrap();
    let shown = succeeded(&world.update(&["--dry-run"]));
    assert!(shown.contains("not compared: ziglang-amd64 0.1 is not in the cache"), "{shown}");
}

#[test]
fn a_package_that_no_longer_fits_the_layout_is_pointed_out() {
    let world = World::locked();
    world.newer_wheel("0.2", "0.2, 0.1");
    for (_, cpu) in common::ARCHITECTURES {
        let mut files = common::packages::ziglang("amd64");
        files.retain(|(path, _)| path != "ziglang/zig");
        common::packages::wheel(&world.path(&format!("registry/0.2/ziglang-{cpu}.whl")), &files);
    }
    let shown = succeeded(&world.update(&[]));
    assert!(shown.contains("does not fit: ziglang-amd64 has no ziglang/zig"), "{shown}");
}

#[test]
fn a_package_whose_name_has_a_version_follows_its_metapackage() {
    let world = World::locked();
    let shown = succeeded(&world.update(&["linux-image-cloud-arm64"]));
    assert_eq!(shown, "nothing newer: linux-image-cloud-arm64 6.1+deb-cloud-arm64-1\n");
    fs::remove_file(world.path(&format!("registry/linux-image-{0}_{0}-1_arm64.deb", common::KERNEL))).unwrap();
    world.kernel("6.2+deb-cloud-arm64", b"MZ");
    let before = world.lock();
    succeeded(&world.update(&["linux-image-cloud-arm64"]));
    let after = world.lock();
    let kernel = package(&after, "linux-image-cloud-arm64");
    assert_eq!(kernel["name"], "linux-image-6.2+deb-cloud-arm64");
    assert_eq!(kernel["version"], "6.2+deb-cloud-arm64-1");
    assert_eq!(kernel["file"], "linux-image-6.2+deb-cloud-arm64_6.2+deb-cloud-arm64-1_arm64.deb");
    assert_eq!(kernel["metapackage"], "linux-image-cloud-arm64");
    assert!(!tarballs(&after).contains(&VM[1]) && tarballs(&after).len() == tarballs(&before).len() - 1);
    assert!(world.pack(&["--update-lock", "--only", VM[1]]).status.success());
}
