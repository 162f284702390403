//! Debian's binary packages: an `ar` archive around a compressed tar.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use diagnostic::{Error, Result};
use lzma_rust2::XzReader;

use super::{Files, not_regular, unreadable};

pub(super) fn read(path: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Files> {
    with_data(path, |data| read_tar(data, wanted))
}

/// Calls `read` with the tar of the package's files.
pub(super) fn with_data<T>(path: &Path, read: impl FnOnce(&mut dyn Read) -> Result<T>) -> Result<T> {
    let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
    let mut members = ar::Archive::new(BufReader::new(file));
    while let Some(member) = members.next_entry() {
        let mut member = member.map_err(unreadable)?;
        match member.header().identifier() {
            b"data.tar.xz" => return read(&mut XzReader::new(member, true)),
            b"data.tar.zst" => return read(&mut zstd::Decoder::new(member).map_err(unreadable)?),
            b"data.tar" => return read(&mut member),
            _ => {}
        }
    }
    Err(unreadable("it has no data.tar, data.tar.xz or data.tar.zst"))
}

fn read_tar(stream: impl Read, wanted: &dyn Fn(&str) -> bool) -> Result<Files> {
    let mut files = Files::new();
    for entry in tar::Archive::new(stream).entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let name = String::from_utf8(entry.path_bytes().into_owned()).map_err(unreadable)?;
        let name = name.trim_start_matches("./").to_owned();
        if entry.header().entry_type().is_dir() || !wanted(&name) {
            continue;
        }
        if !entry.header().entry_type().is_file() {
            return Err(not_regular(&name));
        }
        let mut content = Vec::new();
        entry.read_to_end(&mut content).map_err(unreadable)?;
        files.insert(name, content);
    }
    Ok(files)
}
