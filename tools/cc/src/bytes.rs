//! Arguments are bytes: a path need not be UTF-8.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::Path;

/// `parts`, one after the other, as one argument.
pub fn joined(parts: &[&OsStr]) -> OsString {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| part.len()).sum());
    for part in parts {
        bytes.extend_from_slice(part.as_bytes());
    }
    OsString::from_vec(bytes)
}

/// An absolute path without `.` and `..`, by its text alone: sandboxes are made of links, which must not be followed.
pub fn normalised(base: &Path, path: &[u8]) -> Vec<u8> {
    let mut components: Vec<&[u8]> = Vec::new();
    let base = if path.starts_with(b"/") { b"" } else { base.as_os_str().as_bytes() };
    for component in base.split(|b| *b == b'/').chain(path.split(|b| *b == b'/')) {
        match component {
            b"" | b"." => {}
            b".." => drop(components.pop()),
            name => components.push(name),
        }
    }
    let mut text = Vec::new();
    for component in components {
        text.push(b'/');
        text.extend_from_slice(component);
    }
    if text.is_empty() { b"/".to_vec() } else { text }
}

/// Whether `path` is `folder` or is in it; both normalised.
pub fn is_within(path: &[u8], folder: &[u8]) -> bool {
    folder == b"/" || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest[0] == b'/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_resolved_by_text() {
        for (path, expected) in
            [("a/./b//c", "/work/a/b/c"), ("../x", "/x"), ("../../../x", "/x"), ("/a/../b", "/b"), ("/", "/")]
        {
            assert_eq!(normalised(Path::new("/work"), path.as_bytes()), expected.as_bytes(), "{path}");
        }
    }

    #[test]
    fn a_folder_with_the_same_beginning_is_another_folder() {
        assert!(is_within(b"/a/b", b"/a"));
        assert!(is_within(b"/a", b"/a"));
        assert!(!is_within(b"/ab", b"/a"));
        assert!(is_within(b"/ab", b"/"));
    }
}
