//! Damaged archives: always an error, never a tree, never a panic that gets out.

mod common;

use common::{Nothing, Scratch, Tar, good, good_tree, tree, zst};
use unpack::{Limits, Sha256, read_archive};

/// Unpacks `archive` under the sha256 of the undamaged `good` one.
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
fn a_wrong_sha256_leaves_no_tree_and_says_both() {
    assert_damage_found(&Scratch::new(), &good(), b"another archive", "a wrong sha256");
}

#[test]
fn an_archive_cut_at_any_byte_leaves_no_tree() {
    let (scratch, good) = (Scratch::new(), good());
    for length in 0..good.len() {
        assert_damage_found(&scratch, &good[..length], &good, &format!("a cut at byte {length}"));
    }
}

#[test]
fn a_flipped_bit_at_any_byte_leaves_no_tree() {
    let (scratch, good) = (Scratch::new(), good());
    for byte in 0..good.len() {
        let mut archive = good.clone();
        archive[byte] ^= 1 << (byte % 8);
        assert_damage_found(&scratch, &archive, &good, &format!("a flipped bit in byte {byte}"));
    }
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

#[test]
fn changed_bytes_under_a_right_sha256_never_panic() {
    let content: Vec<u8> = (0..1000u32).flat_map(|n| (n * n / 7).to_string().into_bytes()).collect();
    let good = zst(&Tar::default().file("numbers", &content).end());
    let limits = Limits { bytes: 1 << 20, entries: 10 };
    // The frame's and the block's headers and tables whole, then a sample of the rest.
    for byte in (0..good.len()).filter(|byte| *byte < 100 || byte % 31 == 0) {
        let mut archive = good.clone();
        archive[byte] ^= 0x80 >> (byte % 8);
        let _ = read_archive(&archive[..], &Sha256::of(&archive), &limits, &mut Nothing);
    }
}
