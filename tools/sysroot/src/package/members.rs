//! Everything that a Debian package, a tar or a folder has, links and all.

use std::fs::{self, File};
use std::io::{BufReader, Read};
use std::path::Path;

use diagnostic::{Error, Result};
use lzma_rust2::XzReader;

use super::{deb, unreadable};

/// What is at a path.
pub enum Member<'a> {
    /// A regular file.
    File(&'a mut dyn Read),
    /// A symbolic link with its text.
    Link(String),
    /// Another name of the file at this path of the package.
    HardLink(String),
}

type Visit<'a> = dyn FnMut(String, Member) -> Result<()> + 'a;

/// Calls `visit` with each file and link of the package at `path`, by its path in the package. Folders are passed over, and
/// so are devices and names that are not UTF-8: nobody asks for one.
pub fn members(path: &Path, visit: &mut Visit) -> Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let open = || File::open(path).map(BufReader::new).map_err(|e| Error::io("open", path, e));
    let read = if path.is_dir() {
        folder(path, "", visit)
    } else if name.ends_with(".deb") {
        deb::with_data(path, |data| tar(data, visit))
    } else if name.ends_with(".tar.xz") {
        tar(XzReader::new(open()?, true), visit)
    } else if name.ends_with(".tar.zst") {
        tar(zstd::Decoder::with_buffer(open()?).map_err(unreadable)?, visit)
    } else if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
        tar(flate2::bufread::MultiGzDecoder::new(open()?), visit)
    } else if name.ends_with(".tar") {
        tar(open()?, visit)
    } else {
        Err(Error::new("not an input that this program reads")
            .next("an input is a folder, a .deb, or a .tar, .tar.gz, .tar.xz or .tar.zst"))
    };
    read.map_err(|e| e.fact("input", path.display()))
}

fn tar(stream: impl Read, visit: &mut Visit) -> Result<()> {
    for entry in tar::Archive::new(stream).entries().map_err(unreadable)? {
        let mut entry = entry.map_err(unreadable)?;
        let Some(name) = normal(&entry.path_bytes()) else { continue };
        let target = entry.link_name_bytes().and_then(|target| String::from_utf8(target.into_owned()).ok());
        let kind = entry.header().entry_type();
        match target {
            _ if kind.is_file() || kind.is_contiguous() => visit(name, Member::File(&mut entry))?,
            Some(target) if kind.is_symlink() => visit(name, Member::Link(target))?,
            Some(target) if kind.is_hard_link() => {
                if let Some(target) = normal(target.as_bytes()) {
                    visit(name, Member::HardLink(target))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// A path of a tar without `./` and slashes at its ends.
fn normal(path: &[u8]) -> Option<String> {
    let path = str::from_utf8(path).ok()?;
    let names: Vec<&str> = path.split('/').filter(|name| !name.is_empty() && *name != ".").collect();
    (!names.is_empty()).then(|| names.join("/"))
}

fn folder(path: &Path, prefix: &str, visit: &mut Visit) -> Result<()> {
    for entry in fs::read_dir(path).map_err(|e| Error::io("list", path, e))? {
        let entry = entry.map_err(|e| Error::io("list", path, e))?;
        let (path, Ok(name)) = (entry.path(), entry.file_name().into_string()) else { continue };
        let name = format!("{prefix}{name}");
        let kind = entry.file_type().map_err(|e| Error::io("examine", &path, e))?;
        if kind.is_dir() {
            folder(&path, &format!("{name}/"), visit)?;
        } else if kind.is_symlink() {
            let target = fs::read_link(&path).map_err(|e| Error::io("read the link", &path, e))?;
            if let Some(target) = target.to_str() {
                visit(name, Member::Link(target.to_owned()))?;
            }
        } else if kind.is_file() {
            let mut file = File::open(&path).map_err(|e| Error::io("open", &path, e))?;
            visit(name, Member::File(&mut file))?;
        }
    }
    Ok(())
}
