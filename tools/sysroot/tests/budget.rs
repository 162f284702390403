//! The tarballs' sizes are part of the lock: more than 2 % of growth is for somebody to agree to.

mod common;

use common::{World, stderr};
use serde_json::json;
use sysroot::lock::Lock;

#[test]
fn the_committed_lock_is_within_its_budgets() {
    let lock = Lock::parse(include_str!("../../../sysroot/lock.json")).unwrap();
    assert_eq!(lock.budgets.len(), lock.tarballs.len());
    if let Err(error) = lock.within_budget() {
        panic!("{error}");
    }
}

#[test]
fn growth_is_refused_with_a_table_until_somebody_agrees() {
    let world = World::locked();
    let mut lock = world.lock();
    let size = lock["tarballs"][0]["size"].as_u64().unwrap();
    lock["budgets"]["sysroot_library.tar.zst"] = json!(size * 100 / 103);
    world.write_lock(&lock);
    let output = world.pack(&["--update-lock"]);
    assert_eq!(output.status.code(), Some(1));
    let error = stderr(&output);
    assert!(error.contains("a tarball is more than 2 % over its budget"), "{error}");
    let row = error.lines().find(|line| line.contains("sysroot_library.tar.zst") && line.ends_with('<'));
    assert!(row.is_some_and(|row| row.contains(&size.to_string()) && row.contains("+3.")), "{error}");
    assert_eq!(world.lock(), lock, "the lock was written");
    assert!(world.pack(&["--update-lock", "--accept-sizes"]).status.success());
    assert_eq!(world.lock()["budgets"]["sysroot_library.tar.zst"], json!(size));
}

#[test]
fn growth_within_the_margin_leaves_the_budget() {
    let world = World::locked();
    let mut lock = world.lock();
    let budget = lock["tarballs"][1]["size"].as_u64().unwrap() * 100 / 101;
    lock["budgets"]["sysroot_llvm_amd64.tar.zst"] = json!(budget);
    world.write_lock(&lock);
    assert!(world.pack(&["--update-lock"]).status.success());
    assert_eq!(world.lock()["budgets"]["sysroot_llvm_amd64.tar.zst"], json!(budget));
}
