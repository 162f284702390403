//! Python's wheels: zip archives.

use std::fs;
use std::io::Read as _;
use std::path::Path;

use diagnostic::{Error, Result};
use flate2::bufread::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive};

use super::{Files, not_regular, unreadable};

pub(super) fn read(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Files> {
    let bytes = fs::read(path).map_err(|e| Error::io("read", path, e))?;
    let archive = ZipArchive::from_slice(&bytes).map_err(unreadable)?;
    let mut files = Files::new();
    let mut entries = archive.entries();
    while let Some(header) = entries.next_entry().map_err(unreadable)? {
        let name = header.file_path().try_normalize().map_err(unreadable)?.as_ref().to_owned();
        if header.is_dir() || !wanted(&name) {
            continue;
        }
        if header.mode().is_symlink() {
            return Err(not_regular(&name));
        }
        let entry = archive.get_entry(header.wayfinder()).map_err(unreadable)?;
        let mut content = Vec::new();
        match header.compression_method() {
            CompressionMethod::STORE => entry.verifying_reader(entry.data()).read_to_end(&mut content),
            CompressionMethod::DEFLATE => {
                entry.verifying_reader(DeflateDecoder::new(entry.data())).read_to_end(&mut content)
            }
            other => {
                return Err(unreadable(format!("{name} has compression method {other:?}")));
            }
        }
        .map_err(unreadable)?;
        files.insert(name, content);
    }
    Ok(files)
}
