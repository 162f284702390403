//! The names that an archive has used so far: no path twice, none that only case tells apart, nothing below a file.
//!
//! Bazel copies trees between machines; on a file system without case, two names that differ only by case would
//! become one file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{DefaultHasher, Hash, Hasher};

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
    /// As the archive spells it.
    path: Box<str>,
}

/// Every path of the archive, by the hash of its form without case. (That form can be thrice as long as the path, and all
/// of them would be most of the memory that an unpack may take.)
pub(crate) struct Names {
    used: HashMap<u64, Used>,
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
        let room = (self.used.len() as u64) < self.limit;
        let earlier = match self.used.entry(hash_without_case(path)) {
            Entry::Occupied(earlier) => earlier.into_mut(),
            Entry::Vacant(_) if !room => return Err(EntryFault::TooMany(self.limit)),
            Entry::Vacant(place) => {
                place.insert(Used { by, path: path.into() });
                return Ok(Novelty::New);
            }
        };
        if *earlier.path != *path {
            return Err(EntryFault::Case(earlier.path.to_string()));
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

/// A hash that paths share if only case tells them apart: by way of upper case, since some letters have two lower-case forms,
/// and letter by letter, since these depend on their neighbours. Should ever two other paths share it, then the second is
/// refused.
fn hash_without_case(path: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    for letter in path.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase) {
        letter.hash(&mut hasher);
    }
    hasher.finish()
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
