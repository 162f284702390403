//! What an ELF file asks of the dynamic loader.

use diagnostic::{Error, Result};
use object::elf::{DT_NEEDED, DT_SONAME, DT_STRTAB, EM_AARCH64, EM_X86_64, FileHeader64, Machine, PT_LOAD};
use object::read::elf::{Dyn as _, FileHeader as _, ProgramHeader as _};
use object::{Endianness, ReadRef as _};

/// The architecture that an LLVM runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exec {
    /// x86-64.
    Amd64,
    /// AArch64.
    Arm64,
}

impl Exec {
    /// Go's name for it.
    pub fn name(self) -> &'static str {
        match self {
            Exec::Amd64 => "amd64",
            Exec::Arm64 => "arm64",
        }
    }

    fn machine(self) -> Machine {
        match self {
            Exec::Amd64 => EM_X86_64,
            Exec::Arm64 => EM_AARCH64,
        }
    }
}

/// The loader's part of a program or library.
#[derive(Debug, PartialEq, Eq)]
pub struct Dynamic {
    /// The loader that a program names.
    pub interpreter: Option<String>,
    /// The libraries that it needs.
    pub needed: Vec<String>,
    /// The name that a library gives itself.
    pub soname: Option<String>,
}

impl Dynamic {
    /// Reads a file. None if it is no ELF file for `exec`.
    pub fn of(content: &[u8], exec: Exec) -> Result<Option<Self>> {
        let Ok(header) = FileHeader64::<Endianness>::parse(content) else {
            return Ok(None);
        };
        let damaged = |reason: object::Error| Error::new("damaged ELF file").fact("reason", reason);
        let endian = header.endian().map_err(damaged)?;
        if header.e_machine(endian) != exec.machine() {
            return Ok(None);
        }
        let segments = header.program_headers(endian, content).map_err(damaged)?;
        let mut dynamic = Dynamic { interpreter: None, needed: Vec::new(), soname: None };
        let mut entries: &[_] = &[];
        for segment in segments {
            if let Some(path) = segment.interpreter(endian, content).map_err(damaged)? {
                dynamic.interpreter = Some(String::from_utf8_lossy(path).into_owned());
            }
            if let Some(table) = segment.dynamic(endian, content).map_err(damaged)? {
                entries = table;
            }
        }
        let values = |tag| entries.iter().filter(move |entry| entry.tag(endian) == tag).map(|entry| entry.val(endian));
        let offset_of = |address: u64| {
            segments.iter().filter(|segment| segment.p_type(endian) == PT_LOAD).find_map(|segment| {
                let within = address.checked_sub(segment.p_vaddr(endian))?;
                (within < segment.p_filesz(endian)).then_some(segment.p_offset(endian) + within)
            })
        };
        let strings = values(DT_STRTAB).next().and_then(offset_of);
        let text = |value: u64| {
            let start = strings.and_then(|strings| strings.checked_add(value));
            let text = start.and_then(|start| content.read_bytes_at_until(start..content.len() as u64, 0).ok());
            let text = text.and_then(|text| str::from_utf8(text).ok()).map(str::to_owned);
            text.ok_or_else(|| Error::new("damaged ELF file").fact("reason", "a name is not in its table of strings"))
        };
        dynamic.needed = values(DT_NEEDED).map(text).collect::<Result<_>>()?;
        dynamic.soname = values(DT_SONAME).next().map(text).transpose()?;
        Ok(Some(dynamic))
    }
}
