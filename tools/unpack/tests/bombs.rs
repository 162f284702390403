//! Small archives that would need much: refused within bounds.

mod common;

use common::{MAGIC, Nothing, Tar, assert_refused, header, raw_block, zst};
use tar::EntryType;
use unpack::{Error, Limits, Sha256, Summary, read_archive};

const GIB: u64 = 1 << 30;

/// A frame with the largest window: a raw block of `content`, then `zeros` zeros in blocks of 128 KiB, four bytes each.
fn inflated(content: &[u8], zeros: u64) -> Vec<u8> {
    let raw = (content.len() as u32) << 3;
    let mut frame = [&MAGIC[..], &[0, 13 << 3], &raw.to_le_bytes()[..3], content].concat();
    let repeated: u32 = 128 << 10 << 3 | 0b10;
    for _ in 0..zeros >> 17 {
        frame.extend_from_slice(&repeated.to_le_bytes()[..3]);
        frame.push(0);
    }
    frame.extend_from_slice(&[1, 0, 0]);
    frame
}

fn read(archive: &[u8], limits: Limits) -> Result<Summary, Error> {
    read_archive(archive, &Sha256::of(archive), &limits, &mut Nothing)
}

#[track_caller]
fn assert_refused_within(archive: &[u8], limits: Limits, words: &str) {
    let error = read(archive, limits).unwrap_err().to_string();
    assert!(error.contains(words), "the error does not say {words:?}:\n{error}");
}

#[test]
fn four_gigabytes_are_the_end_of_any_archive() {
    let limits = Limits::default();
    assert_eq!(limits.bytes, 4 * GIB);
    let end = Tar::default().file("a", b"a").end();
    let zeros_behind_the_end = inflated(&end, 5 * GIB);
    assert!(zeros_behind_the_end.len() < 200_000);
    assert_refused_within(&zeros_behind_the_end, limits, "unpacks to more than 4294967296 bytes");
}

#[test]
fn a_file_that_is_only_large_when_unpacked_is_refused() {
    let file = header(EntryType::Regular, b"zeros", 0o644, 1 << 24);
    let archive = inflated(&Tar::default().raw(file, b"").unended(), (1 << 24) + (1 << 17));
    let bytes = 512 + (1 << 24) + (1 << 17);
    read(&archive, Limits { bytes, entries: 1 }).expect("exactly the limit");
    for fewer in [bytes - 1, 1 << 24] {
        let words = format!("unpacks to more than {fewer} bytes");
        assert_refused_within(&archive, Limits { bytes: fewer, entries: 1 }, &words);
    }
    assert_refused_within(&archive, Limits { bytes: 1000, entries: 1 }, "a size of 16777216 bytes, more than");
}

#[test]
fn one_entry_too_many_is_refused_whatever_it_is() {
    let Limits { entries, .. } = Limits::default();
    assert_eq!(entries, 65536);
    let files = (0..entries).fold(Tar::default(), |tar, n| tar.file(&format!("{n:x}"), b""));
    read(&zst(&files.clone().end()), Limits::default()).expect("exactly the limit");
    for tar in [files.clone().file("x", b""), files.clone().folder("x/"), files.file("x/y", b"")] {
        assert_refused_within(&zst(&tar.end()), Limits::default(), "one entry more than the 65536 allowed");
    }
}

#[test]
fn folders_that_a_name_implies_are_entries_too() {
    // 46 folders in each of 1,426 names.
    let deep = |n: u32| format!("{n:x}{}/f", "/d".repeat(45));
    let tar = (0..1426).fold(Tar::default(), |tar, n| tar.file(&deep(n), b""));
    assert_refused_within(&zst(&tar.end()), Limits::default(), "one entry more than the 65536 allowed");
}

#[test]
fn a_window_that_would_need_more_memory_is_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(24).unwrap();
    std::io::copy(&mut &Tar::default().end()[..], &mut encoder).unwrap();
    assert_refused(&encoder.finish().unwrap(), &["a zstd window of 16777216 bytes", "without --long"]);
    // The largest window that the header can express, 3.75 TiB, and a single segment of 2^64 - 1 bytes.
    assert_refused(&raw_block(&[0, 0xff], b""), &["a zstd window of 4123168604160 bytes"]);
    let segment = [&[0b1110_0000][..], &u64::MAX.to_le_bytes()].concat();
    assert_refused(&raw_block(&segment, b""), &["a zstd window of 18446744073709551615 bytes"]);
}
