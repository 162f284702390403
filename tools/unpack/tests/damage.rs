//! Damaged archives: real files, cut at every byte and with a flipped bit in every byte.
//!
//! Under the sha256 of the undamaged archive, which is what a lock names, damage is always an error and leaves nothing.
//!
//! Under a sha256 of its own, a damaged archive is another archive. A cut one is an error still. One with a flipped bit is
//! an error, or it becomes the tree that its bytes say: whole, and nothing beside it. What damaged bytes say is up to the
//! decoder. (zstd's own checksum is not looked at: it is optional, and the sha256 covers every byte. And ruzstd and zstd's own
//! library each take some damaged frames that the other refuses or reads in another way.)

mod common;

use std::collections::BTreeSet;
use std::io::{self, Read};

use common::{Scratch, Tar, Tree, good, good_tree, tree};
use unpack::Sha256;

/// Some of the sources, compressed as the payload is.
fn real(checksum: bool) -> Vec<u8> {
    let tar = Tar::default()
        .folder("src/")
        .file("src/names.rs", include_bytes!("../src/names.rs"))
        .program("src/frame.rs", include_bytes!("../src/frame.rs"))
        .file("Cargo.toml", include_bytes!("../Cargo.toml"))
        .end();
    let mut encoder = zstd::Encoder::new(Vec::new(), 19).unwrap();
    encoder.include_checksum(checksum).unwrap();
    io::copy(&mut &tar[..], &mut encoder).unwrap();
    let archive = encoder.finish().unwrap();
    assert!((3000..9000).contains(&archive.len()), "{} bytes are not several kilobytes", archive.len());
    archive
}

/// Every cut of `archive`, and what to call it.
fn cuts(archive: &[u8]) -> impl Iterator<Item = (Vec<u8>, String)> {
    (0..archive.len()).map(|length| (archive[..length].to_vec(), format!("a cut after {length} bytes")))
}

/// `archive` with a flipped bit, for each byte another one of the eight.
fn flips(archive: &[u8]) -> impl Iterator<Item = (Vec<u8>, String)> {
    (0..archive.len()).map(|byte| {
        let mut archive = archive.to_vec();
        archive[byte] ^= 1 << (byte % 8);
        (archive, format!("a flipped bit {} in byte {byte}", byte % 8))
    })
}

/// Unpacks a damaged archive under the sha256 of the undamaged `good` one.
#[track_caller]
fn assert_damage_found(scratch: &Scratch, archive: &[u8], good: &[u8], what: &str) {
    let error = unpack::unpack(&scratch.request(archive, Sha256::of(good))).expect_err(what).to_string();
    for words in [&Sha256::of(good), &Sha256::of(archive)] {
        assert!(error.contains(&words.to_string()), "{what}: the error does not say {words}:\n{error}");
    }
    assert!(error.contains("fetch it again"), "{what}:\n{error}");
    assert_eq!(scratch.names(), [""; 0], "{what} must leave nothing");
}

#[test]
fn undamaged_it_becomes_its_tree() {
    for good in [real(false), real(true)] {
        let scratch = Scratch::new();
        scratch.unpack(&good).unwrap();
        assert!(tree(&scratch.out()) == tree_that_is_said(&good));
        assert_eq!(tree(&scratch.out())["src/names.rs"], (0o644, Some(include_bytes!("../src/names.rs").to_vec())));
    }
}

#[test]
fn an_archive_cut_after_any_byte_is_an_error_and_never_a_tree() {
    let scratch = Scratch::new();
    for good in [real(false), real(true)] {
        for (archive, what) in cuts(&good) {
            assert_damage_found(&scratch, &archive, &good, &what);
        }
    }
}

#[test]
fn a_flipped_bit_in_any_byte_is_an_error_and_never_a_tree() {
    let scratch = Scratch::new();
    for good in [real(false), real(true)] {
        for (archive, what) in flips(&good) {
            assert_damage_found(&scratch, &archive, &good, &what);
        }
    }
}

#[test]
fn a_cut_archive_is_an_error_under_its_own_sha256_too() {
    let scratch = Scratch::new();
    for good in [real(false), real(true)] {
        for (archive, what) in cuts(&good) {
            let error = scratch.unpack(&archive).expect_err(&what).to_string();
            let symptom = if archive.len() < 4 { "not a zstd file" } else { "the zstd frame ends too early" };
            assert!(error.contains(symptom), "{what}:\n{error}");
            assert_eq!(scratch.names(), [""; 0], "{what} must leave nothing");
        }
    }
}

#[test]
fn a_flipped_bit_under_its_own_sha256_is_an_error_or_a_whole_tree() {
    for good in [real(false), real(true)] {
        let (mut errors, mut trees) = (0, 0);
        let mut scratch = Scratch::new();
        for (archive, what) in flips(&good) {
            match scratch.unpack(&archive) {
                Err(_) => {
                    errors += 1;
                    assert_eq!(scratch.names(), [""; 0], "{what} must leave nothing");
                }
                Ok(_) => {
                    trees += 1;
                    assert_eq!(scratch.names(), ["tree"], "{what} must leave nothing beside the tree");
                    assert!(tree(&scratch.out()) == tree_that_is_said(&archive), "{what}: not what the bytes say");
                    scratch = Scratch::new();
                }
            }
        }
        assert!(errors > 1000 && trees > 1000, "a test of both: {errors} errors, {trees} trees");
    }
}

/// What other readers make of an archive: the zstd decoder without the layers above it, and the tar reader in its usual way.
fn tree_that_is_said(archive: &[u8]) -> Tree {
    let mut stream = Vec::new();
    ruzstd::decoding::StreamingDecoder::new(archive).unwrap().read_to_end(&mut stream).unwrap();
    let mut folders = BTreeSet::new();
    let mut tree = Tree::new();
    for entry in tar::Archive::new(&stream[..]).entries().unwrap() {
        let mut entry = entry.unwrap();
        let path = entry.path().unwrap().into_owned();
        folders.extend(path.ancestors().skip(1).map(|parent| parent.to_str().unwrap().to_owned()));
        let path = path.to_str().unwrap().trim_end_matches('/').to_owned();
        if entry.header().entry_type().is_dir() {
            folders.insert(path);
            continue;
        }
        let mode = if entry.header().mode().unwrap() & 0o111 == 0 { 0o644 } else { 0o755 };
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        tree.insert(path, (mode, Some(content)));
    }
    folders.remove("");
    tree.extend(folders.into_iter().map(|folder| (folder, (0o755, None))));
    tree
}

#[test]
fn a_wrong_sha256_leaves_no_tree_and_says_both() {
    assert_damage_found(&Scratch::new(), &good(), b"another archive", "a wrong sha256");
}

#[test]
fn a_byte_more_at_the_end_leaves_no_tree() {
    let good = good();
    assert_damage_found(&Scratch::new(), &[&good[..], b"\0"].concat(), &good, "a byte more");
}

#[test]
fn the_symptom_of_the_damage_is_named_too() {
    let good = good();
    let scratch = Scratch::new();
    let error = unpack::unpack(&scratch.request(&good[..good.len() / 2], Sha256::of(&good))).unwrap_err();
    assert!(error.to_string().contains("also: the zstd frame ends too early"), "{error}");
}

#[test]
fn a_good_retry_after_damage_works() {
    let (scratch, good) = (Scratch::new(), good());
    assert_damage_found(&scratch, &good[..good.len() - 1], &good, "a cut");
    scratch.unpack(&good).unwrap();
    assert_eq!(tree(&scratch.out()), good_tree());
    assert_eq!(scratch.names(), ["tree"]);
}
