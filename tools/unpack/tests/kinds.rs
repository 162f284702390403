//! Only regular files and folders pass: no link whatever it points to, no device, no FIFO, no extension of the format.

mod common;

use std::fs;

use common::{Tar, assert_tar_refused, header, link};
use tar::EntryType;

/// An entry of this kind behind a good file.
fn odd(kind: EntryType, content: &[u8]) -> Vec<u8> {
    Tar::default().file("before", b"x").raw(header(kind, b"odd", 0o644, content.len()), content).end()
}

/// The records of a pax header: each has its own length in front.
fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let record = |(key, value): &(&str, &str)| {
        let rest = format!(" {key}={value}\n");
        let length = (1..).find(|n: &usize| n.to_string().len() + rest.len() == *n).unwrap();
        format!("{length}{rest}").into_bytes()
    };
    records.iter().flat_map(record).collect()
}

#[test]
fn links_that_escape_are_refused_and_not_made() {
    for target in ["/etc/passwd", "../../../etc/passwd", "..", "/", "before/../../x"] {
        for (kind, words) in [(EntryType::Symlink, "a symbolic link"), (EntryType::Link, "a hard link")] {
            let tar = Tar::default().file("before", b"x").raw(link(kind, "odd", target), b"").end();
            assert_tar_refused(&tar, &[words, "entry: \"odd\"", "offset: 1024"]);
        }
    }
}

#[test]
fn links_that_stay_inside_are_refused_too() {
    for (kind, words) in [(EntryType::Symlink, "a symbolic link"), (EntryType::Link, "a hard link")] {
        let tar = Tar::default().file("before", b"x").raw(link(kind, "odd", "before"), b"").end();
        assert_tar_refused(&tar, &[words, "only regular files and folders are allowed"]);
    }
}

#[test]
fn a_chain_of_links_is_refused_at_its_first() {
    // `up/up/up` climbs although no single link leaves the tree by its text.
    let tar = Tar::default()
        .folder("a/")
        .raw(link(EntryType::Symlink, "a/up", ".."), b"")
        .raw(link(EntryType::Symlink, "up", "a/up/.."), b"")
        .raw(link(EntryType::Link, "passwd", "up/up/etc/passwd"), b"")
        .end();
    assert_tar_refused(&tar, &["a symbolic link", "entry: \"a/up\"", "offset: 512"]);
}

#[test]
fn nothing_is_written_through_a_link_that_is_used_as_a_folder() {
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().to_str().unwrap();
    for name in ["lib", "lib/"] {
        let tar = Tar::default().raw(link(EntryType::Symlink, name, target), b"").file("lib/evil", b"evil").end();
        assert_tar_refused(&tar, &["a symbolic link", "offset: 0"]);
    }
    let replaced = Tar::default().folder("lib/").raw(link(EntryType::Symlink, "lib", target), b"");
    assert_tar_refused(&replaced.file("lib/evil", b"evil").end(), &["a symbolic link", "offset: 512"]);
    assert_eq!(fs::read_dir(outside.path()).unwrap().count(), 0, "something was written outside");
}

#[test]
fn nothing_is_written_through_a_hard_link_to_a_file_outside() {
    let outside = tempfile::NamedTempFile::new().unwrap();
    let target = outside.path().to_str().unwrap();
    let tar = Tar::default().raw(link(EntryType::Link, "a", target), b"").file("a", b"evil").end();
    assert_tar_refused(&tar, &["a hard link"]);
    assert_eq!(fs::read(outside.path()).unwrap(), b"", "a file outside was written");
}

#[test]
fn devices_and_fifos_are_refused() {
    let kinds =
        [(EntryType::Char, "a character device"), (EntryType::Block, "a block device"), (EntryType::Fifo, "a FIFO")];
    for (kind, words) in kinds {
        let mut header = header(kind, b"odd", 0o666, 0);
        // /dev/null as a character device, the first disk's first partition as a block device.
        header.set_device_major(if kind == EntryType::Char { 1 } else { 8 }).unwrap();
        header.set_device_minor(3).unwrap();
        header.set_cksum();
        let tar = Tar::default().file("before", b"x").raw(header, b"").end();
        assert_tar_refused(&tar, &[words, "entry: \"odd\"", "offset: 1024"]);
    }
}

#[test]
fn a_pax_header_is_refused_whatever_it_says() {
    for records in [
        &[("path", "../evil")][..],
        &[("path", &"long/".repeat(1000))],
        &[("linkpath", "/etc/passwd")],
        &[("size", "99999999999999999999")],
        &[("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "1099511627776")],
        &[("SCHILY.xattr.security.capability", "\u{1}")],
        &[("comment", "harmless")],
    ] {
        let content = pax(records);
        assert_tar_refused(&odd(EntryType::XHeader, &content), &["a pax header", "entry: \"odd\"", "offset: 1024"]);
        assert_tar_refused(&odd(EntryType::XGlobalHeader, &content), &["a global pax header", "offset: 1024"]);
        assert_tar_refused(&odd(EntryType::new(b'X'), &content), &["a Solaris pax header", "offset: 1024"]);
    }
}

#[test]
fn a_long_name_of_gnu_tar_is_refused() {
    let name = [&b"../".repeat(2000)[..], b"evil\0"].concat();
    assert_tar_refused(&odd(EntryType::GNULongName, &name), &["a GNU long name", "offset: 1024"]);
    assert_tar_refused(&odd(EntryType::GNULongLink, &name), &["a GNU long link name", "offset: 1024"]);
}

#[test]
fn a_sparse_file_of_gnu_tar_is_refused() {
    let mut header = tar::Header::new_gnu();
    header.set_path("odd").unwrap();
    header.set_entry_type(EntryType::GNUSparse);
    header.set_mode(0o644);
    header.set_size(512);
    // One hole of a terabyte, and a block behind it.
    header.as_gnu_mut().unwrap().realsize = *b"20000000001\0";
    header.as_gnu_mut().unwrap().sparse[0].offset = *b"20000000000\0";
    header.as_gnu_mut().unwrap().sparse[0].numbytes = *b"00000001000\0";
    header.set_cksum();
    assert_tar_refused(&Tar::default().raw(header, &[7; 512]).end(), &["a sparse file", "entry: \"odd\""]);
}

#[test]
fn other_kinds_of_gnu_tar_and_of_nobody_are_refused() {
    let kinds = [
        (b'7', "a contiguous file"),
        (b'D', "a GNU list of a folder's content"),
        (b'M', "the rest of a file that another volume began"),
        (b'V', "a GNU volume label"),
        (b'N', "an entry of the unknown type 'N'"),
        (b'8', "an entry of the unknown type '8'"),
        (b'\x1b', "an entry of the unknown type '\\u{1b}'"),
        (0xff, "an entry of the unknown type 'ÿ'"),
    ];
    for (kind, words) in kinds {
        assert_tar_refused(&odd(EntryType::new(kind), b""), &[words, "entry: \"odd\"", "offset: 1024"]);
    }
}
