//! Compares lists of members: an archive with its manifest, a tree with an archive, an archive with another.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use diagnostic::{Error, Result};
use serde_json::{Value, json};

use crate::about::Member;
use crate::archive::measured;

/// How one path differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// It is only on the second side.
    Added {
        /// The path.
        path: String,
        /// Its size in bytes.
        size: u64,
    },
    /// It is only on the first side.
    Removed {
        /// The path.
        path: String,
        /// Its size in bytes.
        size: u64,
    },
    /// Its content differs.
    Changed {
        /// The path.
        path: String,
        /// Sizes in bytes, on the first and on the second side.
        sizes: (u64, u64),
    },
    /// Its content is the same, and it is executable on one side only.
    Mode {
        /// The path.
        path: String,
        /// Whether it is executable on the second side.
        executable: bool,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Added { path, size } => write!(f, "added    {path} ({size} bytes)"),
            Self::Removed { path, size } => write!(f, "removed  {path} ({size} bytes)"),
            Self::Changed { path, sizes: (old, new) } => write!(f, "changed  {path} ({old} bytes, now {new})"),
            Self::Mode { path, executable: true } => write!(f, "mode     {path} (now executable)"),
            Self::Mode { path, executable: false } => write!(f, "mode     {path} (no longer executable)"),
        }
    }
}

impl Difference {
    /// As JSON: `kind` (`added`, `removed`, `changed`, `mode`), `path` and what the kind has.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Added { path, size } => json!({"kind": "added", "path": path, "size": size}),
            Self::Removed { path, size } => json!({"kind": "removed", "path": path, "size": size}),
            Self::Changed { path, sizes: (old, new) } => {
                json!({"kind": "changed", "path": path, "old_size": old, "size": new})
            }
            Self::Mode { path, executable } => json!({"kind": "mode", "path": path, "executable": executable}),
        }
    }
}

/// What changes from `old` to `new`, in the order of the paths. Packages are not compared.
pub fn compare(old: &[Member], new: &[Member]) -> Vec<Difference> {
    let mut pairs: BTreeMap<&str, (Option<&Member>, Option<&Member>)> = BTreeMap::new();
    for member in old {
        pairs.entry(&member.path).or_default().0 = Some(member);
    }
    for member in new {
        pairs.entry(&member.path).or_default().1 = Some(member);
    }
    let difference = |(path, pair): (&str, (Option<&Member>, Option<&Member>))| {
        let path = path.to_owned();
        match pair {
            (Some(old), None) => Some(Difference::Removed { path, size: old.size }),
            (None, Some(new)) => Some(Difference::Added { path, size: new.size }),
            (Some(old), Some(new)) if old.sha256 != new.sha256 => {
                Some(Difference::Changed { path, sizes: (old.size, new.size) })
            }
            (Some(old), Some(new)) if old.executable != new.executable => {
                Some(Difference::Mode { path, executable: new.executable })
            }
            _ => None,
        }
    };
    pairs.into_iter().filter_map(difference).collect()
}

/// The files below `folder`, measured.
///
/// # Errors
///
/// A file cannot be read, or is neither a regular file nor a folder.
pub fn tree(folder: &Path) -> Result<Vec<Member>> {
    let mut members = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(current) = folders.pop() {
        for entry in fs::read_dir(&current).map_err(|e| Error::io("list", &current, e))? {
            let path = entry.map_err(|e| Error::io("list", &current, e))?.path();
            let metadata = fs::symlink_metadata(&path).map_err(|e| Error::io("look at", &path, e))?;
            if metadata.is_dir() {
                folders.push(path);
                continue;
            }
            if !metadata.is_file() {
                return Err(Error::new(format!("{} is no regular file", path.display())).next(
                    "a tree of the payload has files and folders only: name the tree itself, not one of links to it",
                ));
            }
            let content = fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
            let name = path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned();
            members.push(measured(name, metadata.permissions().mode() & 0o111 != 0, &content));
        }
    }
    Ok(members)
}
