//! Each leak that can be planted in a binary is found.
#![allow(missing_docs)]

mod common;

use common::{Compression, Elf, compressed, dir, elf, has, leakcheck, lines, report};

#[test]
fn a_static_binary_without_paths_is_clean() {
    let dir = dir();
    let file =
        dir.file("clean", elf(&Elf { sections: &[(".rodata", b"\0/etc/localtime\0/healthz\0")], ..Elf::default() }));
    let report = report(&["--binary", &file], 0);
    assert_eq!(report["binaries"][0]["runtime_constants"], 1);
}

#[test]
fn an_interpreter_is_found() {
    let dir = dir();
    let file = dir.file("a", elf(&Elf { interpreter: Some("/lib64/ld-linux-x86-64.so.2"), ..Elf::default() }));
    has(&report(&["--binary", &file], 1), "interpreter /lib64/ld-linux-x86-64.so.2 | PT_INTERP | ");
}

#[test]
fn a_needed_library_is_found() {
    let dir = dir();
    let file = dir.file("a", elf(&Elf { needed: &["libz.so.1"], ..Elf::default() }));
    has(&report(&["--binary", &file], 1), "library libz.so.1 | DT_NEEDED");
}

#[test]
fn each_folder_of_a_run_path_is_found() {
    let dir = dir();
    let file =
        dir.file("a", elf(&Elf { needed: &["libz.so.1"], run_path: Some("/opt/z:$ORIGIN/../lib"), ..Elf::default() }));
    let report = report(&["--binary", &file], 1);
    has(&report, "run-path /opt/z | DT_RUNPATH");
    has(&report, "run-path $ORIGIN/../lib | DT_RUNPATH");
}

#[test]
fn the_highest_version_of_each_library_is_found() {
    let dir = dir();
    let versioned = [("pthread_create", "GLIBC_2.34"), ("puts", "GLIBC_2.4")];
    let file = dir.file("a", elf(&Elf { needed: &["libc.so.6"], versioned: &versioned, ..Elf::default() }));
    let found = report(&["--binary", &file], 1);
    has(&found, "symbol-version GLIBC_2.34 | of libc.so.6, the highest of 2; by pthread_create");
    report(&["--glibc=2.34", "--binary", &file], 0);
    has(&report(&["--glibc=2.28", "--binary", &file], 1), "symbol-version GLIBC_2.34");
}

#[test]
fn an_undefined_symbol_that_no_library_can_define_is_found() {
    let dir = dir();
    let what = Elf { run_path: Some("/x"), undefined: &["missing_function"], ..Elf::default() };
    has(&report(&["--binary", &dir.file("a", elf(&what))], 1), "undefined-symbol missing_function");
}

#[test]
fn a_symbol_of_the_linkers_own_is_no_leak() {
    let dir = dir();
    let what = Elf { run_path: Some("$ORIGIN"), undefined: &["_DYNAMIC"], ..Elf::default() };
    let found = report(&["--binary", &dir.file("a", elf(&what))], 1);
    assert_eq!(lines(&found).len(), 1, "{found}");
}

#[test]
fn a_path_of_the_build_machine_is_found_in_each_kind_of_section() {
    let dir = dir();
    for section in [".debug_line_str", ".debug_str", ".rodata", ".gopclntab", ".data"] {
        let what = Elf { sections: &[(section, b"\0/home/somebody/src/main.c\0")], ..Elf::default() };
        let found = report(&["--binary", &dir.file("a", elf(&what))], 1);
        has(&found, &format!("build-path /home/somebody/src/main.c | section {section}"));
    }
}

#[test]
fn a_path_of_the_build_machine_is_found_in_a_compressed_section() {
    let dir = dir();
    let text: String = (0..3000).map(|n| format!("word{n}\0")).collect::<String>() + "\0/home/somebody/src/main.c\0";
    for compression in [Compression::Zlib, Compression::Zstandard] {
        let data = compressed(text.as_bytes(), compression);
        assert!(!data.windows(9).any(|window| window == b"/somebody"), "{compression:?}: not compressed");
        let what = Elf { sections: &[(".debug_str", &data)], compressed: true, ..Elf::default() };
        let found = report(&["--binary", &dir.file("a", elf(&what))], 1);
        has(&found, "build-path /home/somebody/src/main.c | section .debug_str");
        assert_eq!(found["notes"], serde_json::json!([]), "{compression:?}");
    }
}

#[test]
fn a_compressed_section_that_is_damaged_is_named_as_not_looked_into() {
    let dir = dir();
    for compression in [Compression::Zlib, Compression::Zstandard] {
        let whole = compressed(&[b'x'; 1000], compression);
        let short = whole[..whole.len() - 8].to_vec();
        let mut other_size = whole.clone();
        other_size[8] = 0;
        let mut huge = whole.clone();
        huge[8..16].fill(0xff);
        let mut other_kind = whole;
        other_kind[0] = 99;
        for data in [short, other_size, huge, other_kind] {
            let what = Elf { sections: &[(".debug_str", &data)], compressed: true, ..Elf::default() };
            let found = report(&["--binary", &dir.file("a", elf(&what))], 0);
            let note = found["notes"][0].as_str().unwrap_or_default();
            assert!(note.contains(".debug_str cannot be decompressed: not looked into"), "{compression:?}: {found}");
        }
    }
}

#[test]
fn a_path_of_bazels_sandbox_is_found() {
    let dir = dir();
    let path = "/data/b/sandbox/linux-sandbox/7/execroot/_main/a.c";
    let what = Elf { sections: &[(".debug_str", path.as_bytes())], ..Elf::default() };
    has(&report(&["--binary", &dir.file("a", elf(&what))], 1), path);
}

#[test]
fn many_headers_of_one_folder_are_one_leak() {
    let dir = dir();
    let text: String = (0..50).map(|n| format!("/usr/include/header{n}.h\0")).collect();
    let what = Elf { sections: &[(".debug_str", text.as_bytes())], ..Elf::default() };
    let found = report(&["--binary", &dir.file("a", elf(&what))], 1);
    assert_eq!(lines(&found).len(), 1);
    has(&found, "build-path /usr/include | section .debug_str: 50 paths, such as /usr/include/header0.h");
}

#[test]
fn what_is_not_linked_is_an_error_that_says_so() {
    let dir = dir();
    let mut object = elf(&Elf::default());
    object[16] = 1;
    for (content, says) in [
        (b"!<arch>\n".to_vec(), "static archive"),
        (object, "relocatable object"),
        (b"#!/bin/sh\n".to_vec(), "no ELF file"),
        (elf(&Elf::default())[..80].to_vec(), "cannot be read"),
    ] {
        let output = leakcheck(&["--binary", &dir.file("a", content)]);
        let text = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{text}");
        assert!(text.contains(says) && text.contains("next:"), "{text}");
    }
}
