//! What to say when clang misses a header that this action does not have, though the payload does.
//!
//! Each header costs time in every sandboxed action that has it, and most Go packages need those of C alone. So the others
//! are asked for, and who did not know must learn it from the error.

/// The trees of headers that an action does not have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Missing {
    /// Those of the C++ standard library.
    pub cxx: bool,
    /// Those of the Linux kernel.
    pub linux: bool,
}

/// The top folders of the kernel's headers that the C library does not have as well.
const LINUX_FOLDERS: [&str; 12] =
    ["asm", "asm-generic", "cxl", "drm", "fwctl", "linux", "misc", "mtd", "rdma", "regulator", "sound", "video"];

impl Missing {
    /// Whether any tree is missing, so that [`Missing::hint`] may have something to say.
    pub fn any(self) -> bool {
        self.cxx || self.linux
    }

    /// What to do next about the first missing header in what clang wrote, if it is one of a missing tree.
    pub fn hint(self, stderr: &[u8]) -> Option<String> {
        let text = String::from_utf8_lossy(stderr);
        text.lines().filter_map(missing_header).find_map(|name| {
            let (what, target) = if self.linux && is_linux(name) {
                ("the Linux kernel's headers", "linux_headers")
            } else if self.cxx && is_cxx(name) {
                ("the C++ standard library's headers", "cxx")
            } else {
                return None;
            };
            Some(format!(
                "error: <{name}> is one of {what}, which this action does not have\n  \
                 next: add `cdeps = [\"@toolchains_go_race//:{target}\"]` to the Go rule that compiles this file; or, for every \
                 package at once, build with --@toolchains_go_race//toolchain:headers=all"
            ))
        })
    }
}

/// The header of a line such as `a.c:1:10: fatal error: 'linux/futex.h' file not found`.
fn missing_header(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("error: '")?;
    rest.strip_suffix("' file not found")
}

fn is_linux(name: &str) -> bool {
    name.split_once('/').is_some_and(|(folder, _)| LINUX_FOLDERS.contains(&folder))
}

/// The standard library's headers are those without an extension.
fn is_cxx(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Missing = Missing { cxx: true, linux: true };

    #[test]
    fn a_missing_header_of_a_missing_tree_is_explained() {
        for (name, target) in
            [("linux/futex.h", ":linux_headers"), ("asm/unistd.h", ":linux_headers"), ("vector", ":cxx")]
        {
            let stderr =
                format!("In file included from b.h:2:\na.c:1:10: fatal error: '{name}' file not found\n    1 | #\n");
            let hint = ALL.hint(stderr.as_bytes()).unwrap();
            assert!(hint.contains(target) && hint.contains(name) && hint.contains("headers=all"), "{hint}");
            assert_eq!(Missing::default().hint(stderr.as_bytes()), None, "{name}: the tree is there");
        }
    }

    #[test]
    fn other_errors_are_left_alone() {
        for line in [
            "a.c:1:10: fatal error: 'sys/foo.h' file not found",
            "a.c:1:10: fatal error: 'zlib.h' file not found",
            "a.c:1:1: error: unknown type name 'linux/futex.h'",
            "",
        ] {
            assert_eq!(ALL.hint(line.as_bytes()), None, "{line}");
        }
    }
}
