//! `--only`: a part of the archive becomes the tree, and all of it is checked.

mod common;

use common::{Scratch, Tar, good, good_tree, tree, zst};
use unpack::{Error, Sha256, Summary};

fn unpack(scratch: &Scratch, archive: &[u8], only: &[&str]) -> Result<Summary, Error> {
    let mut request = scratch.request(archive, Sha256::of(archive));
    request.only = only.iter().map(|member| member.parse().unwrap()).collect();
    unpack::unpack(&request)
}

#[test]
fn the_tree_is_what_is_named_and_below_it() {
    for only in [&["lib"][..], &["lib/include"], &["lib/include/a.h"], &["lib/include", "absent"]] {
        let scratch = Scratch::new();
        let summary = unpack(&scratch, &good(), only).unwrap();
        assert_eq!(summary, Summary { files: 1, folders: 2, bytes: 7 }, "{only:?}");
        let mut expected = good_tree();
        expected.retain(|path, _| path.starts_with("lib"));
        assert_eq!(tree(&scratch.out()), expected, "{only:?}");
    }
}

#[test]
fn several_parts_make_one_tree() {
    let scratch = Scratch::new();
    unpack(&scratch, &good(), &["bin", "lib"]).unwrap();
    assert_eq!(tree(&scratch.out()), good_tree());
}

#[test]
fn what_is_left_out_is_checked_nevertheless() {
    let bad = zst(&Tar::default().file("lib/a", b"").file("about/../b", b"").end());
    let scratch = Scratch::new();
    let error = unpack(&scratch, &bad, &["lib"]).unwrap_err().to_string();
    assert!(error.contains("`..` in its path"), "{error}");
    assert_eq!(scratch.names(), [""; 0]);
}

#[test]
fn an_archive_without_any_of_it_is_refused() {
    let scratch = Scratch::new();
    let error = unpack(&scratch, &good(), &["include", "libs"]).unwrap_err().to_string();
    assert!(error.contains("no file of those that --only names") && error.contains("only: include, libs"), "{error}");
    assert!(error.contains("next: "), "{error}");
    assert_eq!(scratch.names(), [""; 0]);
}
