//! The wheel's table of glibc's symbols, `lib/libc/glibc/abilists`.
//!
//! The format, as the wheel's sources have it: libraries, versions and targets, each as a count and the entries; then
//! functions, objects and thread-local objects (glibc's table has none of these), as a count of inclusions and the
//! inclusions. An inclusion is a name (for the first of a name
//! only), a set of targets, for an object its size, a library, and versions. The last inclusion of a name and the last
//! version of an inclusion are marked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use diagnostic::{Error, Result};

/// Marks the last inclusion of a name, in the library, and the last version of an inclusion.
const LAST: u8 = 0x80;

/// The last part of the table: no thread-local objects.
const THREAD_LOCAL: &[u8] = &[0, 0];

/// A version of glibc: 2.2.5 or 2.28(.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(pub u8, pub u8, pub u8);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Version(major, minor, patch) = self;
        match patch {
            0 => write!(f, "{major}.{minor}"),
            _ => write!(f, "{major}.{minor}.{patch}"),
        }
    }
}

/// The table.
#[derive(Debug)]
pub struct AbiList {
    libraries: Vec<String>,
    versions: Vec<Version>,
    targets: Vec<String>,
    inclusions: Vec<Inclusion>,
}

#[derive(Debug)]
struct Inclusion {
    name: String,
    targets: u64,
    size: Option<u64>,
    library: usize,
    versions: Vec<usize>,
}

/// A symbol that a library has in one version of glibc.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Symbol<'a> {
    /// Its name.
    pub name: &'a str,
    /// Bytes of an object; none for a function.
    pub size: Option<u64>,
    /// Its versions; the last one is what a link takes.
    pub versions: BTreeSet<Version>,
}

impl AbiList {
    /// Reads a table.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader { bytes, at: 0 };
        let table = reader.table().ok_or_else(|| {
            Error::new("the wheel's table of glibc's symbols cannot be read")
                .fact("byte", reader.at)
                .next("the wheel changed its format: follow it in tools/sysroot/src/glibc/abilist.rs")
        })?;
        Ok(table)
    }

    /// The versions that the table knows, the oldest first.
    pub fn versions(&self) -> &[Version] {
        &self.versions
    }

    /// The symbols of a library for a target, such as `x86_64-linux-gnu`, in a version; by their names, functions first.
    pub fn symbols(&self, library: &str, target: &str, version: Version) -> Result<Vec<Symbol<'_>>> {
        let unknown = |what: &str, name: &str, known: &[String]| {
            Error::new(format!("the wheel's table of glibc's symbols has no {what} {name}"))
                .fact("known", known.join(", "))
                .next("the wheel changed: follow it in tools/sysroot/src/glibc.rs")
        };
        let index = |names: &[String], name: &str| names.iter().position(|known| known == name);
        let target_index = index(&self.targets, target).ok_or_else(|| unknown("target", target, &self.targets))?;
        let library_index =
            index(&self.libraries, library).ok_or_else(|| unknown("library", library, &self.libraries))?;
        let mut symbols: BTreeMap<(Option<u64>, &str), BTreeSet<Version>> = BTreeMap::new();
        for inclusion in &self.inclusions {
            if inclusion.library == library_index && inclusion.targets >> target_index & 1 == 1 {
                let versions = inclusion.versions.iter().map(|at| self.versions[*at]).filter(|known| *known <= version);
                symbols.entry((inclusion.size, &inclusion.name)).or_default().extend(versions);
            }
        }
        symbols.retain(|_, versions| !versions.is_empty());
        Ok(symbols.into_iter().map(|((size, name), versions)| Symbol { name, size, versions }).collect())
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn text(&mut self) -> Option<String> {
        let rest = self.bytes.get(self.at..)?;
        let text = &rest[..rest.iter().position(|byte| *byte == 0)?];
        self.at += text.len() + 1;
        Some(str::from_utf8(text).ok()?.to_owned())
    }

    fn texts(&mut self) -> Option<Vec<String>> {
        let count = self.byte()?;
        (0..count).map(|_| self.text()).collect()
    }

    /// LEB128.
    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & !LAST) << shift;
            if byte & LAST == 0 {
                return Some(number);
            }
        }
        None
    }

    fn table(&mut self) -> Option<AbiList> {
        let libraries = self.texts()?;
        let count = self.byte()?;
        let versions: Vec<Version> =
            (0..count).map(|_| Some(Version(self.byte()?, self.byte()?, self.byte()?))).collect::<Option<_>>()?;
        let targets = self.texts()?;
        let mut table = AbiList { libraries, versions, targets, inclusions: Vec::new() };
        for sized in [false, true] {
            let count = u16::from_le_bytes([self.byte()?, self.byte()?]);
            let mut name = None;
            for _ in 0..count {
                let this = match name.take() {
                    Some(name) => name,
                    None => self.text()?,
                };
                let (inclusion, last) = self.inclusion(this, sized, &table)?;
                if !last {
                    name = Some(inclusion.name.clone());
                }
                table.inclusions.push(inclusion);
            }
        }
        (self.bytes[self.at..] == *THREAD_LOCAL).then_some(table)
    }

    fn inclusion(&mut self, name: String, sized: bool, table: &AbiList) -> Option<(Inclusion, bool)> {
        let targets = self.number()?;
        let size = if sized { Some(self.number()?) } else { None };
        let library = self.byte()?;
        let mut versions = Vec::new();
        loop {
            let version = self.byte()?;
            versions.push(usize::from(version & !LAST));
            if version & LAST != 0 {
                break;
            }
        }
        let inclusion = Inclusion { name, targets, size, library: usize::from(library & !LAST), versions };
        let known = inclusion.library < table.libraries.len()
            && inclusion.versions.iter().all(|version| *version < table.versions.len());
        known.then_some((inclusion, library & LAST != 0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `f` of libc since 2.2.5 and again since 2.34, on amd64; `environ`, 8 bytes, on both.
    fn table() -> Vec<u8> {
        let mut table = b"\x02m\0c\0\x02\x02\x02\x05\x02\x22\x00\x02x86_64-linux-gnu\0aarch64-linux-gnu\0".to_vec();
        table.extend(b"\x02\x00f\0\x01\x01\x80\x01\x81\x81");
        table.extend(b"\x01\x00environ\0\x03\x08\x81\x80");
        table.extend(THREAD_LOCAL);
        table
    }

    #[test]
    fn a_version_has_what_is_not_newer() {
        let bytes = table();
        let table = AbiList::parse(&bytes).unwrap();
        let names = |target: &str, version| -> Vec<(String, Vec<String>)> {
            let symbols = table.symbols("c", target, version).unwrap();
            let texts = |versions: &BTreeSet<Version>| versions.iter().map(Version::to_string).collect();
            symbols.iter().map(|symbol| (symbol.name.to_owned(), texts(&symbol.versions))).collect()
        };
        let all = |f: &[&str]| {
            let owned = |versions: &[&str]| versions.iter().map(|v| (*v).to_owned()).collect::<Vec<_>>();
            vec![("f".to_owned(), owned(f)), ("environ".to_owned(), owned(&["2.2.5"]))]
        };
        assert_eq!(names("x86_64-linux-gnu", Version(2, 34, 0)), all(&["2.2.5", "2.34"]));
        assert_eq!(names("x86_64-linux-gnu", Version(2, 33, 0)), all(&["2.2.5"]));
        assert_eq!(names("aarch64-linux-gnu", Version(2, 34, 0)), all(&[])[1..]);
        assert!(table.symbols("m", "x86_64-linux-gnu", Version(2, 34, 0)).unwrap().is_empty());
        let error = table.symbols("c", "riscv64-linux-gnu", Version(2, 34, 0)).unwrap_err().to_string();
        assert!(error.contains("no target riscv64-linux-gnu") && error.contains("aarch64-linux-gnu"), "{error}");
    }

    #[test]
    fn a_table_that_is_cut_or_goes_on_is_refused() {
        let whole = table();
        for end in 0..whole.len() {
            AbiList::parse(&whole[..end]).unwrap_err();
        }
        let longer = [whole, vec![0]].concat();
        assert!(AbiList::parse(&longer).unwrap_err().to_string().contains("cannot be read"));
    }
}
