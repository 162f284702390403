//! A folder that one process at a time fills, where a file has its final name only when it is complete.

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};
use tempfile::{NamedTempFile, TempDir};

/// Names of unfinished work begin so.
const PARTIAL: &str = ".partial-";

/// An exclusive hold on a folder. Dropping it (or the end of the process, however sudden) lets the next one in.
pub struct Folder {
    path: PathBuf,
    _lock: File,
}

impl Folder {
    /// Creates the folder if it is missing, waits until no other process holds `lock_name` in it, and removes what
    /// interrupted processes left unfinished.
    pub fn hold(path: &Path, lock_name: &str) -> Result<Self> {
        fs::create_dir_all(path).map_err(|e| Error::io("create", path, e))?;
        let path = path.canonicalize().map_err(|e| Error::io("resolve", path, e))?;
        let lock = path.join(lock_name);
        let file = File::create(&lock).map_err(|e| Error::io("create", &lock, e))?;
        file.lock().map_err(|e| Error::io("lock", &lock, e))?;
        let folder = Folder { path, _lock: file };
        folder.remove_partials()?;
        Ok(folder)
    }

    /// The folder's absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file without its final name yet.
    pub fn partial_file(&self) -> Result<NamedTempFile> {
        partial_file_in(&self.path)
    }

    /// A folder for scratch work, removed when dropped.
    pub fn partial_folder(&self) -> Result<TempDir> {
        let folder = tempfile::Builder::new().prefix(PARTIAL).tempdir_in(&self.path);
        folder.map_err(|e| Error::io("create a folder in", &self.path, e))
    }

    /// Gives a complete file its final name, in one step that replaces what had it.
    pub fn publish(&self, file: NamedTempFile, name: &str) -> Result<PathBuf> {
        let path = self.path.join(name);
        persist(file, &path)?;
        Ok(path)
    }

    fn remove_partials(&self) -> Result<()> {
        for entry in fs::read_dir(&self.path).map_err(|e| Error::io("list", &self.path, e))? {
            let entry = entry.map_err(|e| Error::io("list", &self.path, e))?;
            if entry.file_name().to_string_lossy().starts_with(PARTIAL) {
                let path = entry.path();
                let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
                removed.map_err(|e| Error::io("remove the unfinished", &path, e))?;
            }
        }
        Ok(())
    }
}

/// Replaces the file at `path` by one with `content`: whole or not at all.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let file = partial_file_beside(path)?;
    fs::write(file.path(), content).map_err(|e| Error::io("write", file.path(), e))?;
    persist(file, path)
}

/// A file that is to become the one at `path` (see [`persist`]), and is removed if it does not.
pub fn partial_file_beside(path: &Path) -> Result<NamedTempFile> {
    partial_file_in(path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new(".")))
}

fn partial_file_in(folder: &Path) -> Result<NamedTempFile> {
    let file = tempfile::Builder::new().prefix(PARTIAL).tempfile_in(folder);
    file.map_err(|e| Error::io("create a file in", folder, e))
}

/// Gives a complete file the name `path`, in one step that replaces what had it.
pub fn persist(file: NamedTempFile, path: &Path) -> Result<()> {
    let readable = fs::Permissions::from_mode(0o644);
    file.as_file().set_permissions(readable).map_err(|e| Error::io("set the mode of", file.path(), e))?;
    file.persist(path).map_err(|e| Error::io("rename a finished file to", path, e.error))?;
    Ok(())
}
