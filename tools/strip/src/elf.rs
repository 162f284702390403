//! An ELF executable without some of its sections. Offsets and sizes are those of the ELF-64 object file format.

use crate::sections::{SYMTAB, Selection, Symbols};

const PROGRAM_HEADER: usize = 56;
const SECTION_HEADER: usize = 64;
const SYMBOL: usize = 24;
const NOBITS: u32 = 8;
const RELOCATIONS: [u32; 2] = [4, 9];
const SYMTAB_SHNDX: u32 = 18;
const ALLOC: u64 = 2;
const FIRST_RESERVED_INDEX: u16 = 0xff00;
const ABSOLUTE: u16 = 0xfff1;

/// What is wrong with the file, and what to do next.
pub struct Unfit(pub String, pub &'static str);

const DAMAGED: &str = "the file is cut off or damaged: build it again";

struct Section<'a> {
    header: &'a [u8],
    name: &'a [u8],
    data: &'a [u8],
}

impl Section<'_> {
    fn kind(&self) -> u32 {
        read(self.header, 4)
    }
    fn is_loaded(&self) -> bool {
        read::<u64>(self.header, 8) & ALLOC != 0
    }
    fn offset(&self) -> usize {
        read::<u64>(self.header, 24) as usize
    }
    fn link(&self) -> usize {
        read::<u32>(self.header, 40) as usize
    }
    fn info(&self) -> usize {
        read::<u32>(self.header, 44) as usize
    }
    fn alignment(&self) -> usize {
        // More than a page is of no use to what is not loaded, and could be nonsense.
        (read::<u64>(self.header, 48) as usize).clamp(1, 4096)
    }
}

/// A little-endian number at `at`; the caller has checked the length.
fn read<T: Number>(bytes: &[u8], at: usize) -> T {
    T::from_bytes(&bytes[at..])
}

trait Number {
    fn from_bytes(bytes: &[u8]) -> Self;
}
macro_rules! numbers {
    ($($number:ty)*) => {$(
        impl Number for $number {
            fn from_bytes(bytes: &[u8]) -> Self {
                let mut own = [0; size_of::<$number>()];
                own.copy_from_slice(&bytes[..size_of::<$number>()]);
                Self::from_le_bytes(own)
            }
        }
    )*};
}
numbers!(u16 u32 u64);

fn part(data: &[u8], offset: u64, size: u64) -> Result<&[u8], Unfit> {
    let range = usize::try_from(offset).ok().zip(usize::try_from(offset.saturating_add(size)).ok());
    range
        .and_then(|(start, end)| data.get(start..end))
        .ok_or_else(|| Unfit("a part of it is outside of the file".into(), DAMAGED))
}

fn text(strings: &[u8], at: u32) -> &[u8] {
    let rest = strings.get(at as usize..).unwrap_or_default();
    &rest[..rest.iter().position(|b| *b == 0).unwrap_or(rest.len())]
}

/// The executable `data` without what `selection` takes away.
pub fn stripped(data: &[u8], selection: &Selection) -> Result<Vec<u8>, Unfit> {
    let header = data.get(..64).filter(|header| header.starts_with(b"\x7fELF\x02\x01"));
    let header = header.ok_or_else(|| {
        Unfit("not a 64-bit little-endian ELF file".into(), "give it a Linux executable for amd64 or arm64")
    })?;
    if !matches!(read(header, 16), 2u16 | 3) {
        return Err(Unfit(
            "an object file, not an executable".into(),
            "compile it without -g in place of stripping it",
        ));
    }
    let sections = sections(data, header)?;
    let mut kept: Vec<bool> = Vec::new();
    for (at, section) in sections.iter().enumerate() {
        // The sections' own names stay as they are, with a few bytes for those that are no more.
        let removed = at > 0 && at != names_index(header) && selection.removes(section.name, section.kind());
        if removed && section.is_loaded() && selection.removed.iter().any(|name| name == section.name) {
            return Err(Unfit(
                format!("section `{}` is loaded, so the program may need it", String::from_utf8_lossy(section.name)),
                "remove only sections that are not loaded",
            ));
        }
        kept.push(!removed || section.is_loaded());
    }
    for (index, section) in sections.iter().enumerate().skip(1) {
        let needs = |at: usize| kept.get(at).copied().unwrap_or(true);
        // Relocations kept by the linker (--emit-relocs) go with what they are for or what they are made of.
        let orphan = RELOCATIONS.contains(&section.kind()) && !(needs(section.link()) && needs(section.info()));
        // A string table goes with the symbol table whose names it has.
        let of_symbols = sections.iter().any(|other| other.kind() == SYMTAB && other.link() == index);
        let unused = of_symbols && !sections.iter().zip(&kept).any(|(other, kept)| *kept && other.link() == index);
        if index != names_index(header) && !section.is_loaded() && (orphan || unused) {
            kept[index] = false;
        }
    }
    written(data, header, &sections, &kept, selection)
}

fn names_index(header: &[u8]) -> usize {
    usize::from(read::<u16>(header, 62))
}

fn sections<'a>(data: &'a [u8], header: &'a [u8]) -> Result<Vec<Section<'a>>, Unfit> {
    let count: u16 = read(header, 60);
    if names_index(header) >= usize::from(count) {
        return Err(Unfit(
            "it has no section table, or an extended one".into(),
            "nothing can be stripped: use it as it is",
        ));
    }
    let table = part(data, read(header, 40), u64::from(count) * SECTION_HEADER as u64)?;
    let headers = || table.chunks_exact(SECTION_HEADER);
    let content = |header: &'a [u8]| match read(header, 4) {
        0u32 | NOBITS => Ok(&[][..]),
        SYMTAB_SHNDX => Err(Unfit("it has more sections than a symbol can name".into(), "use it as it is")),
        _ => part(data, read(header, 24), read(header, 32)),
    };
    let strings = content(headers().nth(names_index(header)).unwrap_or_default())?;
    headers()
        .map(|header| Ok(Section { header, name: text(strings, read(header, 0)), data: content(header)? }))
        .collect()
}

/// The end of everything that is loaded, which stays as it is.
fn end_of_loaded(data: &[u8], header: &[u8], sections: &[Section]) -> Result<usize, Unfit> {
    let count: u16 = read(header, 56);
    let table = part(data, read(header, 32), u64::from(count) * PROGRAM_HEADER as u64)?;
    let mut end = (read::<u64>(header, 32) as usize + table.len()).max(header.len());
    for segment in table.chunks_exact(PROGRAM_HEADER) {
        part(data, read(segment, 8), read(segment, 32))?;
        end = end.max((read::<u64>(segment, 8) + read::<u64>(segment, 32)) as usize);
    }
    for section in sections.iter().filter(|section| section.is_loaded() && section.kind() != NOBITS) {
        end = end.max(section.offset() + section.data.len());
    }
    Ok(end)
}

fn written(
    data: &[u8],
    header: &[u8],
    sections: &[Section],
    kept: &[bool],
    selection: &Selection,
) -> Result<Vec<u8>, Unfit> {
    let mut index = vec![0u16; sections.len()];
    let mut next = 0;
    for (at, kept) in kept.iter().enumerate() {
        if *kept {
            index[at] = next;
            next += 1;
        }
    }
    let renumbered = |at: usize| index.get(at).copied().unwrap_or(0);
    let mut out = data[..end_of_loaded(data, header, sections)?].to_vec();
    let mut table = Vec::with_capacity(usize::from(next) * SECTION_HEADER);

    for (at, section) in sections.iter().enumerate().filter(|(at, _)| kept[*at]) {
        let mut entry = section.header.to_vec();
        let mut set = |at: usize, bytes: &[u8]| entry[at..at + bytes.len()].copy_from_slice(bytes);
        set(40, &u32::from(renumbered(section.link())).to_le_bytes());
        if RELOCATIONS.contains(&section.kind()) {
            set(44, &u32::from(renumbered(section.info())).to_le_bytes());
        }
        if at > 0 && !section.is_loaded() && section.kind() != NOBITS {
            let symbols = (section.kind() == SYMTAB).then(|| symbols(section, kept, &index, selection));
            let content = symbols.as_ref().map_or(section.data, |(content, _)| content);
            out.resize(out.len().next_multiple_of(section.alignment()), 0);
            set(24, &(out.len() as u64).to_le_bytes());
            set(32, &(content.len() as u64).to_le_bytes());
            if let Some((_, first_global)) = symbols {
                set(44, &first_global.to_le_bytes());
            }
            out.extend_from_slice(content);
        }
        table.extend_from_slice(&entry);
    }

    out.resize(out.len().next_multiple_of(8), 0);
    let table_at = out.len() as u64;
    out[40..48].copy_from_slice(&table_at.to_le_bytes());
    out[60..62].copy_from_slice(&next.to_le_bytes());
    out[62..64].copy_from_slice(&renumbered(names_index(header)).to_le_bytes());
    out.extend_from_slice(&table);
    Ok(out)
}

/// A symbol table for the new numbers of the sections, and the index of its first global symbol.
fn symbols(table: &Section, kept: &[bool], index: &[u16], selection: &Selection) -> (Vec<u8>, u32) {
    let first_global = table.info();
    let mut out = Vec::with_capacity(table.data.len());
    let mut locals = 0;
    for (at, symbol) in table.data.chunks_exact(SYMBOL).enumerate() {
        let local = at < first_global;
        if at > 0 && local && selection.symbols == Some(Symbols::Global) {
            continue;
        }
        locals += u32::from(local);
        let start = out.len();
        out.extend_from_slice(symbol);
        let section: u16 = read(symbol, 6);
        if section < FIRST_RESERVED_INDEX && usize::from(section) < index.len() {
            // The address stays right when the section is no more.
            let new = if kept[usize::from(section)] { index[usize::from(section)] } else { ABSOLUTE };
            out[start + 6..start + 8].copy_from_slice(&new.to_le_bytes());
        }
    }
    (out, locals)
}
