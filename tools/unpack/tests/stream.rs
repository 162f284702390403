//! Which zstd and tar streams are refused: around the entries, not in them.

mod common;

use common::{Scratch, Tar, assert_refused, assert_tar_refused, good, header, zst};
use tar::EntryType;
use unpack::{FolderSink, Limits, Sha256, read_archive};

const SKIPPABLE: [u8; 10] = [0x50, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 0, 0];

#[test]
fn a_file_that_is_not_zstd_is_refused() {
    assert_refused(b"PK\x03\x04 a zip, perhaps", &["not a zstd file", "offset: 4"]);
    assert_refused(b"", &["not a zstd file", "offset: 0"]);
}

#[test]
fn a_skippable_frame_is_refused_before_and_after_the_frame() {
    assert_refused(&[&SKIPPABLE[..], &good()].concat(), &["a skippable zstd frame"]);
    assert_refused(&[&good()[..], &SKIPPABLE].concat(), &["bytes follow the zstd frame"]);
}

#[test]
fn a_second_frame_is_refused() {
    let offset = format!("offset: {}", good().len());
    assert_refused(&[good(), good()].concat(), &["a second zstd frame", &offset]);
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
fn a_window_that_would_need_more_memory_is_refused() {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    encoder.window_log(24).unwrap();
    std::io::copy(&mut &Tar::default().end()[..], &mut encoder).unwrap();
    assert_refused(&encoder.finish().unwrap(), &["a zstd window of 16777216 bytes", "without --long"]);
    // The largest window that the header can express.
    assert_refused(&[0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 1, 0, 0], &["a zstd window of"]);
}

#[test]
fn a_frame_that_declares_another_size_is_refused() {
    // One block of three bytes, in a frame that declares four.
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x20, 4, 0x19, 0, 0, b'a', b'b', b'c'];
    assert_refused(&frame, &[]);
    let tar = Tar::default().file("a", b"a").end();
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x60];
    frame.extend_from_slice(&(tar.len() as u16 - 256 + 1).to_le_bytes());
    frame.extend_from_slice(&((tar.len() as u32) << 3 | 1).to_le_bytes()[..3]);
    frame.extend_from_slice(&tar);
    let words = format!("declares {} bytes and holds {}", tar.len() + 1, tar.len());
    assert_refused(&frame, &[&words]);
}

#[test]
fn a_tar_stream_without_its_end_mark_is_refused() {
    let stream = Tar::default().file("a", b"a").unended();
    for zeros in [0, 511, 512, 1023] {
        let mut stream = stream.clone();
        stream.resize(stream.len() + zeros, 0);
        let words: &[&str] = if zeros == 511 { &[] } else { &["without its end mark"] };
        assert_tar_refused(&stream, words);
    }
}

#[test]
fn data_after_the_end_mark_is_refused_and_more_zeros_are_not() {
    let mut stream = Tar::default().file("a", b"a").end();
    stream.resize(10240, 0);
    Scratch::new().unpack(&zst(&stream)).expect("GNU tar fills its last record with zeros");
    stream.push(1);
    assert_tar_refused(&stream, &["data follows the end mark"]);
}

#[test]
fn a_second_tar_behind_the_first_is_refused() {
    let stream = Tar::default().file("a", b"a").end();
    assert_tar_refused(&[&stream[..], &stream].concat(), &["data follows the end mark"]);
}

#[test]
fn a_header_with_a_wrong_checksum_is_refused() {
    let mut wrong = header(EntryType::Regular, b"a", 0o644, 0);
    wrong.as_old_mut().name[0] = b'b';
    assert_tar_refused(&Tar::default().file("x", b"y").raw(wrong, b"").end(), &["checksum", "offset: 1024"]);
}

#[test]
fn a_size_that_the_stream_does_not_hold_is_refused() {
    let stream = Tar::default().raw(header(EntryType::Regular, b"a", 0o644, 5000), b"only this").unended();
    assert_tar_refused(&stream, &["a size of 5000 bytes, of which the archive holds 512", "entry: \"a\""]);
}

#[test]
fn a_file_larger_than_any_archive_is_refused_before_it_is_written() {
    let huge = header(EntryType::Regular, b"a", 0o644, 5 << 30);
    assert_tar_refused(&Tar::default().raw(huge, b"").end(), &["a size of 5368709120 bytes"]);
}

#[test]
fn more_than_the_limits_allow_is_refused() {
    let archive = zst(&Tar::default().file("a/b/c", &[0; 4096]).file("d", b"").end());
    let read = |bytes, entries| {
        let folder = tempfile::tempdir().unwrap();
        let mut sink = FolderSink::new(folder.path());
        read_archive(&archive[..], &Sha256::of(&archive), &Limits { bytes, entries }, &mut sink)
    };
    read(6144, 4).expect("exactly the limits");
    let bytes = read(6143, 4).unwrap_err().to_string();
    assert!(bytes.contains("unpacks to more than 6143 bytes"), "{bytes}");
    let entries = read(6144, 3).unwrap_err().to_string();
    assert!(entries.contains("one entry more than the 3 allowed"), "{entries}");
}
