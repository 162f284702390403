//! What the lock file promises.

use sysroot::lock::Lock;

const LOCK: &str = include_str!("../../../sysroot/lock.json");

#[test]
fn the_committed_lock_round_trips_byte_for_byte() {
    assert_eq!(Lock::parse(LOCK).unwrap().to_text(), LOCK);
}

#[test]
fn the_committed_lock_pins_what_the_layout_needs() {
    let lock = Lock::parse(LOCK).unwrap();
    let layouts = sysroot::select::layout();
    let names: Vec<_> = layouts.iter().map(|layout| layout.name).collect();
    assert_eq!(names, sysroot::select::NAMES);
    assert_eq!(lock.tarballs.iter().map(|tarball| tarball.name.as_str()).collect::<Vec<_>>(), names);
    for layout in layouts {
        for id in layout.packages() {
            lock.package(&id).unwrap();
        }
        assert_eq!(lock.tarball(layout.name).unwrap().packages, layout.packages());
    }
}

#[test]
fn an_error_names_the_entry_the_field_and_what_is_legal() {
    let broken = |from: &str, to: &str| Lock::parse(&LOCK.replacen(from, to, 1)).unwrap_err().to_string();
    assert_eq!(broken("\"pypi\"", "\"npm\""), "packages[0]: registry: expected pypi or debian");
    assert_eq!(
        broken("\"sha256\": \"", "\"sha256\": \"x"),
        "packages[0]: sha256: expected 64 lower-case hexadecimal digits"
    );
    assert!(
        broken("\"licence\"", "\"license\"").starts_with("packages[0]: unknown field license, expected one of id, ")
    );
    assert!(
        broken("\"version\": 1", "\"version\": 2").starts_with("the lock has version 2, this program reads version 1")
    );
}

#[test]
fn bazel_offers_the_versions_of_glibc_that_are_packed() {
    let text = include_str!("../../../toolchain/glibc_versions.bzl");
    let minors = sysroot::glibc::MINORS;
    let range = format!(
        "GLIBC_VERSIONS = [\"2.{{}}\".format(minor) for minor in range({}, {})]",
        minors.start(),
        minors.end() + 1
    );
    assert!(text.contains(&range), "expected {range}");
}
