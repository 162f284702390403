//! glibc, as far as a dynamic link needs it: stubs of its libraries in a chosen version, made from the wheel's tables.
//!
//! A stub has the names and versions of a library's symbols and no code. What is linked against it needs no symbol version
//! above the stub's, so it starts wherever the real glibc is that old or newer.

mod abilist;
mod stub;

pub use self::abilist::{AbiList, Symbol, Version};
pub use self::stub::{assembly, version_script};

/// The versions that can be chosen, by what follows `2.`: the wheel's tables begin with the first and end with the last.
pub const MINORS: std::ops::RangeInclusive<u8> = 17..=44;

/// A library of glibc's.
pub struct Library {
    /// `c` for `-lc`.
    pub name: &'static str,
    /// What programs that are linked against it ask the dynamic loader for; without the name of the loader itself.
    soname: &'static str,
    /// The first minor version in which libc has what was in it.
    gone: Option<u8>,
}

/// The libraries that the tables know.
pub const LIBRARIES: [Library; 8] = [
    Library { name: "c", soname: "libc.so.6", gone: None },
    Library { name: "dl", soname: "libdl.so.2", gone: Some(34) },
    Library { name: "ld", soname: "", gone: None },
    Library { name: "m", soname: "libm.so.6", gone: None },
    Library { name: "pthread", soname: "libpthread.so.0", gone: Some(34) },
    Library { name: "resolv", soname: "libresolv.so.2", gone: None },
    Library { name: "rt", soname: "librt.so.1", gone: Some(34) },
    Library { name: "util", soname: "libutil.so.1", gone: Some(34) },
];

impl Library {
    /// Whether glibc 2.`minor` has nothing in it any more.
    pub fn is_gone(&self, minor: u8) -> bool {
        self.gone.is_some_and(|gone| minor >= gone)
    }

    /// Its `DT_SONAME`.
    pub fn soname(&self, architecture: &str) -> &'static str {
        match (self.name, architecture) {
            ("ld", "arm64") => "ld-linux-aarch64.so.1",
            ("ld", _) => "ld-linux-x86-64.so.2",
            _ => self.soname,
        }
    }

    /// The stub's file name: that which `-l` looks for, but for those that the script `libc.so` names.
    pub fn file(&self, architecture: &str) -> String {
        match self.name {
            "c" | "ld" => self.soname(architecture).to_owned(),
            name => format!("lib{name}.so"),
        }
    }
}

/// The text of `libc.so`, as glibc has it: the library, what is linked statically, and the loader where needed.
pub fn libc_script(architecture: &str) -> String {
    let [c, _, loader, ..] = &LIBRARIES;
    format!("GROUP ( {} libc_nonshared.a AS_NEEDED ( {} ) )\n", c.file(architecture), loader.file(architecture))
}
