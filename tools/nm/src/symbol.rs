//! One symbol, and the letter for its kind.

use object::elf::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, STB_GNU_UNIQUE, STT_GNU_IFUNC, STT_OBJECT};
use object::{Object, ObjectSection, ObjectSymbol, SectionFlags, SymbolFlags, SymbolKind, SymbolSection};

/// A symbol as `nm` shows it.
#[derive(Debug)]
pub struct Symbol {
    /// Its name.
    pub name: Vec<u8>,
    /// Its address, or its offset in an object file's section.
    pub value: u64,
    /// Its size in bytes.
    pub size: u64,
    /// GNU's letter for its kind.
    pub letter: char,
    /// Whether other files see it.
    pub global: bool,
}

impl Symbol {
    /// Whether it is defined elsewhere.
    pub fn is_undefined(&self) -> bool {
        matches!(self.letter, 'U' | 'w' | 'v')
    }

    /// Reads one, unless it names a file or a section, which `nm` does not show.
    pub fn of<'data>(file: &object::File<'data>, symbol: &object::Symbol<'data, '_>) -> Option<Self> {
        if matches!(symbol.kind(), SymbolKind::File | SymbolKind::Section) {
            return None;
        }
        // A common symbol's value is its alignment in the file; what it takes is its size.
        let value = if symbol.is_common() { symbol.size() } else { symbol.address() };
        Some(Self {
            name: symbol.name_bytes().unwrap_or(b"<damaged name>").to_vec(),
            value,
            size: symbol.size(),
            letter: letter(file, symbol),
            global: symbol.is_global(),
        })
    }
}

fn letter<'data>(file: &object::File<'data>, symbol: &object::Symbol<'data, '_>) -> char {
    let SymbolFlags::Elf { st_info, .. } = symbol.flags() else {
        return '?';
    };
    let (binding, kind) = (st_info.st_bind(), st_info.st_type());
    if symbol.is_common() {
        return 'C';
    }
    let object = kind == STT_OBJECT;
    match (symbol.is_weak(), symbol.is_undefined()) {
        (true, true) => return if object { 'v' } else { 'w' },
        (false, true) => return 'U',
        _ if kind == STT_GNU_IFUNC => return 'i',
        (true, false) => return if object { 'V' } else { 'W' },
        _ if binding == STB_GNU_UNIQUE => return 'u',
        _ => {}
    }
    let local = match symbol.section() {
        SymbolSection::Absolute => 'a',
        SymbolSection::Section(index) => file.section_by_index(index).map_or('?', |section| section_letter(&section)),
        _ => '?',
    };
    if symbol.is_global() { local.to_ascii_uppercase() } else { local }
}

/// By what a section may be used for, as GNU does: executed, empty in the file, written to, loaded.
fn section_letter(section: &object::Section) -> char {
    let SectionFlags::Elf { sh_type, sh_flags } = section.flags() else {
        return '?';
    };
    if sh_flags.contains(SHF_EXECINSTR) {
        't'
    } else if sh_type == SHT_NOBITS {
        'b'
    } else if sh_flags.contains(SHF_ALLOC) {
        if sh_flags.contains(SHF_WRITE) { 'd' } else { 'r' }
    } else if section.name_bytes().is_ok_and(|name| name.starts_with(b".debug")) {
        'N'
    } else {
        'n'
    }
}
