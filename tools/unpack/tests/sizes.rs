//! Sizes that lie, and numbers that are none.

mod common;

use common::{Scratch, Tar, assert_tar_refused, header, tree, zst};
use tar::{EntryType, Header};

/// A file's header that claims `size`, whatever it holds.
fn claims(size: u64) -> Header {
    header(EntryType::Regular, b"liar", 0o644, size as usize)
}

/// A file's header with this size field, byte by byte.
fn size_field(field: [u8; 12]) -> Header {
    let mut header = claims(0);
    header.as_old_mut().size = field;
    header.set_cksum();
    header
}

/// An archive with this header behind a good file.
fn behind_a_file(header: Header) -> Vec<u8> {
    Tar::default().file("before", b"x").raw(header, b"").end()
}

#[test]
fn a_size_beyond_the_end_of_the_stream_is_refused() {
    let stream = Tar::default().raw(claims(5000), b"only this").unended();
    assert_tar_refused(&stream, &["a size of 5000 bytes, of which the archive holds 512", "entry: \"liar\""]);
}

#[test]
fn a_size_that_swallows_the_end_mark_is_refused() {
    let stream = Tar::default().raw(claims(512 + 1024), &[b'x'; 512]).end();
    assert_tar_refused(&stream, &["without its end mark"]);
    let stream = Tar::default().raw(claims(512 + 1), &[b'x'; 512]).end();
    assert_tar_refused(&stream, &["without its end mark"]);
}

#[test]
fn content_behind_a_size_that_is_too_small_is_refused() {
    let stream = Tar::default().raw(claims(512), &[b'x'; 1024]).end();
    assert_tar_refused(&stream, &["no readable tar header", "when getting cksum", "offset: 1024"]);
    let stream = Tar::default().raw(claims(0), b"content").end();
    assert_tar_refused(&stream, &["no readable tar header", "when getting cksum", "offset: 512"]);
}

#[test]
fn a_header_in_the_content_of_another_file_is_content() {
    let hidden = Tar::default().file("../evil", b"evil").unended();
    let scratch = Scratch::new();
    scratch.unpack(&zst(&Tar::default().file("outer.tar", &hidden).end())).unwrap();
    assert_eq!(tree(&scratch.out())["outer.tar"], (0o644, Some(hidden)));
}

#[test]
fn a_file_larger_than_any_archive_is_refused_before_it_is_written() {
    assert_tar_refused(&behind_a_file(claims(5 << 30)), &["a size of 5368709120 bytes", "entry: \"liar\""]);
    // The largest that twelve octal digits can say, where most writers leave room for a NUL.
    assert_tar_refused(&behind_a_file(size_field(*b"777777777777")), &["a size of 68719476735 bytes"]);
}

#[test]
fn a_binary_size_of_gnu_tar_is_refused() {
    let fields = [
        *b"\x80\0\0\0\0\0\0\0\0\0\0\0",               // 0
        *b"\x80\0\0\0\0\0\0\0\0\0\0\x01",             // 1
        *b"\x80\0\0\x01\0\0\0\0\0\0\0\0",             // 2^64
        *b"\x80\0\0\0\x7f\xff\xff\xff\xff\xff\xf0\0", // just below 2^63
        *b"\xff\xff\xff\xff\x80\0\0\0\0\0\0\0",       // -2^63
    ];
    for field in fields {
        let stream = behind_a_file(size_field(field));
        assert_tar_refused(&stream, &["a size field that is not an octal number", "entry: \"liar\"", "offset: 1024"]);
    }
}

#[test]
fn a_binary_size_that_overflows_is_refused() {
    let fields = [
        [0xff; 12],                                         // -1
        *b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xfe\0", // -512
        *b"\x80\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff",     // 2^64 - 1
        *b"\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff",
    ];
    for field in fields {
        assert_tar_refused(
            &behind_a_file(size_field(field)),
            &["no readable tar header: size overflow", "offset: 1024"],
        );
    }
}

#[test]
fn a_size_that_is_no_number_is_refused() {
    let fields = [
        b"00000000012x",
        b"0000 0000 12",
        b"-0000000012\0",
        b"0000000008 \0",
        b"0x000000001\0",
        b"0000000001\xff\0",
        b"            ",
        b"\0\0\0\0\0\0\0\0\0\0\0\0",
    ];
    for field in fields {
        let words = ["no readable tar header: numeric field", "when getting size for liar", "offset: 1024"];
        assert_tar_refused(&behind_a_file(size_field(*field)), &words);
    }
}

#[test]
fn a_size_that_only_some_readers_take_is_refused() {
    // A sign, spaces before the digits, a digit after the end.
    for field in [b"+0000000000\0", b"          0\0", b"0000000000\x001"] {
        let stream = behind_a_file(size_field(*field));
        assert_tar_refused(&stream, &["a size field that is not an octal number", "entry: \"liar\"", "offset: 1024"]);
    }
}

#[test]
fn a_mode_that_is_not_octal_is_refused() {
    for mode in [b"+000644\0", b"  0644 \0", b"00008888", b"\0\0\0\0\0\0\0\0", b"\x80\0\0\0\0\0\x01\xa4"] {
        let mut header = claims(0);
        header.as_old_mut().mode = *mode;
        header.set_cksum();
        assert_tar_refused(&behind_a_file(header), &["a mode field that is not an octal number", "entry: \"liar\""]);
    }
}
