//! Where entries go.

use std::fs::{self, File, Permissions};
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

/// Takes the entries of an archive, in its order, each folder before what it holds.
///
/// Paths are relative, normalised and unique. An error stops the reading.
pub trait Sink {
    /// Makes a folder.
    ///
    /// # Errors
    ///
    /// It cannot be made.
    fn folder(&mut self, path: &str) -> io::Result<()>;

    /// Makes a regular file of all that `content` yields.
    ///
    /// # Errors
    ///
    /// It cannot be made, or `content` cannot be read.
    fn file(&mut self, path: &str, executable: bool, content: &mut dyn Read) -> io::Result<()>;
}

/// Makes the entries below a folder that nobody else writes to.
///
/// Modes are 0755 for folders and executable files and 0644 for other files, whatever the archive and the umask say.
/// Times and owners are those of any new file.
pub struct FolderSink {
    root: PathBuf,
    buffer: Box<[u8]>,
}

impl FolderSink {
    /// Makes entries below `root`, an existing and empty folder.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        // The decoder yields at most a block, 128 KiB, at a time.
        FolderSink { root: root.into(), buffer: vec![0; 128 * 1024].into() }
    }
}

impl Sink for FolderSink {
    fn folder(&mut self, path: &str) -> io::Result<()> {
        let path = self.root.join(path);
        fs::create_dir(&path)?;
        fs::set_permissions(&path, Permissions::from_mode(0o755))
    }

    fn file(&mut self, path: &str, executable: bool, content: &mut dyn Read) -> io::Result<()> {
        let mut file = File::create_new(self.root.join(path))?;
        let mode = if executable { 0o755 } else { 0o644 };
        file.set_permissions(Permissions::from_mode(mode))?;
        loop {
            match content.read(&mut self.buffer) {
                Ok(0) => return Ok(()),
                Ok(n) => file.write_all(&self.buffer[..n])?,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}
