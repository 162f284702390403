//! Which names and modes of entries are refused.

mod common;

use common::{Scratch, Tar, assert_tar_refused, header, zst};
use tar::EntryType;

/// One entry behind a good file.
fn only(kind: EntryType, name: &[u8], mode: u32, content: &[u8]) -> Vec<u8> {
    let header = header(kind, name, mode, content.len());
    Tar::default().file("before", b"x").raw(header, content).end()
}

/// A file of this name behind a good file.
fn named(name: &[u8]) -> Vec<u8> {
    only(EntryType::Regular, name, 0o644, b"y")
}

/// A file whose header has the two parts of its name in two fields.
fn prefixed(prefix: &[u8], name: &[u8]) -> Vec<u8> {
    let mut header = header(EntryType::Regular, name, 0o644, 0);
    header.as_ustar_mut().unwrap().prefix[..prefix.len()].copy_from_slice(prefix);
    header.set_cksum();
    Tar::default().raw(header, b"").end()
}

#[test]
fn an_absolute_path_is_refused() {
    assert_tar_refused(&named(b"/etc/passwd"), &["an absolute path", "entry: \"/etc/passwd\""]);
    assert_tar_refused(&prefixed(b"/etc", b"passwd"), &["an absolute path", "entry: \"/etc/passwd\""]);
    assert_tar_refused(&only(EntryType::Directory, b"/", 0o755, b""), &["an absolute path"]);
}

#[test]
fn a_parent_component_is_refused_wherever_it_stands() {
    for name in ["..", "../x", "a/../x", "a/.."] {
        assert_tar_refused(&named(name.as_bytes()), &["`..` in its path"]);
    }
    assert_tar_refused(&only(EntryType::Directory, b"a/../", 0o755, b""), &["`..` in its path"]);
    for (prefix, name) in [("..", "x"), ("a", "../../x"), ("a/..", "..")] {
        assert_tar_refused(&prefixed(prefix.as_bytes(), name.as_bytes()), &["`..` in its path"]);
    }
}

#[test]
fn a_path_has_one_spelling() {
    for name in [".", "./x", "a/./x"] {
        assert_tar_refused(&named(name.as_bytes()), &["`.` in its path"]);
    }
    assert_tar_refused(&named(b"a//x"), &["an empty component"]);
    assert_tar_refused(&prefixed(b"a", b"/x"), &["an empty component"]);
    assert_tar_refused(&only(EntryType::Directory, b"a//", 0o755, b""), &["an empty component"]);
}

#[test]
fn an_empty_name_is_refused() {
    assert_tar_refused(&named(b""), &["an empty name"]);
}

#[test]
fn a_name_that_is_not_utf8_is_refused() {
    // Latin-1, a cut character, a surrogate, and `..` with each dot in two bytes.
    for name in [&b"caf\xe9"[..], b"a\xe2\x82", b"\xed\xa0\x80", b"\xc0\xae\xc0\xae/x"] {
        assert_tar_refused(&named(name), &["not UTF-8", "offset: 1024"]);
        assert_tar_refused(&prefixed(name, b"x"), &["not UTF-8"]);
    }
}

#[test]
fn a_control_character_in_a_name_is_refused_and_not_printed() {
    assert_tar_refused(&named(b"a\x1b[2J"), &["a control character", r#""a\u{1b}[2J""#]);
}

#[test]
fn a_duplicate_path_is_refused() {
    let twice = "a name that an earlier entry has";
    assert_tar_refused(&named(b"before"), &[twice, "entry: \"before\"", "offset: 1024"]);
    assert_tar_refused(&Tar::default().folder("a/").folder("a/").end(), &[twice, "offset: 512"]);
    assert_tar_refused(&Tar::default().folder("a/").folder("a").end(), &[twice, "offset: 512"]);
    assert_tar_refused(&prefixed_twice(), &[twice, "entry: \"a/b\"", "offset: 512"]);
}

/// `a/b`, spelled in one field and in two.
fn prefixed_twice() -> Vec<u8> {
    let first = Tar::default().file("a/b", b"").unended();
    [first, prefixed(b"a", b"b")].concat()
}

#[test]
fn a_name_of_both_a_file_and_a_folder_is_refused() {
    let twice = "a name that an earlier entry has";
    assert_tar_refused(&only(EntryType::Directory, b"before/", 0o755, b""), &[twice]);
    assert_tar_refused(&Tar::default().folder("a/").file("a", b"").end(), &[twice]);
    assert_tar_refused(&Tar::default().file("a/b", b"").file("a", b"").end(), &[twice]);
    assert_tar_refused(&named(b"before/x"), &["a path below \"before\", which is a regular file"]);
    assert_tar_refused(&named(b"before/x/y"), &["a path below \"before\", which is a regular file"]);
}

#[test]
fn names_that_differ_only_by_case_are_refused() {
    assert_tar_refused(&named(b"BEFORE"), &["differs only by case from the earlier \"before\""]);
    assert_tar_refused(
        &Tar::default().file("Lib/a", b"").file("lib/b", b"").end(),
        &["differs only by case from the earlier \"Lib\"", "entry: \"lib/b\""],
    );
    // Sigma has two small forms, s a long one, and K a sign for kelvin.
    for (earlier, name) in [("ΟΔΟΣ", "οδος"), ("ΟΔΟΣ", "οδοσ"), ("s", "ſ"), ("K", "\u{212a}"), ("Ä", "ä"), ("ß", "SS")]
    {
        let words = format!("differs only by case from the earlier {earlier:?}");
        assert_tar_refused(&Tar::default().file(earlier, b"").file(name, b"").end(), &[&words]);
    }
}

#[test]
fn setuid_setgid_and_sticky_bits_are_refused() {
    for mode in [0o4755, 0o2755, 0o1755, 0o7777, 0o4000] {
        let words = format!("mode {mode:04o}");
        assert_tar_refused(&only(EntryType::Regular, b"su", mode, b""), &["setuid", &words]);
        assert_tar_refused(&only(EntryType::Directory, b"su/", mode, b""), &["setuid", &words]);
    }
}

#[test]
fn a_file_named_as_a_folder_is_refused() {
    assert_tar_refused(&named(b"a/"), &["ends in a slash"]);
}

#[test]
fn a_folder_with_content_is_refused() {
    assert_tar_refused(&only(EntryType::Directory, b"a/", 0o755, b"xyz"), &["a folder with 3 bytes of content"]);
}

#[test]
fn an_old_header_without_magic_is_refused() {
    let mut old = header(EntryType::Regular, b"a", 0o644, 0);
    old.as_ustar_mut().unwrap().magic = [0; 6];
    old.set_cksum();
    assert_tar_refused(&Tar::default().raw(old, b"").end(), &["neither ustar nor GNU tar"]);
}

#[test]
fn the_longest_path_of_the_format_is_allowed() {
    let mut long = header(EntryType::Regular, &[b'n'; 100], 0o644, 0);
    long.as_ustar_mut().unwrap().prefix = [b'p'; 155];
    long.set_cksum();
    let archive = zst(&Tar::default().raw(long, b"").end());
    let summary = Scratch::new().unpack(&archive).expect("256 bytes, and 155 for a component, are legal");
    assert_eq!(summary.files, 1);
}

#[test]
fn a_path_may_be_as_deep_as_the_format_allows() {
    let mut deep = header(EntryType::Regular, "d/".repeat(49).as_bytes(), 0o644, 0);
    deep.as_old_mut().name[98] = b'f';
    deep.as_ustar_mut().unwrap().prefix.copy_from_slice(&b"d/".repeat(78)[..155]);
    deep.set_cksum();
    let scratch = Scratch::new();
    let summary = scratch.unpack(&zst(&Tar::default().raw(deep, b"").end())).unwrap();
    assert_eq!((summary.files, summary.folders), (1, 78 + 49));
}
