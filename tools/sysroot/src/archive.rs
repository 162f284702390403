//! Reads archives of the payload: what is in them, measured, beside what their manifests say.

use std::fs::File;
use std::io::{self, BufReader, Read as _};
use std::path::Path;

use diagnostic::{Error, Result};

use crate::about::{MANIFEST, Manifest, Member, SBOM};
use crate::digest::{Digest, Hashing};

/// An archive that was read to its end.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The archive's file name.
    pub name: String,
    /// Of the file.
    pub digest: Digest,
    /// Every member but manifest and bill of materials, as it is; `packages` are those that the manifest says.
    pub members: Vec<Member>,
    /// What the manifest says.
    pub listed: Vec<Member>,
}

impl Contents {
    /// Reads the archive at `path`.
    ///
    /// # Errors
    ///
    /// It cannot be read, is no `.tar.zst`, or has no manifest.
    pub fn read(path: &Path) -> Result<Self> {
        let in_archive = |e: Error| e.fact("archive", path.display());
        let unreadable = |e: io::Error| in_archive(Error::new("cannot read the archive").fact("reason", e));
        let file = BufReader::new(File::open(path).map_err(|e| Error::io("open", path, e))?);
        let mut archive = tar::Archive::new(zstd::Decoder::with_buffer(file).map_err(unreadable)?);
        let (mut members, mut manifest) = (Vec::new(), None);
        for entry in archive.entries().map_err(unreadable)? {
            let mut entry = entry.map_err(unreadable)?;
            let path = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            let executable = entry.header().mode().map_err(unreadable)? & 0o111 != 0;
            let mut content = Vec::new();
            entry.read_to_end(&mut content).map_err(unreadable)?;
            match &*path {
                MANIFEST => manifest = Some(String::from_utf8_lossy(&content).into_owned()),
                SBOM => {}
                _ => members.push(measured(path, executable, &content)),
            }
        }
        let manifest = manifest.ok_or_else(|| {
            in_archive(Error::new(format!("the archive has no {MANIFEST}")))
                .next("it is no archive that `sysroot pack` made, or one of an earlier version")
        })?;
        let listed = Manifest::members_of(&manifest).map_err(in_archive)?;
        for member in &mut members {
            if let Some(known) = listed.iter().find(|known| known.path == member.path) {
                member.packages.clone_from(&known.packages);
            }
        }
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(Contents { name, digest: Digest::of_file(path)?, members, listed })
    }
}

/// A member by its content; it says nothing of packages.
pub(crate) fn measured(path: String, executable: bool, content: &[u8]) -> Member {
    let mut hashing = Hashing::new(io::sink());
    // A sink takes everything.
    let _ = io::Write::write_all(&mut hashing, content);
    let Digest { sha256, size } = hashing.finish().1;
    Member { path, size, sha256, executable, packages: Vec::new() }
}
