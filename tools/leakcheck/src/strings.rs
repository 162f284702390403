//! Finds paths of the build machine in a binary's data.
//!
//! Go's strings stand one after the other without an end, so there is no list of strings to look at: each slash is.

use crate::paths::{TOP, first};

/// Where programs look at run time: constants of musl, glibc, Go's standard library and the sanitizers' runtime.
///
/// A path that begins with one of these is no leak, on whatever machine the binary was built.
pub const RUNTIME: [&str; 56] = [
    "/bin/bash",
    "/bin/csh",
    "/bin/false",
    "/bin/sh",
    "/dev/",
    "/etc/apache",
    "/etc/ca-certificates",
    "/etc/group",
    "/etc/gshadow",
    "/etc/host",
    "/etc/ld.so",
    "/etc/ld-musl",
    "/etc/localtime",
    "/etc/mdns",
    "/etc/mime.types",
    "/etc/networks",
    "/etc/nsswitch.conf",
    "/etc/openssl",
    "/etc/passwd",
    "/etc/pki",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/rpc",
    "/etc/security",
    "/etc/services",
    "/etc/shadow",
    "/etc/shells",
    "/etc/ssl",
    "/etc/tcb",
    "/etc/timezone",
    "/etc/zoneinfo",
    "/etc/httpd",
    "/etc/suid-debug",
    "/etc/terminfo",
    "/etc/utmp",
    "/lib:/usr/local/lib:/usr/lib",
    "/proc/",
    "/run/",
    "/sys/",
    "/system/etc/security/cacerts",
    "/usr/bin/symbolizer",
    "/usr/bin/timeout",
    "/usr/lib/locale",
    "/usr/lib/zoneinfo",
    "/usr/local/etc/ssl",
    "/usr/local/share/certs",
    "/usr/local/share/mime",
    "/usr/share/ca-certificates",
    "/usr/share/certs",
    "/usr/share/lib/zoneinfo",
    "/usr/share/locale",
    "/usr/share/mime",
    "/usr/share/zoneinfo",
    "/usr/share/nls",
    "/var/run/",
    "/var/ssl/certs",
];

/// Folders for temporary files, alone: with a name below, they are a leak.
const TEMPORARY: [&str; 4] = ["/tmp", "/usr/tmp", "/var/tmp", "/dev/shm"];

/// What only Bazel's folders have in their paths.
const BAZEL: [&str; 3] = ["/execroot/", "/linux-sandbox/", "/processwrapper-sandbox/"];

/// The kinds of paths that a section has.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// Of the build machine, or of no known purpose.
    pub leaks: Vec<String>,
    /// Known constants of run time, each counted.
    pub constants: usize,
}

/// Looks at a section's data. `machine` are folders of this very machine (execution root, workspace, home), which are found
/// whatever stands before them.
pub fn scan(data: &[u8], machine: &[String]) -> Paths {
    let mut found = Paths::default();
    let mut after = 0;
    for at in memchr::memchr_iter(b'/', data) {
        if at < after {
            continue;
        }
        let length = data[at..].iter().take(4096).position(|&byte| !is_path(byte)).unwrap_or(data.len() - at);
        let Ok(path) = std::str::from_utf8(&data[at..at + length]) else { continue };
        if machine.iter().any(|folder| path.strip_prefix(folder.as_str()).is_some_and(|rest| rest.starts_with('/'))) {
            found.leaks.push(path.to_owned());
            after = at + length;
            continue;
        }
        if !begins(data, at) || path.starts_with("//") {
            continue;
        }
        if BAZEL.iter().any(|part| path.contains(part)) {
            found.leaks.push(path.to_owned());
        } else if RUNTIME.iter().any(|known| path.starts_with(known)) {
            found.constants += 1;
        } else if TOP.contains(&first(path)) && path.trim_end_matches('/').matches('/').count() > 1 {
            if TEMPORARY.contains(&path.trim_end_matches('/')) || path.contains("XXXXXX") {
                found.constants += 1;
            } else {
                found.leaks.push(path.to_owned());
            }
        }
        after = at + length;
    }
    found
}

fn is_path(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/._-+@~%#".contains(&byte)
}

/// Whether a string may begin here: not within a word, unless the word is a flag such as `-I`.
fn begins(data: &[u8], at: usize) -> bool {
    let Some(&before) = at.checked_sub(1).map(|before| &data[before]) else { return true };
    if !is_path(before) && before < 0x80 && before != b'}' && before != b')' && before != b']' {
        return true;
    }
    at >= 3 && b"ILB".contains(&before) && data[at - 2] == b'-' && !is_path(data[at - 3])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_build_machine_are_found_and_constants_are_counted() {
        let data =
            b"\0/home/me/src/a.c\0/etc/localtime\0-I/usr/include\0github.com/home/x\0/healthz\0/tmp\0seek/opt/x\0";
        let found = scan(data, &[]);
        assert_eq!(found.leaks, ["/home/me/src/a.c", "/usr/include"]);
        assert_eq!(found.constants, 1);
    }

    #[test]
    fn folders_of_this_machine_are_found_within_gos_strings() {
        let found = scan(b"one string/data/me/ws/a.gothe next", &["/data/me/ws".to_owned()]);
        assert_eq!(found.leaks, ["/data/me/ws/a.gothe"]);
    }
}
