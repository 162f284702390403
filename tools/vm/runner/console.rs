//! What the machine's console and the programs around it say: shown only if something goes wrong.

use std::ffi::CStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd as _;
use std::path::PathBuf;
use std::process::Stdio;

use rustix::fs::{MemfdFlags, memfd_create};

/// As much of it is shown.
const LINES: usize = 20;

/// A file in memory that several programs write to.
pub struct Console(File);

impl Console {
    /// An empty one.
    pub fn new() -> io::Result<Self> {
        Ok(Console(in_memory(c"console")?))
    }

    /// The path by which a child process finds it.
    pub fn path(&self) -> PathBuf {
        path_of(&self.0)
    }

    /// For what a child process writes to stdout or stderr.
    pub fn stdio(&self) -> io::Result<Stdio> {
        Ok(File::options().append(true).open(self.path())?.into())
    }

    /// All of it.
    pub fn text(&self) -> String {
        match fs::read(self.path()) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => format!("(cannot be read: {error})"),
        }
    }

    /// Its last lines.
    pub fn end(&self) -> String {
        let text = self.text();
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
        match &lines[lines.len().saturating_sub(LINES)..] {
            [] => "(nothing)".to_owned(),
            last => last.join("\n"),
        }
    }
}

/// An empty file in memory. Not closed on exec: the emulator opens it by its path.
pub fn in_memory(name: &CStr) -> io::Result<File> {
    Ok(memfd_create(name, MemfdFlags::empty())?.into())
}

/// The path by which a child process that inherits a file finds it.
pub fn path_of(file: &File) -> PathBuf {
    format!("/proc/self/fd/{}", file.as_raw_fd()).into()
}
