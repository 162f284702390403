//! What an executable says of itself.

use std::collections::BTreeSet;
use std::path::Path;

use object::Endianness;
use object::elf;
use object::read::elf::{FileHeader, ProgramHeader};

/// A string of ThreadSanitizer's runtime.
const RUNTIME: &[u8] = b"ThreadSanitizer";

/// An ELF executable that was read.
#[derive(Debug, PartialEq, Eq)]
pub struct Binary {
    /// The architecture, as Go names it.
    pub arch: &'static str,
    /// The program interpreter (PT_INTERP), which a static executable has none of.
    pub interpreter: Option<String>,
    /// The libraries that it needs (DT_NEEDED), which a static executable has none of.
    pub needed: Vec<String>,
    /// The versions of symbols that it needs of these, such as `GLIBC_2.28`.
    pub versions: BTreeSet<String>,
    /// Whether it may be loaded at any address: a PIE or a library.
    pub is_position_independent: bool,
    /// Whether the race detector's runtime is linked in (the binaries are stripped: by what it would say).
    pub has_race_runtime: bool,
}

impl Binary {
    /// Reads an executable.
    ///
    /// # Panics
    ///
    /// If it is no ELF file of one of the module's architectures.
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        let data = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let file = object::read::elf::ElfFile64::<Endianness>::parse(&*data)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let (header, endian) = (file.elf_header(), file.endian());
        let mut interpreter = None;
        let mut needed = Vec::new();
        for segment in header.program_headers(endian, &*data).expect("program headers") {
            if let Some(bytes) = segment.interpreter(endian, &*data).expect("PT_INTERP") {
                interpreter = Some(String::from_utf8_lossy(bytes).into_owned());
            }
            if let Some(entries) = segment.dynamic(endian, &*data).expect("PT_DYNAMIC") {
                needed.extend(
                    entries
                        .iter()
                        .filter(|entry| entry.d_tag.get(endian) == elf::DT_NEEDED)
                        .map(|entry| format!("string {:#x}", entry.d_val.get(endian))),
                );
            }
        }
        let sections = header.sections(endian, &*data).expect("sections");
        let mut versions = BTreeSet::new();
        if let Some((mut libraries, strings)) = sections.gnu_verneed(endian, &*data).expect("versions") {
            let strings = sections.strings(endian, &*data, strings).expect("strings");
            while let Some((_, mut needs)) = libraries.next().expect("a library") {
                while let Some(need) = needs.next().expect("a version") {
                    versions.insert(String::from_utf8_lossy(need.name(endian, strings).expect("a name")).into_owned());
                }
            }
        }
        Self {
            versions,
            arch: match header.e_machine(endian) {
                elf::EM_X86_64 => "amd64",
                elf::EM_AARCH64 => "arm64",
                other => panic!("{}: unknown machine {other}", path.display()),
            },
            interpreter,
            needed,
            is_position_independent: header.e_type(endian) == elf::ET_DYN,
            has_race_runtime: data.windows(RUNTIME.len()).any(|window| window == RUNTIME),
        }
    }

    /// Asserts that it is dynamic, and that every symbol that it needs is one of glibc 2.`minor` or older.
    #[track_caller]
    pub fn needs_glibc_of_at_most(&self, minor: u32) {
        assert!(!self.needed.is_empty() && !self.versions.is_empty(), "not a dynamic executable: {self:?}");
        for version in &self.versions {
            let number = version.strip_prefix("GLIBC_2.").and_then(|rest| rest.split('.').next()?.parse::<u32>().ok());
            assert!(number.is_some_and(|number| number <= minor), "it needs {version}: {self:?}");
        }
    }

    /// Asserts that it is static, for an architecture as Go names it, and has the race runtime.
    #[track_caller]
    pub fn is_raced_and_static(&self, arch: &str) {
        self.is_static();
        assert_eq!((self.arch, self.has_race_runtime), (arch, true), "{self:?}");
    }

    /// Asserts that nothing is loaded beside the executable itself.
    #[track_caller]
    pub fn is_static(&self) {
        assert!(self.interpreter.is_none() && self.needed.is_empty(), "not a static executable: {self:?}");
    }
}
