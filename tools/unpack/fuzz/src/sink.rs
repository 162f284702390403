//! A sink that believes nothing.

use std::collections::BTreeSet;
use std::io::{self, Read};

use unpack::{Limits, Sink, Summary};

use crate::File;

/// Keeps files in memory, and checks what a sink is promised about paths.
#[derive(Default)]
pub struct MemorySink {
    pub files: Vec<File>,
    folders: BTreeSet<String>,
    without_case: BTreeSet<String>,
}

impl MemorySink {
    fn enter(&mut self, path: &str) {
        for component in path.split('/') {
            assert!(!matches!(component, "" | "." | ".."), "{path:?} is not normalised");
            assert!(component.len() <= 255 && !component.chars().any(char::is_control), "{path:?}");
        }
        if let Some((parent, _)) = path.rsplit_once('/') {
            assert!(self.folders.contains(parent), "{path:?} comes before its folder");
        }
        assert!(self.without_case.insert(path.to_uppercase().to_lowercase()), "{path:?} comes twice");
    }

    /// Asserts that no more was handed over than `limits` allow.
    pub fn check(&self, limits: &Limits) {
        let Summary { files, folders, bytes } = self.summary();
        assert!(files + folders <= limits.entries && bytes <= limits.bytes, "{files} + {folders}, {bytes} bytes");
    }

    pub fn summary(&self) -> Summary {
        let bytes = self.files.iter().map(|(_, _, content)| content.len() as u64).sum();
        Summary { files: self.files.len() as u64, folders: self.folders.len() as u64, bytes }
    }
}

impl Sink for MemorySink {
    fn folder(&mut self, path: &str) -> io::Result<()> {
        self.enter(path);
        self.folders.insert(path.to_owned());
        Ok(())
    }

    fn file(&mut self, path: &str, executable: bool, content: &mut dyn Read) -> io::Result<()> {
        self.enter(path);
        self.files.push((path.to_owned(), executable, Vec::new()));
        let (_, _, file) = self.files.last_mut().unwrap();
        content.read_to_end(file).map(drop)
    }
}
