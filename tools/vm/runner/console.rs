//! What the machine's console and the programs around it say: shown only if something goes wrong.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};
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
        // Not closed on exec: the emulator opens it by its path.
        Ok(Console(File::from(memfd_create(c"console", MemfdFlags::empty())?)))
    }

    /// The path by which a child process finds it.
    pub fn path(&self) -> PathBuf {
        format!("/proc/self/fd/{}", self.0.as_raw_fd()).into()
    }

    /// For what a child process writes to stdout or stderr.
    pub fn stdio(&self) -> io::Result<Stdio> {
        let mut file = File::options().append(true).open(self.path())?;
        file.seek(SeekFrom::End(0))?;
        Ok(file.into())
    }

    /// All of it.
    pub fn text(&self) -> String {
        let mut bytes = Vec::new();
        let mut file = &self.0;
        let read = file.seek(SeekFrom::Start(0)).and_then(|_| file.read_to_end(&mut bytes));
        read.map_or_else(|error| format!("(cannot be read: {error})"), |_| String::from_utf8_lossy(&bytes).into_owned())
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
