//! Sizes and SHA-256 digests of files.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use diagnostic::{Error, Result};
use sha2::{Digest as _, Sha256};

/// What identifies a file's content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digest {
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

impl Digest {
    /// Reads the file at `path` to its end.
    pub fn of_file(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|e| Error::io("open", path, e))?;
        let mut hasher = Hashing::new(io::sink());
        let mut buffer = vec![0; 1 << 18];
        loop {
            match file.read(&mut buffer).map_err(|e| Error::io("read", path, e))? {
                0 => return Ok(hasher.finish().1),
                n => hasher.update(&buffer[..n]),
            }
        }
    }
}

/// A writer that digests whatever passes through it.
pub struct Hashing<W> {
    inner: W,
    sha256: Sha256,
    size: u64,
}

impl<W> Hashing<W> {
    /// Wraps `inner`.
    pub fn new(inner: W) -> Self {
        Hashing { inner, sha256: Sha256::new(), size: 0 }
    }

    /// The wrapped writer, and the digest of all that was written.
    pub fn finish(self) -> (W, Digest) {
        let sha256 = self.sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        (self.inner, Digest { sha256, size: self.size })
    }

    fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.size += bytes.len() as u64;
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
