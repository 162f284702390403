//! The programs of a release, and what each must be: static, stripped, for its architecture, and nothing of the place where
//! it was built.

use std::fs;
use std::path::Path;

use diagnostic::{Error, Result};
use object::Endianness;
use object::elf;
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _, SectionHeader as _};
use sysroot::select::{Entry, Tree};

/// The architectures, by Go's names for them, with ELF's machines.
pub const ARCHS: [(&str, elf::Machine); 2] = [("amd64", elf::EM_X86_64), ("arm64", elf::EM_AARCH64)];

/// Reads the programs of one architecture from `folder`, each as `bin/NAME`.
///
/// # Errors
///
/// There is none, or one is not as it must be. `places` are paths that none may contain.
pub fn read(folder: &Path, machine: elf::Machine, places: &[&str]) -> Result<Tree> {
    let mut tree = Tree::new();
    let entries = fs::read_dir(folder).map_err(|e| Error::io("list", folder, e))?;
    for entry in entries {
        let path = entry.map_err(|e| Error::io("list", folder, e))?.path();
        let content = fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
        check(&content, machine, places).map_err(|what| {
            Error::new(format!("{} is not fit for a release: {what}", path.display()))
                .next("build it as //release does: static, stripped, with its paths remapped")
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        tree.insert(format!("bin/{name}"), Entry { content, executable: true, packages: Vec::new() });
    }
    if tree.is_empty() {
        return Err(Error::new(format!("there is no program in {}", folder.display())).next("build //release first"));
    }
    Ok(tree)
}

/// What is wrong with a program, if anything is.
fn check(content: &[u8], machine: elf::Machine, places: &[&str]) -> std::result::Result<(), String> {
    let file = ElfFile64::<Endianness>::parse(content).map_err(|e| format!("no ELF file ({e})"))?;
    let (header, endian) = (file.elf_header(), file.endian());
    if header.e_machine(endian) != machine {
        return Err(format!("it is for the machine {}, expected {}", header.e_machine(endian).0, machine.0));
    }
    for segment in header.program_headers(endian, content).map_err(|e| e.to_string())? {
        if segment.p_type(endian) == elf::PT_INTERP {
            return Err("it has a program interpreter".to_owned());
        }
        for entry in segment.dynamic(endian, content).map_err(|e| e.to_string())?.unwrap_or_default() {
            if entry.d_tag.get(endian) == elf::DT_NEEDED {
                return Err("it needs a shared library".to_owned());
            }
        }
    }
    let sections = header.sections(endian, content).map_err(|e| e.to_string())?;
    for section in sections.iter() {
        let name = String::from_utf8_lossy(sections.section_name(endian, section).unwrap_or_default()).into_owned();
        if section.sh_type(endian) == elf::SHT_SYMTAB || name.starts_with(".debug") {
            return Err(format!("it is not stripped: it has {name}"));
        }
    }
    let has = |place: &&&str| content.windows(place.len()).any(|window| window == place.as_bytes());
    match places.iter().filter(|place| !place.is_empty()).find(has) {
        Some(place) => Err(format!("it contains the path {place}")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_very_test_is_dynamic_or_not_stripped() {
        let content = fs::read(std::env::current_exe().unwrap()).unwrap();
        let machine = if cfg!(target_arch = "x86_64") { elf::EM_X86_64 } else { elf::EM_AARCH64 };
        let what = check(&content, machine, &[]).unwrap_err();
        assert!(what.starts_with("it has a program interpreter") || what.starts_with("it is not stripped"), "{what}");
        let what = check(&content, elf::EM_RISCV, &[]).unwrap_err();
        assert!(what.starts_with("it is for the machine"), "{what}");
    }

    #[test]
    fn a_text_is_no_program() {
        assert!(check(b"#!/bin/sh\n", elf::EM_X86_64, &[]).unwrap_err().starts_with("no ELF file"));
    }
}
