//! Which part of an archive becomes the tree.

use std::fmt;
use std::str::FromStr;

use crate::policy::check_path;

/// A file or folder of an archive, by the name that it has there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member(String);

/// A text that can be no member's name: it is absolute, or not normalised.
#[derive(Debug, PartialEq, Eq)]
pub struct ParseMemberError;

impl fmt::Display for ParseMemberError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no relative path without `.`, `..` and slashes at its end")
    }
}

impl std::error::Error for ParseMemberError {}

impl FromStr for Member {
    type Err = ParseMemberError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        check_path(text, text).map_err(|_| ParseMemberError)?;
        Ok(Member(text.to_owned()))
    }
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Member {
    /// Whether `path` is this member or below it.
    fn holds(&self, path: &str) -> bool {
        path.strip_prefix(&*self.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Whether this member is below the folder `path`.
    fn is_below(&self, path: &str) -> bool {
        self.0.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }
}

/// What is kept: everything, unless members are named.
#[derive(Clone, Copy)]
pub(crate) struct Selection<'a>(pub(crate) &'a [Member]);

impl Selection<'_> {
    pub(crate) fn keeps(self, path: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|member| member.holds(path))
    }

    /// Whether the folder `path` is kept, or leads to what may be.
    pub(crate) fn keeps_folder(self, path: &str) -> bool {
        self.keeps(path) || self.0.iter().any(|member| member.is_below(path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_itself_and_what_is_below() {
        let members = ["lib", "linux/amd64"].map(|text| text.parse().unwrap());
        let selection = Selection(&members);
        for path in ["lib", "lib/libc.a", "linux/amd64/include/asm/a.h"] {
            assert!(selection.keeps(path), "{path}");
        }
        for path in ["library", "li", "linux", "linux/amd640", "other/lib"] {
            assert!(!selection.keeps(path), "{path}");
        }
        assert!(selection.keeps_folder("linux") && !selection.keeps_folder("lin"));
        assert!(Selection(&[]).keeps("anything"));
    }

    #[test]
    fn what_no_member_can_be_called_is_refused() {
        for text in ["", "/lib", "lib/", "a//b", "./lib", "a/../b", ".."] {
            assert_eq!(text.parse::<Member>(), Err(ParseMemberError), "{text}");
        }
    }
}
