//! The names that an archive has used so far: no path twice, none that only case tells apart, nothing below a file.
//!
//! Bazel copies trees between machines; on a file system without case, two names that differ only by case would
//! become one file.

use std::collections::HashMap;

use crate::policy::EntryFault;

/// Whether a path is new to the archive, or a folder that an earlier path implied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Novelty {
    New,
    Implied,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Use {
    File,
    Folder,
    ImpliedFolder,
}

struct Used {
    by: Use,
    /// As the archive spells it, where that is not the key.
    spelling: Option<Box<str>>,
}

/// Every path of the archive, keyed by its lower-case form.
pub(crate) struct Names {
    used: HashMap<Box<str>, Used>,
    limit: u64,
}

impl Names {
    /// Room for `limit` names.
    pub(crate) fn new(limit: u64) -> Self {
        Names { used: HashMap::new(), limit }
    }

    /// Enters the folder that `path`, a parent of an entry, implies.
    pub(crate) fn enter_parent(&mut self, path: &str) -> Result<Novelty, EntryFault> {
        self.enter(path, Use::ImpliedFolder)
    }

    /// Enters a folder's own entry.
    pub(crate) fn enter_folder(&mut self, path: &str) -> Result<Novelty, EntryFault> {
        self.enter(path, Use::Folder)
    }

    /// Enters a regular file.
    pub(crate) fn enter_file(&mut self, path: &str) -> Result<(), EntryFault> {
        self.enter(path, Use::File).map(drop)
    }

    fn enter(&mut self, path: &str, by: Use) -> Result<Novelty, EntryFault> {
        let key = path.to_lowercase();
        let Some(earlier) = self.used.get_mut(key.as_str()) else {
            if self.used.len() as u64 >= self.limit {
                return Err(EntryFault::TooMany(self.limit));
            }
            let spelling = (key != path).then(|| path.into());
            self.used.insert(key.into(), Used { by, spelling });
            return Ok(Novelty::New);
        };
        let spelling = earlier.spelling.as_deref().unwrap_or(&key);
        if spelling != path {
            return Err(EntryFault::Case(spelling.to_owned()));
        }
        match (earlier.by, by) {
            (Use::Folder | Use::ImpliedFolder, Use::ImpliedFolder) => Ok(Novelty::Implied),
            (Use::ImpliedFolder, Use::Folder) => {
                earlier.by = Use::Folder;
                Ok(Novelty::Implied)
            }
            (Use::File, Use::ImpliedFolder) => Err(EntryFault::BelowFile(path.to_owned())),
            _ => Err(EntryFault::Duplicate),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_may_be_named_once_after_its_content() {
        let mut names = Names::new(9);
        assert_eq!(names.enter_parent("a"), Ok(Novelty::New));
        assert_eq!(names.enter_folder("a"), Ok(Novelty::Implied));
        assert_eq!(names.enter_parent("a"), Ok(Novelty::Implied));
        assert_eq!(names.enter_folder("a"), Err(EntryFault::Duplicate));
    }

    #[test]
    fn case_is_compared_beyond_ascii_and_in_parents() {
        let mut names = Names::new(9);
        names.enter_file("ÄB").unwrap();
        assert_eq!(names.enter_file("äb"), Err(EntryFault::Case("ÄB".into())));
        names.enter_parent("lib").unwrap();
        assert_eq!(names.enter_parent("Lib"), Err(EntryFault::Case("lib".into())));
    }

    #[test]
    fn implied_folders_count_towards_the_limit() {
        let mut names = Names::new(2);
        names.enter_parent("a").unwrap();
        names.enter_parent("a/b").unwrap();
        assert_eq!(names.enter_parent("a/b/c"), Err(EntryFault::TooMany(2)));
    }
}
