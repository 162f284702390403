//! A folder to work in, the program, and ELF files made by hand: what the tests share.
#![allow(dead_code, missing_docs)]

use std::path::PathBuf;
use std::process::{Command, Output};

use object::write::elf::{FileHeader, ProgramHeader, SectionHeader, Writer};
use object::{Endianness, elf};
use serde_json::Value;

pub struct Dir(tempfile::TempDir);

pub fn dir() -> Dir {
    Dir(tempfile::tempdir().unwrap())
}

impl Dir {
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn file(&self, name: &str, content: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

pub fn leakcheck(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_leakcheck")).args(args).output().unwrap()
}

/// The report, after asserting the exit code.
#[track_caller]
pub fn report(args: &[&str], code: i32) -> Value {
    let output = leakcheck(&[&["--format=json"], args].concat());
    assert_eq!(output.status.code(), Some(code), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Each leak as `kind value | place | target`.
pub fn lines(report: &Value) -> Vec<String> {
    let leaks = report["leaks"].as_array().unwrap().iter();
    let lines = leaks.flat_map(|leak| {
        leak["sources"].as_array().unwrap().iter().map(move |source| {
            let text = |value: &Value| value.as_str().unwrap().to_owned();
            format!(
                "{} {} | {} | {}",
                text(&leak["kind"]),
                text(&leak["value"]),
                text(&leak["place"]),
                text(&source["target"])
            )
        })
    });
    lines.collect()
}

#[track_caller]
pub fn has(report: &Value, line: &str) {
    let lines = lines(report);
    assert!(lines.iter().any(|found| found.contains(line)), "no {line:?} in {lines:#?}");
}

/// What an ELF file is to have.
#[derive(Default)]
pub struct Elf<'a> {
    pub interpreter: Option<&'a str>,
    pub needed: &'a [&'a str],
    pub run_path: Option<&'a str>,
    /// Sections with their data; `.text` is code.
    pub sections: &'a [(&'a str, &'a [u8])],
    /// Whether the sections are marked as compressed: their data are [`compressed`].
    pub compressed: bool,
    /// Undefined symbols, each of a version of the first library.
    pub versioned: &'a [(&'a str, &'a str)],
    /// Undefined symbols without a version.
    pub undefined: &'a [&'a str],
}

/// How a section's data are compressed.
#[derive(Clone, Copy, Debug)]
pub enum Compression {
    Zlib,
    Zstandard,
}

/// A section's data as linkers compress them: a header (Elf64_Chdr), and the stream.
pub fn compressed(data: &[u8], compression: Compression) -> Vec<u8> {
    let (kind, stream) = match compression {
        Compression::Zlib => (elf::ELFCOMPRESS_ZLIB, miniz_oxide::deflate::compress_to_vec_zlib(data, 6)),
        Compression::Zstandard => (
            elf::ELFCOMPRESS_ZSTD,
            ruzstd::encoding::compress_to_vec(data, ruzstd::encoding::CompressionLevel::Fastest),
        ),
    };
    let header = [u64::from(kind.0), data.len() as u64, 1].map(u64::to_le_bytes);
    [header.concat(), stream].concat()
}

/// An ELF executable. Its dynamic section, symbols and sections are as linkers write them; nothing could run it.
pub fn elf(what: &Elf<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    let mut w = Writer::new(Endianness::Little, true, &mut out);
    let dynamic = !what.needed.is_empty() || what.run_path.is_some();
    w.reserve_file_header();
    w.reserve_program_headers(u32::from(what.interpreter.is_some()));
    let interpreter = what.interpreter.map(|path| format!("{path}\0"));
    let interp_at = interpreter.as_ref().map(|path| w.reserve(path.len() as u64, 1)).unwrap_or_default();
    let names: Vec<_> = what.sections.iter().map(|(name, _)| w.add_section_name(name.as_bytes())).collect();
    let section_ids: Vec<_> = what.sections.iter().map(|_| w.reserve_section_index()).collect();
    let _ = section_ids;
    let data_at: Vec<_> = what.sections.iter().map(|(_, data)| w.reserve(data.len() as u64, 16)).collect();
    let libraries: Vec<_> = what.needed.iter().map(|name| w.add_dynamic_string(name.as_bytes())).collect();
    let run_path = what.run_path.map(|path| w.add_dynamic_string(path.as_bytes()));
    let symbols: Vec<&str> =
        what.versioned.iter().map(|(name, _)| *name).chain(what.undefined.iter().copied()).collect();
    let symbol_names: Vec<_> = symbols.iter().map(|name| w.add_dynamic_string(name.as_bytes())).collect();
    let versions: Vec<_> = what.versioned.iter().map(|(_, version)| w.add_dynamic_string(version.as_bytes())).collect();
    if dynamic {
        w.reserve_null_dynamic_symbol_index();
        for _ in &symbols {
            w.reserve_dynamic_symbol_index();
        }
        w.reserve_dynsym_section_index();
        w.reserve_dynsym();
        w.reserve_dynstr_section_index();
        w.reserve_dynstr().unwrap();
        if !versions.is_empty() {
            w.reserve_gnu_versym_section_index();
            w.reserve_gnu_versym();
            w.reserve_gnu_verneed_section_index();
            w.reserve_gnu_verneed(1, versions.len());
        }
        w.reserve_dynamic_section_index();
        w.reserve_dynamic(libraries.len() + usize::from(run_path.is_some()) + 1);
    }
    w.reserve_shstrtab_section_index();
    w.reserve_shstrtab().unwrap();
    w.reserve_section_headers();
    w.write_file_header(&FileHeader {
        os_abi: elf::ELFOSABI_NONE,
        abi_version: 0,
        e_type: elf::ET_EXEC,
        e_machine: elf::EM_X86_64,
        e_entry: 0,
        e_flags: elf::FileFlags(0),
    })
    .unwrap();
    if let Some(path) = &interpreter {
        w.write_align_program_headers();
        w.write_program_header(&ProgramHeader {
            p_type: elf::PT_INTERP,
            p_flags: elf::PF_R,
            p_offset: interp_at,
            p_vaddr: 0,
            p_paddr: 0,
            p_filesz: path.len() as u64,
            p_memsz: path.len() as u64,
            p_align: 1,
        });
        w.pad_until(interp_at);
        w.write(path.as_bytes());
    }
    for ((_, data), at) in what.sections.iter().zip(&data_at) {
        w.pad_until(*at);
        w.write(data);
    }
    if dynamic {
        w.write_null_dynamic_symbol();
        for name in &symbol_names {
            w.write_dynamic_symbol(&object::write::elf::Sym {
                st_name: w.dynamic_string_offset(Some(*name)),
                section: None,
                st_info: elf::SymbolInfo::new(elf::STB_GLOBAL, elf::STT_FUNC),
                st_other: elf::SymbolOther(0),
                st_shndx: elf::SymbolSection(0),
                st_value: 0,
                st_size: 0,
            });
        }
        w.write_dynstr();
        if !versions.is_empty() {
            w.write_null_gnu_versym();
            for index in 0..symbols.len() {
                w.write_gnu_versym(elf::VersymIndex(if index < versions.len() { index as u16 + 2 } else { 1 }));
            }
            w.write_align_gnu_verneed();
            w.write_gnu_verneed(&object::write::elf::Verneed {
                version: 1,
                aux_count: versions.len() as u16,
                file: w.dynamic_string_offset(Some(libraries[0])),
            });
            for (index, name) in versions.iter().enumerate() {
                w.write_gnu_vernaux(&object::write::elf::Vernaux {
                    flags: elf::VersionFlags(0),
                    index: elf::VersionIndex(index as u16 + 2),
                    name: w.dynamic_string_offset(Some(*name)),
                    hash: 0,
                });
            }
        }
        w.write_align_dynamic();
        for library in &libraries {
            w.write_dynamic_string(elf::DT_NEEDED, *library).unwrap();
        }
        if let Some(path) = run_path {
            w.write_dynamic_string(elf::DT_RUNPATH, path).unwrap();
        }
        w.write_dynamic(elf::DT_NULL, 0).unwrap();
    }
    w.write_shstrtab();
    w.write_null_section_header();
    for (((name, data), id), at) in what.sections.iter().zip(&names).zip(&data_at) {
        let code = if *name == ".text" { elf::SHF_EXECINSTR } else { elf::SHF_WRITE };
        w.write_section_header(&SectionHeader {
            sh_name: w.section_name_offset(Some(*id)),
            sh_type: elf::SHT_PROGBITS,
            sh_flags: if what.compressed { elf::SHF_COMPRESSED } else { code | elf::SHF_ALLOC },
            sh_addr: 0,
            sh_offset: *at,
            sh_size: data.len() as u64,
            sh_link: 0,
            sh_info: 0,
            sh_addralign: 16,
            sh_entsize: 0,
        });
    }
    if dynamic {
        w.write_dynsym_section_header(0, 1);
        w.write_dynstr_section_header(0);
        if !versions.is_empty() {
            w.write_gnu_versym_section_header(0);
            w.write_gnu_verneed_section_header(0);
        }
        w.write_dynamic_section_header(0);
    }
    w.write_shstrtab_section_header();
    out
}
