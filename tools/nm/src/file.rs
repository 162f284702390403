//! What is in a file: one object, or an archive's members.

use std::fs;
use std::path::Path;

use object::read::archive::ArchiveFile;
use object::{File, Object};

use crate::error::Error;
use crate::symbol::Symbol;

/// The symbols of an object, with its name when it is a member of an archive.
pub struct Member {
    /// The member's name.
    pub name: Option<Vec<u8>>,
    /// Its symbols in the file's order, or why they cannot be read.
    pub symbols: Result<Vec<Symbol>, Error>,
}

/// Reads a file. Members of an archive that are no ELF files (Go's archives have some) do not hide the others.
pub fn members(path: &Path, dynamic: bool) -> Result<Vec<Member>, Error> {
    let data = fs::read(path).map_err(|cause| Error::new(format!("cannot read: {cause}"), path, "check the path"))?;
    if !data.starts_with(b"!<arch>\n") && !data.starts_with(b"!<thin>\n") {
        return Ok(vec![Member { name: None, symbols: Ok(symbols(path, &data, dynamic)?) }]);
    }
    let damaged =
        |cause: object::Error| Error::new(format!("cannot read the archive: {cause}"), path, "build it again");
    let archive = ArchiveFile::parse(&*data).map_err(damaged)?;
    if archive.is_thin() {
        return Err(Error::new("a thin archive, whose members are elsewhere", path, "list the members"));
    }
    let member = |member: object::read::Result<object::read::archive::ArchiveMember>| {
        let member = member.map_err(damaged)?;
        let data = member.data(&*data).map_err(damaged)?;
        let name = member.name().to_vec();
        let place = path.join(String::from_utf8_lossy(&name).as_ref());
        Ok(Member { name: Some(name), symbols: symbols(&place, data, dynamic) })
    };
    archive.members().map(member).collect()
}

fn symbols(place: &Path, data: &[u8], dynamic: bool) -> Result<Vec<Symbol>, Error> {
    let file = File::parse(data).map_err(|cause| {
        Error::new(format!("no ELF file: {cause}"), place, "give it an ELF object, executable or archive of them")
    })?;
    let symbols = if dynamic { file.dynamic_symbols() } else { file.symbols() };
    Ok(symbols.filter_map(|symbol| Symbol::of(&file, &symbol)).collect())
}
