//! Files and folders of the bundle: found, written, removed.

use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};

/// The entries of a folder, in the order of their names; none if there is no such folder.
pub fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("read", folder, error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        paths.push(entry.map_err(|e| Error::io("read", folder, e))?.path());
    }
    paths.sort();
    Ok(paths)
}

/// Makes a folder and those above it.
pub fn make_folder(folder: &Path) -> Result<()> {
    fs::create_dir_all(folder).map_err(|e| Error::io("make the folder", folder, e))
}

/// Writes a file as a whole: a reader sees the old one or the new one.
pub fn write(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_folder(folder)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".part");
    let part = folder.join(name);
    let mut file = File::create(&part).map_err(|e| Error::io("make", &part, e))?;
    file.write_all(content).and_then(|()| file.sync_all()).map_err(|e| Error::io("write", &part, e))?;
    fs::rename(&part, path).map_err(|e| Error::io("write", path, e))
}

/// Removes a file, or a folder with all that is in it, also where the folders are read-only, as Go leaves its modules.
pub fn remove(path: &Path) -> Result<()> {
    let Ok(metadata) = path.symlink_metadata() else { return Ok(()) };
    if metadata.is_dir() {
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).map_err(|e| Error::io("open", path, e))?;
        entries(path)?.iter().try_for_each(|entry| remove(entry))?;
        fs::remove_dir(path).map_err(|e| Error::io("remove", path, e))
    } else {
        fs::remove_file(path).map_err(|e| Error::io("remove", path, e))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_only_folders_are_removed_too() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("a/b");
        write(&folder.join("file"), b"x").unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o555)).unwrap();
        remove(&dir.path().join("a")).unwrap();
        assert_eq!(entries(dir.path()).unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn what_is_not_there_needs_no_removal() {
        remove(Path::new("/dev/null/none")).unwrap();
    }
}
