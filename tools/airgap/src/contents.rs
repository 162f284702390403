//! The list of a bundle's files, by which it is verified.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use diagnostic::{Error, Result};

use crate::progress::Step;
use crate::{digest, files};

/// The list's own name.
pub const NAME: &str = "contents.txt";
/// What is no part of the contents: the manifest, the list itself, and what only bundling needs.
const APART: [&str; 4] = [crate::manifest::NAME, NAME, crate::bundle::WORK, crate::bundle::LOCK];

/// What a path in the bundle is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Of the file's content, or of the text of a symbolic link: 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Bytes of it.
    pub size: u64,
    /// A file, an executable file or a symbolic link.
    pub kind: Kind,
}

/// The kind of a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file that is not executable.
    File,
    /// An executable file.
    Executable,
    /// A symbolic link.
    Link,
}

/// All records, by the paths in the bundle.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents(pub BTreeMap<String, Record>);

impl Record {
    fn of(path: &Path) -> Result<Self> {
        let metadata = path.symlink_metadata().map_err(|e| Error::io("read", path, e))?;
        if metadata.is_symlink() {
            let target = fs::read_link(path).map_err(|e| Error::io("read the link", path, e))?;
            let target = target.as_os_str().as_bytes();
            return Ok(Record { sha256: digest::of(target), size: target.len() as u64, kind: Kind::Link });
        }
        let kind = if metadata.permissions().mode() & 0o100 == 0 { Kind::File } else { Kind::Executable };
        let (sha256, size) = digest::of_file(path)?;
        Ok(Record { sha256, size, kind })
    }
}

impl Contents {
    /// Reads every file of the bundle.
    pub fn of(bundle: &Path, step: &Step) -> Result<Self> {
        let mut paths = Vec::new();
        for entry in files::entries(bundle)? {
            if !APART.iter().any(|apart| entry.ends_with(apart)) {
                find(bundle, &entry, &mut paths)?;
            }
        }
        let mut contents = Contents::default();
        for (path, record) in paths.iter().zip(records(bundle, &paths, step)) {
            contents.0.insert(path.clone(), record?);
        }
        Ok(contents)
    }

    /// Reads the list's text. An error says which line is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut contents = Contents::default();
        for (index, line) in text.lines().enumerate() {
            let (path, record) =
                parse_line(line).ok_or_else(|| format!("line {} is none of a list: {line:?}", index + 1))?;
            contents.0.insert(path, record);
        }
        Ok(contents)
    }

    /// The sum of all sizes, in bytes.
    pub fn size(&self) -> u64 {
        self.0.values().map(|record| record.size).sum()
    }

    /// What of the records is not so in the bundle: each with what is the matter.
    pub fn differences(&self, bundle: &Path, step: &Step) -> Vec<(String, String)> {
        let paths: Vec<String> = self.0.keys().cloned().collect();
        let found = records(bundle, &paths, step);
        self.0
            .iter()
            .zip(found)
            .filter_map(|((path, record), found)| {
                let what = match found {
                    Err(_) if bundle.join(path).symlink_metadata().is_err() => "is missing".to_owned(),
                    Err(error) => error.to_string(),
                    Ok(found) if found.size < record.size => {
                        format!("is truncated: {} of {} bytes", found.size, record.size)
                    }
                    Ok(found) if found.sha256 != record.sha256 || found.size != record.size => {
                        format!("is changed: SHA-256 {}, not {}", found.sha256, record.sha256)
                    }
                    Ok(found) if found.kind != record.kind => {
                        format!("is {}, not {}", found.kind.name(), record.kind.name())
                    }
                    Ok(_) => return None,
                };
                Some((path.clone(), what))
            })
            .collect()
    }
}

impl std::fmt::Display for Contents {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (path, Record { sha256, size, kind }) in &self.0 {
            writeln!(f, "{sha256} {size} {} {path}", kind.letter())?;
        }
        Ok(())
    }
}

impl Kind {
    fn letter(self) -> char {
        match self {
            Kind::File => 'f',
            Kind::Executable => 'x',
            Kind::Link => 'l',
        }
    }

    fn name(self) -> &'static str {
        match self {
            Kind::File => "a file that is not executable",
            Kind::Executable => "an executable file",
            Kind::Link => "a symbolic link",
        }
    }
}

fn parse_line(line: &str) -> Option<(String, Record)> {
    let [sha256, size, kind, path] = line.splitn(4, ' ').collect::<Vec<_>>().try_into().ok()?;
    let kind =
        [Kind::File, Kind::Executable, Kind::Link].into_iter().find(|other| kind == other.letter().to_string())?;
    let is_digest = sha256.len() == 64 && sha256.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_digest.then_some(())?;
    Some((path.to_owned(), Record { sha256: sha256.to_owned(), size: size.parse().ok()?, kind }))
}

/// Every file and link at or below `path`, as paths in the bundle.
fn find(bundle: &Path, path: &Path, paths: &mut Vec<String>) -> Result<()> {
    if !path.is_symlink() && path.is_dir() {
        return files::entries(path)?.iter().try_for_each(|entry| find(bundle, entry, paths));
    }
    let name = path.strip_prefix(bundle).unwrap_or(path).to_str().filter(|name| !name.contains('\n'));
    let name = name.ok_or_else(|| {
        Error::new(format!("the name of {path:?} is not UTF-8 or has a line break: a bundle cannot list it"))
            .next("rename the file")
    })?;
    paths.push(name.to_owned());
    Ok(())
}

/// The records of paths, in their order; as many at a time as there are processors.
fn records(bundle: &Path, paths: &[String], step: &Step) -> Vec<Result<Record>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(path) = paths.get(index) else { return done };
            let record = Record::of(&PathBuf::from(bundle).join(path));
            step.add(record.as_ref().map_or(0, |record| record.size));
            done.push((index, record));
        }
    };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut records: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a thread that reads files does not panic"))
            .collect()
    });
    records.sort_by_key(|(index, _)| *index);
    records.into_iter().map(|(_, record)| record).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundle() -> (tempfile::TempDir, Contents) {
        let dir = tempfile::tempdir().unwrap();
        files::write(&dir.path().join("a/file"), b"abc").unwrap();
        files::write(&dir.path().join("program"), b"#!").unwrap();
        fs::set_permissions(dir.path().join("program"), fs::Permissions::from_mode(0o755)).unwrap();
        std::os::unix::fs::symlink("a/file", dir.path().join("link")).unwrap();
        let contents = Contents::of(dir.path(), &Step::new("reading", None)).unwrap();
        (dir, contents)
    }

    fn differences(dir: &Path, contents: &Contents) -> Vec<(String, String)> {
        contents.differences(dir, &Step::new("reading", None))
    }

    #[test]
    fn the_text_says_it_all() {
        let (dir, contents) = bundle();
        let text = contents.to_string();
        assert_eq!(Contents::parse(&text).unwrap(), contents, "{text}");
        assert_eq!(contents.0.keys().collect::<Vec<_>>(), ["a/file", "link", "program"]);
        assert_eq!(contents.size(), 3 + 6 + 2);
        assert_eq!(differences(dir.path(), &contents), []);
    }

    #[test]
    fn what_is_no_line_is_named() {
        let (_dir, contents) = bundle();
        let text = format!("{contents}ba78 3 f a\n");
        let error = Contents::parse(&text).unwrap_err();
        assert!(error.starts_with("line 4 "), "{error}");
    }

    #[test]
    fn every_difference_is_told() {
        let (dir, contents) = bundle();
        let one = |path: &str| {
            let found = differences(dir.path(), &contents);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].0, path);
            found[0].1.clone()
        };
        let file = dir.path().join("a/file");
        fs::write(&file, "abd").unwrap();
        assert!(one("a/file").starts_with("is changed"));
        fs::write(&file, "a").unwrap();
        assert_eq!(one("a/file"), "is truncated: 1 of 3 bytes");
        fs::remove_file(&file).unwrap();
        assert_eq!(one("a/file"), "is missing");
        fs::write(&file, "abc").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(one("a/file"), "is an executable file, not a file that is not executable");
    }
}
