//! Which tar streams are refused: around their entries, not in them.

mod common;

use common::{Scratch, Tar, assert_tar_refused, header, zst};
use tar::EntryType;

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
    let behind = |header| Tar::default().file("x", b"y").raw(header, b"").end();
    assert_tar_refused(&behind(wrong.clone()), &["checksum mismatch", "offset: 1024"]);
    for sum in [*b"\0\0\0\0\0\0\0\0", *b"xxxxxxx\0", [0xff; 8]] {
        wrong.as_old_mut().cksum = sum;
        assert_tar_refused(&behind(wrong.clone()), &["no readable tar header", "offset: 1024"]);
    }
}
