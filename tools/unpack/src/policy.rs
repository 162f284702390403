//! Which tar entries may pass: an allow-list over one header.

mod fault;

use std::borrow::Cow;

use tar::{EntryType, Header};

pub(crate) use fault::EntryFault;

/// An entry that may be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// Relative and normalised, `/` between components, none at the end.
    pub(crate) path: String,
    pub(crate) kind: AllowedKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AllowedKind {
    Folder,
    File { executable: bool, bytes: u64 },
}

/// Judges a header on its own; what other entries have to say about its name is in [`crate::names`].
pub(crate) fn check(header: &Header) -> Result<Allowed, EntryFault> {
    if header.as_ustar().is_none() && header.as_gnu().is_none() {
        return Err(EntryFault::Format);
    }
    let folder = match header.entry_type() {
        EntryType::Regular => false,
        EntryType::Directory => true,
        other => return Err(EntryFault::Type(type_name(other))),
    };
    let fields = header.as_old();
    let bytes = octal(&fields.size).ok_or(EntryFault::Number("size"))?;
    let mode = octal(&fields.mode).ok_or(EntryFault::Number("mode"))? as u32;
    if mode & 0o7000 != 0 {
        return Err(EntryFault::Mode(mode));
    }
    let name = header.path_bytes();
    let name = str::from_utf8(&name).map_err(|_| EntryFault::NotUtf8)?;
    let path = match (name.strip_suffix('/'), folder) {
        (Some(_), false) => return Err(EntryFault::FileNamedAsFolder),
        (Some(path), true) => path,
        (None, _) => name,
    };
    check_path(name, path)?;
    let kind = match folder {
        true if bytes != 0 => return Err(EntryFault::FolderWithContent(bytes)),
        true => AllowedKind::Folder,
        false => AllowedKind::File { executable: mode & 0o111 != 0, bytes },
    };
    Ok(Allowed { path: path.to_owned(), kind })
}

/// The header bounds the length: 256 bytes, and 155 for one component, which every file system allows.
pub(crate) fn check_path(name: &str, path: &str) -> Result<(), EntryFault> {
    if name.is_empty() {
        return Err(EntryFault::EmptyName);
    }
    if name.starts_with('/') {
        return Err(EntryFault::Absolute);
    }
    for component in path.split('/') {
        match component {
            "" => return Err(EntryFault::Component("an empty component")),
            // One spelling for each path, or duplicates could hide.
            "." => return Err(EntryFault::Component("`.`")),
            ".." => return Err(EntryFault::Component("`..`")),
            _ if component.chars().any(char::is_control) => return Err(EntryFault::Control),
            _ => {}
        }
    }
    Ok(())
}

/// A numeric field in the one form that POSIX knows: octal digits, ended by NULs or spaces.
fn octal(field: &[u8]) -> Option<u64> {
    let end = field.iter().position(|b| matches!(b, 0 | b' ')).unwrap_or(field.len());
    let (digits, rest) = field.split_at(end);
    if digits.is_empty() || !rest.iter().all(|b| matches!(b, 0 | b' ')) {
        return None;
    }
    digits.iter().try_fold(0, |n, b| match b {
        b'0'..=b'7' => Some(n * 8 + u64::from(b - b'0')),
        _ => None,
    })
}

fn type_name(kind: EntryType) -> Cow<'static, str> {
    let name = match kind {
        EntryType::Link => "a hard link",
        EntryType::Symlink => "a symbolic link",
        EntryType::Char => "a character device",
        EntryType::Block => "a block device",
        EntryType::Fifo => "a FIFO",
        EntryType::Continuous => "a contiguous file",
        EntryType::GNULongName => "a GNU long name",
        EntryType::GNULongLink => "a GNU long link name",
        EntryType::GNUSparse => "a sparse file",
        EntryType::XGlobalHeader => "a global pax header",
        EntryType::XHeader => "a pax header",
        other => match other.as_byte() {
            b'D' => "a GNU list of a folder's content",
            b'M' => "the rest of a file that another volume began",
            b'V' => "a GNU volume label",
            b'X' => "a Solaris pax header",
            byte => return format!("an entry of the unknown type {:?}", char::from(byte)).into(),
        },
    };
    name.into()
}
