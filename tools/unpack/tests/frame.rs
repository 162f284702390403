//! Which zstd files are refused.

mod common;

use common::{MAGIC, Scratch, Tar, assert_refused, good, raw_block, zst};

/// A skippable frame with two bytes of anything.
const SKIPPABLE: [u8; 10] = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 0, 0];

#[test]
fn a_file_that_is_not_zstd_is_refused() {
    let others: [&[u8]; 6] = [
        b"PK\x03\x04 a zip, perhaps",
        b"\x1f\x8b\x08\0 gzip",
        b"\xfd7zXZ\0 xz",
        b"BZh9 bzip2",
        // zstd's own formats before 0.8.
        b"\x27\xb5\x2f\xfd of zstd 0.7",
        &Tar::default().file("a", b"a tar archive as it is").end(),
    ];
    for other in others {
        assert_refused(other, &["not a zstd file"]);
    }
}

#[test]
fn an_empty_or_tiny_file_is_refused() {
    assert_refused(b"", &["not a zstd file", "offset: 0"]);
    assert_refused(&MAGIC[..3], &["not a zstd file", "offset: 3"]);
    assert_refused(&MAGIC, &["the zstd frame ends too early", "offset: 4"]);
}

#[test]
fn an_empty_frame_holds_no_tar_stream() {
    assert_refused(&zst(b""), &["without its end mark", "offset: 0"]);
}

#[test]
fn a_skippable_frame_is_refused_before_the_frame() {
    for magic in 0x50..=0x5f {
        let mut skippable = SKIPPABLE;
        skippable[0] = magic;
        assert_refused(&[&skippable[..], &good()].concat(), &["a skippable zstd frame"]);
    }
    let endless = [0x50, 0x2a, 0x4d, 0x18, 0xff, 0xff, 0xff, 0xff];
    assert_refused(&[&endless[..], &good()].concat(), &["a skippable zstd frame"]);
}

#[test]
fn a_skippable_frame_is_refused_after_and_between_frames() {
    let offset = format!("offset: {}", good().len());
    assert_refused(&[&good()[..], &SKIPPABLE].concat(), &["a skippable zstd frame follows", &offset]);
    assert_refused(&[&good()[..], &SKIPPABLE, &good()].concat(), &["a skippable zstd frame follows", &offset]);
}

#[test]
fn a_second_frame_is_refused() {
    let offset = format!("offset: {}", good().len());
    assert_refused(&[good(), good()].concat(), &["a second zstd frame", &offset]);
    assert_refused(&[good(), zst(b"")].concat(), &["a second zstd frame", &offset]);
}

#[test]
fn a_tar_stream_across_two_frames_is_refused() {
    let tar = Tar::default().file("a", b"a").end();
    let (first, second) = tar.split_at(1024);
    assert_refused(&[zst(first), zst(second)].concat(), &["a second zstd frame"]);
}

#[test]
fn bytes_after_the_frame_are_refused() {
    for trailing in [&b"\0"[..], b"x", b"trailing garbage"] {
        assert_refused(&[&good()[..], trailing].concat(), &["bytes follow the zstd frame"]);
    }
}

#[test]
fn a_cut_frame_is_refused_as_cut_although_its_sha256_is_right() {
    let archive = good();
    assert_refused(&archive[..archive.len() - 9], &["the zstd frame ends too early"]);
}

#[test]
fn a_frame_that_declares_another_size_is_refused() {
    let tar = Tar::default().file("a", b"a").end();
    let size = tar.len() as u64;
    // Eight bytes of size, behind a window of 1 MiB.
    let declaring = |size: u64| raw_block(&[&[0b1100_0000, 10 << 3][..], &size.to_le_bytes()].concat(), &tar);
    Scratch::new().unpack(&declaring(size)).expect("the right size");
    for wrong in [size + 1, size - 1, 0, u64::MAX] {
        assert_refused(&declaring(wrong), &[&format!("declares {wrong} bytes and holds {size}")]);
    }
}

#[test]
fn a_frame_that_needs_a_dictionary_is_refused() {
    let tar = Tar::default().file("a", b"a").end();
    for header in [&[0b01, 10 << 3, 77][..], &[0b10, 10 << 3, 77, 0], &[0b11, 10 << 3, 77, 0, 0, 0]] {
        assert_refused(&raw_block(header, &tar), &["needs the dictionary 77", "without a dictionary"]);
    }
}

#[test]
fn a_reserved_bit_or_block_type_is_refused() {
    let tar = Tar::default().file("a", b"a").end();
    assert_refused(&raw_block(&[0b0000_1000, 10 << 3], &tar), &["damaged zstd data: a reserved bit"]);
    let mut block = raw_block(&[0, 10 << 3], &tar);
    block[6] |= 0b110;
    assert_refused(&block, &["damaged zstd data", "eserved"]);
}

#[test]
fn a_block_larger_than_the_format_allows_is_refused() {
    // 2 MiB of one byte, said in four bytes.
    let block = [&MAGIC[..], &[0, 10 << 3], &[0b11 | 0xf8, 0xff, 0xff], b"x"].concat();
    assert_refused(&block, &["damaged zstd data"]);
}
