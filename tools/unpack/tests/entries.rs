//! Which entries and tar streams are refused.

mod common;

use common::{Scratch, Tar, assert_tar_refused, header, zst};
use tar::EntryType;

fn only(kind: EntryType, name: &[u8], mode: u32, content: &[u8]) -> Vec<u8> {
    let header = header(kind, name, mode, content.len());
    Tar::default().file("before", b"x").raw(header, content).end()
}

/// The name, in an archive with a good file before it.
fn named(name: &[u8]) -> Vec<u8> {
    only(EntryType::Regular, name, 0o644, b"y")
}

#[test]
fn an_absolute_path_is_refused() {
    assert_tar_refused(&named(b"/etc/passwd"), &["an absolute path", "entry: \"/etc/passwd\""]);
}

#[test]
fn a_parent_component_is_refused_wherever_it_stands() {
    for name in ["..", "../x", "a/../x", "a/.."] {
        assert_tar_refused(&named(name.as_bytes()), &["`..` in its path"]);
    }
    assert_tar_refused(&only(EntryType::Directory, b"a/../", 0o755, b""), &["`..` in its path"]);
}

#[test]
fn a_path_has_one_spelling() {
    for name in [".", "./x", "a/./x"] {
        assert_tar_refused(&named(name.as_bytes()), &["`.` in its path"]);
    }
    assert_tar_refused(&named(b"a//x"), &["an empty component"]);
    assert_tar_refused(&only(EntryType::Directory, b"a//", 0o755, b""), &["an empty component"]);
}

#[test]
fn an_empty_name_is_refused() {
    assert_tar_refused(&named(b""), &["an empty name"]);
}

#[test]
fn a_name_that_is_not_utf8_is_refused() {
    assert_tar_refused(&named(b"a\xff"), &["not UTF-8"]);
}

#[test]
fn a_control_character_in_a_name_is_refused_and_not_printed() {
    assert_tar_refused(&named(b"a\x1b[2J"), &["a control character", r#""a\u{1b}[2J""#]);
}

#[test]
fn a_duplicate_path_is_refused() {
    assert_tar_refused(&named(b"before"), &["a name that an earlier entry has"]);
    assert_tar_refused(&only(EntryType::Directory, b"before/", 0o755, b""), &["a name that an earlier entry has"]);
    assert_tar_refused(&Tar::default().folder("a/").folder("a/").end(), &["a name that an earlier entry has"]);
    assert_tar_refused(&Tar::default().file("a/b", b"").file("a", b"").end(), &["a name that an earlier entry has"]);
}

#[test]
fn names_that_differ_only_by_case_are_refused() {
    assert_tar_refused(&named(b"BEFORE"), &["differs only by case from the earlier \"before\""]);
    assert_tar_refused(
        &Tar::default().file("Lib/a", b"").file("lib/b", b"").end(),
        &["differs only by case from the earlier \"Lib\"", "entry: \"lib/b\""],
    );
}

#[test]
fn a_path_below_a_file_is_refused() {
    assert_tar_refused(&named(b"before/x"), &["a path below \"before\""]);
}

#[test]
fn setuid_setgid_and_sticky_bits_are_refused() {
    for mode in [0o4755, 0o2755, 0o1755] {
        let words = format!("mode {mode}", mode = format_args!("{mode:04o}"));
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
fn a_number_that_is_not_octal_is_refused() {
    let mut odd = header(EntryType::Regular, b"a", 0o644, 0);
    for (size, mode) in [(b"\x80\0\0\0\0\0\0\0\0\0\0\0", b"0000644\0"), (b"00000000000\0", b"+000644\0")] {
        odd.as_old_mut().size = *size;
        odd.as_old_mut().mode = *mode;
        odd.set_cksum();
        assert_tar_refused(&Tar::default().raw(odd.clone(), b"").end(), &["not an octal number"]);
    }
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
