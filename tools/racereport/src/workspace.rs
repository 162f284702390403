//! The workspace's files: where a frame's source is, and the lines around it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use crate::identity::{Place, place};
use crate::report::Frame;

/// A larger file is not read for an excerpt.
const LARGEST: u64 = 4 << 20;

/// How many lines before and after the one that is marked.
const AROUND: usize = 2;

/// A workspace, or none, in which case no source is found.
#[derive(Debug, Default)]
pub struct Workspace {
    folder: Option<PathBuf>,
    /// The folder, as paths begin with it.
    root: String,
    texts: RefCell<HashMap<String, Option<Vec<String>>>>,
}

/// A line of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number, from 1.
    pub number: u32,
    /// Its text, with tabs.
    pub text: String,
}

impl Workspace {
    /// The workspace in a folder.
    pub fn new(folder: Option<PathBuf>) -> Self {
        let root = folder.as_deref().map(|folder| folder.to_string_lossy().into_owned()).unwrap_or_default();
        Workspace { folder, root, texts: RefCell::default() }
    }

    /// Its folder.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// Its folder as text, or nothing.
    pub fn root(&self) -> &str {
        &self.root
    }

    /// The path of a frame's file, relative to the workspace if it is there. `package` is the path of the target's package.
    pub fn path_of(&self, frame: &Frame<'_>, package: Option<&str>) -> String {
        match place(frame.file, frame.function, &self.root) {
            Place::Go(path) => format!("GOROOT/src/{path}"),
            Place::Generated => frame.file.to_owned(),
            Place::Source(path) if !frame.file.contains('/') => {
                // A file without a folder lies in the package of the target, or of the function.
                let here = package.map(|package| format!("{package}/{}", frame.file));
                let here = here.map(|path| path.trim_start_matches('/').to_owned());
                here.filter(|path| self.has(path)).unwrap_or_else(|| self.tail_of(&path))
            }
            Place::Source(path) => path.into_owned(),
            Place::Module(_) => crate::identity::in_workspace(frame.file, &self.root).to_owned(),
        }
    }

    /// Whether a path is that of a source file of the workspace.
    pub fn has(&self, path: &str) -> bool {
        let inside = !path.starts_with('/') && !path.split('/').any(|part| part == "..");
        inside && self.folder.as_deref().is_some_and(|folder| folder.join(path).is_file())
    }

    /// The lines around one.
    pub fn excerpt(&self, path: &str, line: u32) -> Vec<Line> {
        let mut texts = self.texts.borrow_mut();
        let text = texts.entry(path.to_owned()).or_insert_with(|| self.read(path));
        let (Some(text), Some(index)) = (text, (line as usize).checked_sub(1)) else { return Vec::new() };
        if index >= text.len() {
            return Vec::new();
        }
        let first = index.saturating_sub(AROUND);
        let lines = text.iter().enumerate().skip(first).take(index - first + AROUND + 1);
        lines.map(|(index, text)| Line { number: index as u32 + 1, text: text.clone() }).collect()
    }

    /// The longest tail of an import path with a file's name that is a file of the workspace.
    fn tail_of(&self, path: &str) -> String {
        let mut tail = path;
        while !self.has(tail) {
            match tail.split_once('/') {
                Some((_, shorter)) => tail = shorter,
                None => return path.rsplit('/').next().unwrap_or(path).to_owned(),
            }
        }
        tail.to_owned()
    }

    fn read(&self, path: &str) -> Option<Vec<String>> {
        let file = self.has(path).then(|| self.folder.as_deref().map(|folder| folder.join(path)))??;
        if fs::metadata(&file).ok()?.len() > LARGEST {
            return None;
        }
        let bytes = fs::read(&file).ok()?;
        Some(String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect())
    }
}
