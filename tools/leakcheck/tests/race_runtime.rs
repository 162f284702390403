//! The race detector's runtime is recognised in a binary, stripped or not.
#![allow(missing_docs)]

mod common;

use common::{Dir, Elf, dir, elf, has, report};
use object::write::{Object, Relocation, StandardSection, Symbol, SymbolSection};
use object::{
    Architecture, BinaryFormat, Endianness, RelocationFlags, SymbolFlags, SymbolKind, SymbolScope, elf as abi,
};

/// Code that differs by `seed`, with a place at byte 100 that a linker fills.
fn code(seed: u32) -> Vec<u8> {
    let mut state = seed;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    (0..400).map(next).collect()
}

/// A Go SDK whose race runtime has this code.
fn sdk(dir: &Dir, version: &str, seed: u32) -> String {
    let mut object = Object::new(BinaryFormat::Elf, Architecture::X86_64, Endianness::Little);
    let text = object.section_id(StandardSection::Text);
    object.append_section_data(text, &code(seed), 16);
    let symbol = object.add_symbol(Symbol {
        name: b"elsewhere".to_vec(),
        value: 0,
        size: 0,
        kind: SymbolKind::Text,
        scope: SymbolScope::Dynamic,
        weak: false,
        section: SymbolSection::Undefined,
        flags: SymbolFlags::None,
    });
    let flags = RelocationFlags::Elf { r_type: abi::R_X86_64_PLT32 };
    object.add_relocation(text, Relocation { offset: 100, symbol, addend: -4, flags }).unwrap();
    dir.file(&format!("{version}/VERSION"), format!("{version}\ntime x\n"));
    dir.file(&format!("{version}/src/runtime/race/internal/amd64v1/race_linux.syso"), object.write().unwrap());
    dir.path(version).to_str().unwrap().to_owned()
}

/// A binary of a Go version with the race runtime of a seed, whose relocation is filled.
fn binary(go: &str, seed: u32) -> Vec<u8> {
    let mut text = vec![0x90; 64];
    text.extend(code(seed));
    text[64 + 100..64 + 104].copy_from_slice(&[1, 2, 3, 4]);
    text.extend([0x90; 64]);
    let mut info = b"\xff Go buildinf:\x08\x02".to_vec();
    info.resize(32, 0);
    info.push(go.len() as u8);
    info.extend(go.as_bytes());
    elf(&Elf {
        sections: &[(".text", &text), (".rodata", b"ThreadSanitizer\0"), (".go.buildinfo", &info)],
        ..Elf::default()
    })
}

#[test]
fn the_runtime_of_the_binarys_own_go_version_is_no_leak() {
    let dir = dir();
    let (old, new) = (sdk(&dir, "go1.26.8", 1), sdk(&dir, "go1.27.0", 2));
    let file = dir.file("a", binary("go1.27.0", 2));
    let found = report(&["--goroot", &old, "--goroot", &new, "--binary", &file], 0);
    assert_eq!(found["binaries"][0]["go"], "go1.27.0");
    assert_eq!(found["binaries"][0]["race_of"], serde_json::json!(["go1.27.0 (amd64v1)"]));
}

#[test]
fn the_runtime_of_another_go_version_is_found_and_named() {
    let dir = dir();
    let (old, new) = (sdk(&dir, "go1.26.8", 1), sdk(&dir, "go1.27.0", 2));
    let file = dir.file("a", binary("go1.27.0", 1));
    let found = report(&["--goroot", &old, "--goroot", &new, "--binary", &file], 1);
    has(&found, "race-runtime go1.26.8 (amd64v1) | the binary is of go1.27.0");
}

#[test]
fn several_go_versions_with_the_same_runtime_are_all_named() {
    let dir = dir();
    let (old, new) = (sdk(&dir, "go1.26.8", 2), sdk(&dir, "go1.27.0", 2));
    let file = dir.file("a", binary("go1.27.0", 2));
    let found = report(&["--goroot", &old, "--goroot", &new, "--binary", &file], 0);
    assert_eq!(found["binaries"][0]["race_of"].as_array().unwrap().len(), 2);
}
