//! What `sysroot pack` promises about the packages that it fetches.

mod common;

use std::fs;

use common::packages::{self, Compression, deb, wheel};
use common::{World, stderr};
use serde_json::json;

#[test]
fn a_wheel_whose_hash_differs_is_refused() {
    let world = World::locked();
    fs::remove_dir_all(world.path("packages")).unwrap();
    wheel(&world.path("registry/ziglang-x86_64.whl"), &packages::ziglang("other"));
    let output = world.pack(&[]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = stderr(&output);
    assert!(stderr.contains("error: ziglang-amd64 0.1 is not what the lock pins: refused"), "{stderr}");
    for word in ["expected: sha256 ", "actual:   sha256 ", "next:     "] {
        assert!(stderr.contains(word), "the error lacks {word:?}: {stderr}");
    }
}

#[test]
fn a_debian_package_of_the_pinned_version_whose_hash_differs_is_refused() {
    let world = World::locked();
    fs::remove_dir_all(world.path("packages")).unwrap();
    let path = world.path("registry/musl-dev_1.2_arm64.deb");
    deb(&path, &packages::musl("aarch64", "tampered"), Compression::Xz);
    let output = world.pack(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("musl-dev-arm64 1.2 is not what the lock pins: refused"), "{}", stderr(&output));
    assert!(!world.path("out/payload.json").exists());
}

#[test]
fn a_debian_version_that_is_gone_gives_a_payload_that_is_marked_as_not_locked() {
    let world = World::locked();
    world.point_release();
    let output = world.pack(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let warning = "musl-dev-amd64: pinned 1.2 is gone; using 1.3, payload is NOT LOCKED; sysroot/README.md says how to renew the lock";
    assert!(stderr(&output).contains(warning), "{}", stderr(&output));
    let payload = world.payload();
    assert_eq!(payload["locked"], json!(false));
    let versions: Vec<_> = payload["packages"].as_array().unwrap().iter().map(|p| (&p["id"], &p["version"])).collect();
    assert!(versions.contains(&(&json!("musl-dev-arm64"), &json!("1.3"))), "{versions:?}");
    assert!(versions.contains(&(&json!("libgcc-14-dev-arm64"), &json!("14"))), "{versions:?}");
}

#[test]
fn headers_and_library_of_a_payload_are_of_one_version() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    world.point_release();
    fs::remove_file(world.path("out/sysroot_lib_amd64.tar.zst")).unwrap();
    let output = world.pack(&["--format", "json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let actions: Vec<_> = summary["tarballs"].as_array().unwrap().iter().map(|made| &made["action"]).collect();
    assert_eq!(actions, ["packed", "kept", "kept", "packed", "packed", "kept", "kept", "kept", "kept"]);
}

#[test]
fn update_lock_refuses_packages_that_are_not_locked() {
    let world = World::locked();
    world.point_release();
    let before = world.lock();
    let output = world.pack(&["--update-lock"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("aren't locked"), "{}", stderr(&output));
    assert_eq!(before, world.lock());
}

#[test]
fn a_cached_package_that_was_damaged_is_fetched_again() {
    let world = World::locked();
    for entry in fs::read_dir(world.path("packages")).unwrap() {
        fs::write(entry.unwrap().path(), "damaged").unwrap();
    }
    let output = world.pack(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(world.payload()["locked"], json!(true));
}

#[test]
fn a_failing_client_is_quoted() {
    let world = World::locked();
    fs::remove_dir_all(world.path("packages")).unwrap();
    fs::write(world.path("offline"), "").unwrap();
    let output = world.pack(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("cannot download ziglang-amd64 0.1"), "{}", stderr(&output));
    assert!(stderr(&output).contains("stderr:   ERROR: no route to the index"), "{}", stderr(&output));
}

#[test]
fn the_mirror_is_the_machines_unless_one_is_named() {
    let world = World::new();
    assert!(world.pack(&["--update-lock"]).status.success());
    let sources = || fs::read_to_string(world.path("sources.list")).unwrap();
    assert!(sources().contains(" https://mirror.invalid/debian/ stable main\n"), "{}", sources());
    fs::remove_dir_all(world.path("packages")).unwrap();
    assert!(world.pack(&["--force", "--debian-mirror", "https://own.invalid/"]).status.success());
    assert!(sources().contains(" https://own.invalid/ stable main\n"), "{}", sources());
    assert!(sources().contains("signed-by=/"), "the archive's keyring is named");
}

#[test]
fn a_name_with_a_version_that_is_gone_gives_its_successor() {
    let world = World::locked();
    fs::remove_dir_all(world.path("packages")).unwrap();
    fs::remove_file(world.path(&format!("registry/linux-image-{0}_{0}-1_arm64.deb", common::KERNEL))).unwrap();
    world.kernel("6.2+deb-cloud-arm64", b"MZ");
    let output = world.pack(&["--only", "sysroot_kernel_arm64.tar.zst"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let warning = "linux-image-cloud-arm64: pinned 6.1+deb-cloud-arm64-1 is gone; using 6.2+deb-cloud-arm64-1, payload is NOT LOCKED";
    assert!(stderr(&output).contains(warning), "{}", stderr(&output));
    let payload = world.payload();
    assert_eq!(payload["locked"], json!(false));
    assert_eq!(payload["packages"][0]["name"], "linux-image-6.2+deb-cloud-arm64");
}
