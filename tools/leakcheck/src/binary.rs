//! Checks a linked ELF file: what it needs of the machine that runs it, and what it tells of the one that built it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use diagnostic::{Error, Result};
use object::elf;
use object::read::elf::{Dyn as _, ElfFile64, FileHeader as _, ProgramHeader as _, Sym as _};
use object::{Endianness, Object as _, ObjectSection as _, SectionKind};

use crate::leak::{Kind, Leak};
use crate::syso::Syso;
use crate::{sections, strings};

/// What linkers define themselves, and leave undefined in a static program, where nothing reads it.
const LINKERS: [&str; 3] = ["", "_DYNAMIC", "_GLOBAL_OFFSET_TABLE_"];

/// What a binary is compared with.
#[derive(Debug, Default)]
pub struct Known {
    /// Race runtimes of Go SDKs.
    pub sysos: Vec<Syso>,
    /// Folders of this machine, whose names must not be in a binary.
    pub machine: Vec<String>,
}

/// What a binary says of itself.
#[derive(Debug, Default)]
pub struct Binary {
    /// The architecture, as Go names it.
    pub arch: String,
    /// PT_INTERP.
    pub interpreter: Option<String>,
    /// DT_NEEDED.
    pub needed: Vec<String>,
    /// DT_RPATH and DT_RUNPATH, folder by folder.
    pub run_paths: Vec<String>,
    /// The versions that each library must have, with the symbols that ask for them.
    pub versions: BTreeMap<String, BTreeMap<String, BTreeSet<String>>>,
    /// Symbols without a definition, weak ones left out.
    pub undefined: BTreeSet<String>,
    /// The Go version of its build information.
    pub go: Option<String>,
    /// Whether the race detector's runtime is in it.
    pub race: bool,
    /// The Go versions whose race runtime it has, as `go1.27.0 (amd64v1)`.
    pub race_of: Vec<String>,
    /// Constants of run time that were found in its data.
    pub constants: usize,
    /// Sections whose data could not be read or decompressed.
    pub unread: Vec<String>,
    /// The leaks.
    pub leaks: BTreeSet<Leak>,
}

/// Whether a file's start is ELF's.
pub fn is_elf(data: &[u8]) -> bool {
    data.starts_with(b"\x7fELF")
}

/// Whether it is a linked program or shared library, and no relocatable object.
pub fn is_linked(data: &[u8]) -> bool {
    is_elf(data) && matches!(data.get(16..18), Some([2 | 3, 0]))
}

/// Reads and checks a binary.
pub fn check(path: &Path, data: &[u8], known: &Known) -> Result<Binary> {
    let wrong = |what: &str| Error::new(what).fact("file", path.display());
    if data.starts_with(b"!<arch>\n") || data.starts_with(b"!<thin>\n") {
        return Err(
            wrong("this is a static archive: nothing is linked yet").next("check the program that it is linked into")
        );
    }
    if !is_elf(data) {
        return Err(wrong("this is no ELF file").next("name a program or a shared library"));
    }
    if !is_linked(data) {
        return Err(wrong("this is a relocatable object: nothing is linked yet")
            .next("check the program that it is linked into"));
    }
    read(data, known).map_err(|reason| {
        wrong("this ELF file cannot be read").fact("reason", reason).next("leakcheck reads whole 64-bit ELF files")
    })
}

fn read(data: &[u8], known: &Known) -> object::Result<Binary> {
    let file = ElfFile64::<Endianness>::parse(data)?;
    let mut binary = Binary {
        arch: match file.elf_header().e_machine(file.endian()) {
            elf::EM_X86_64 => "amd64".into(),
            elf::EM_AARCH64 => "arm64".into(),
            other => format!("machine {other}"),
        },
        ..Binary::default()
    };
    loading(&mut binary, &file, data)?;
    symbols(&mut binary, &file, data)?;
    contents(&mut binary, &file, known);
    Ok(binary)
}

fn loading(binary: &mut Binary, file: &ElfFile64<'_, Endianness>, data: &[u8]) -> object::Result<()> {
    let (header, endian) = (file.elf_header(), file.endian());
    let lossy = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    for segment in header.program_headers(endian, data)? {
        if let Some(bytes) = segment.interpreter(endian, data)? {
            let interpreter = lossy(bytes);
            binary.leaks.insert(Leak::new(Kind::Interpreter, &interpreter, "PT_INTERP"));
            binary.interpreter = Some(interpreter);
        }
    }
    let sections = header.sections(endian, data)?;
    if let Some((entries, strings)) = sections.dynamic(endian, data)? {
        let strings = sections.strings(endian, data, strings)?;
        for entry in entries {
            let name = || entry.string(endian, strings).map(lossy);
            match entry.d_tag.get(endian) {
                elf::DT_NEEDED => {
                    let library = name()?;
                    binary.leaks.insert(Leak::new(Kind::Library, &library, "DT_NEEDED"));
                    binary.needed.push(library);
                }
                tag @ (elf::DT_RPATH | elf::DT_RUNPATH) => {
                    let place = if tag == elf::DT_RPATH { "DT_RPATH" } else { "DT_RUNPATH" };
                    for folder in name()?.split(':').filter(|folder| !folder.is_empty()) {
                        binary.leaks.insert(Leak::new(Kind::RunPath, folder, place));
                        binary.run_paths.push(folder.to_owned());
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}

fn symbols(binary: &mut Binary, file: &ElfFile64<'_, Endianness>, data: &[u8]) -> object::Result<()> {
    let (header, endian) = (file.elf_header(), file.endian());
    let sections = header.sections(endian, data)?;
    let mut owner = BTreeMap::new();
    if let Some((mut libraries, strings)) = sections.gnu_verneed(endian, data)? {
        let strings = sections.strings(endian, data, strings)?;
        while let Some((library, mut needs)) = libraries.next()? {
            let library = String::from_utf8_lossy(library.file(endian, strings)?).into_owned();
            while let Some(need) = needs.next()? {
                let version = String::from_utf8_lossy(need.name(endian, strings)?).into_owned();
                owner.insert(need.vna_other.get(endian).0 & elf::VERSYM_VERSION, (library.clone(), version.clone()));
                binary.versions.entry(library.clone()).or_default().entry(version).or_default();
            }
        }
    }
    let table = sections.symbols(endian, data, elf::SHT_DYNSYM)?;
    let marks = sections.gnu_versym(endian, data)?.map(|(marks, _)| marks).unwrap_or_default();
    for (index, symbol) in table.enumerate() {
        if index.0 == 0 || !symbol.is_undefined(endian) {
            continue;
        }
        let name = String::from_utf8_lossy(table.symbol_name(endian, symbol)?).into_owned();
        let mark = marks.get(index.0).map(|mark| mark.0.get(endian).0 & elf::VERSYM_VERSION);
        match mark.and_then(|mark| owner.get(&mark)) {
            Some((library, version)) => {
                let library = binary.versions.entry(library.clone()).or_default();
                library.entry(version.clone()).or_default().insert(name);
            }
            None if symbol.st_bind() != elf::STB_WEAK => drop(binary.undefined.insert(name)),
            None => {}
        }
    }
    if binary.needed.is_empty() {
        let table = sections.symbols(endian, data, elf::SHT_SYMTAB)?;
        for (index, symbol) in table.enumerate() {
            if index.0 != 0 && symbol.is_undefined(endian) && symbol.st_bind() != elf::STB_WEAK {
                binary.undefined.insert(String::from_utf8_lossy(table.symbol_name(endian, symbol)?).into_owned());
            }
        }
        for own in LINKERS {
            binary.undefined.remove(own);
        }
        for symbol in &binary.undefined {
            binary.leaks.insert(Leak::new(Kind::UndefinedSymbol, symbol, "no library is needed that could define it"));
        }
    }
    for (library, versions) in &binary.versions {
        if let Some((highest, symbols)) = versions.iter().max_by_key(|(version, _)| numbers(version)) {
            let symbols: Vec<&str> = symbols.iter().map(String::as_str).take(5).collect();
            let place = format!("of {library}, the highest of {}; by {}", versions.len(), symbols.join(", "));
            binary.leaks.insert(Leak::new(Kind::SymbolVersion, highest, place));
        }
    }
    Ok(())
}

/// The numbers of a version, so that 2.34 is more than 2.4.
pub(crate) fn numbers(version: &str) -> Vec<u32> {
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse().ok()).collect()
}

fn contents(binary: &mut Binary, file: &ElfFile64<'_, Endianness>, known: &Known) {
    let mut paths: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let mut code = Vec::new();
    for section in file.sections() {
        let name = section.name().unwrap_or_default();
        // What the loader's own sections name is reported as such.
        if [".interp", ".dynstr", ".dynamic"].contains(&name) {
            continue;
        }
        if section.kind() == SectionKind::Text {
            if name == ".text" {
                code = section.data().unwrap_or_default().to_vec();
            }
            continue;
        }
        let Some(data) = sections::data(&section) else {
            binary.unread.push(name.to_owned());
            continue;
        };
        binary.race |= memchr::memmem::find(&data, b"ThreadSanitizer").is_some();
        binary.go = binary.go.take().or_else(|| go_version(&data));
        let found = strings::scan(&data, &known.machine);
        binary.constants += found.constants;
        for path in found.leaks {
            let folder: Vec<&str> = path.split('/').take(3).collect();
            paths.entry((name.to_owned(), folder.join("/"))).or_default().insert(path);
        }
    }
    for ((section, folder), paths) in paths {
        // A compiler names each header of a folder: the folder says it.
        match paths.len() {
            1..=3 => {
                for path in paths {
                    binary.leaks.insert(Leak::new(Kind::BuildPath, path, format!("section {section}")));
                }
            }
            more => {
                let first = paths.first().map_or("", String::as_str);
                let place = format!("section {section}: {more} paths, such as {first}");
                binary.leaks.insert(Leak::new(Kind::BuildPath, folder, place));
            }
        }
    }
    race(binary, &code, &known.sysos);
}

fn race(binary: &mut Binary, code: &[u8], sysos: &[Syso]) {
    if !binary.race {
        return;
    }
    let found: Vec<&Syso> = sysos.iter().filter(|syso| syso.is_in(code)).collect();
    binary.race_of = found.iter().map(|syso| format!("{} ({})", syso.go, syso.variant)).collect();
    let Some(go) = &binary.go else { return };
    let own = go.split_whitespace().next().unwrap_or_default();
    if sysos.iter().any(|syso| syso.go == own) && !found.iter().any(|syso| syso.go == own) {
        let which = match binary.race_of.as_slice() {
            [] => "of none of the Go SDKs that were compared".to_owned(),
            which => which.join(", "),
        };
        binary.leaks.insert(Leak::new(Kind::RaceRuntime, which, format!("the binary is of {go}")));
    }
}

/// The version in Go's build information, in the form that Go writes since 1.18: 14 bytes of magic, the size of a pointer, a
/// flag with the value 2, up to byte 32; then the version's length as a varint, and the version.
fn go_version(data: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(data, b"\xff Go buildinf:")?;
    let info = data.get(at..)?;
    if info.get(15)? & 2 == 0 {
        return None;
    }
    let length = usize::from(*info.get(32)?);
    let version = std::str::from_utf8(info.get(33..33 + length)?).ok()?;
    (length < 0x80 && version.starts_with("go")).then(|| version.to_owned())
}
