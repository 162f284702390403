//! What a release does not take for its payload.

use std::fs;

use release::payload::find;
use sysroot::digest::Digest;
use sysroot::lock::{Lock, Tarball};
use tempfile::TempDir;

/// A lock of one archive, and a folder that has it.
fn payload(locked: bool) -> (Lock, TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("sysroot_library.tar.zst");
    fs::write(&path, "an archive").expect("a file");
    fs::write(folder.path().join("payload.json"), format!("{{\"version\": 1, \"locked\": {locked}}}")).expect("a file");
    let tarball = Tarball {
        name: "sysroot_library.tar.zst".to_owned(),
        digest: Digest::of_file(&path).expect("a digest"),
        unpacked_size: 1,
        files: 1,
        packages: Vec::new(),
    };
    (Lock { packages: Vec::new(), tarballs: vec![tarball], budgets: Default::default() }, folder)
}

fn refusal((lock, folder): &(Lock, TempDir)) -> String {
    find(lock, &[folder.path().to_owned()]).expect_err("a refusal").to_string()
}

#[test]
fn what_the_lock_pins_is_found() {
    let (lock, folder) = payload(true);
    let found = find(&lock, &[folder.path().to_owned()]).unwrap();
    assert_eq!(found, [folder.path().join("sysroot_library.tar.zst")]);
}

#[test]
fn a_payload_that_is_not_locked_is_refused() {
    let error = refusal(&payload(false));
    assert!(error.contains("the payload is not locked") && error.contains("next:"), "{error}");
}

#[test]
fn an_archive_that_is_another_one_is_refused() {
    let payload = payload(true);
    fs::write(payload.1.path().join("sysroot_library.tar.zst"), "another").expect("a file");
    let error = refusal(&payload);
    assert!(error.contains("sysroot_library.tar.zst is not what the lock pins"), "{error}");
}

#[test]
fn a_missing_archive_is_named() {
    let payload = payload(true);
    fs::remove_file(payload.1.path().join("sysroot_library.tar.zst")).expect("a file");
    let error = refusal(&payload);
    assert!(error.contains("the payload has no sysroot_library.tar.zst") && error.contains("next:"), "{error}");
}
