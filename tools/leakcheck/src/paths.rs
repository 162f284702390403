//! Finds absolute paths in arguments, environment values and shell command lines.

/// Folders that a machine has at its root: what counts in text where `/x` need not be a path.
pub const TOP: [&str; 31] = [
    "bin",
    "boot",
    "build",
    "builds",
    "dev",
    "etc",
    "gnu",
    "home",
    "lib",
    "lib32",
    "lib64",
    "libx32",
    "media",
    "mnt",
    "nix",
    "opt",
    "private",
    "proc",
    "root",
    "run",
    "sbin",
    "snap",
    "srv",
    "sys",
    "tmp",
    "usr",
    "var",
    "work",
    "workspace",
    "Library",
    "Users",
];

/// Flags that a path may follow without a space.
const ATTACHED: [&str; 14] = [
    "-I",
    "-L",
    "-B",
    "-F",
    "-T",
    "-o",
    "-isystem",
    "-iquote",
    "-idirafter",
    "-include",
    "-imacros",
    "-isysroot",
    "-iframework",
    "-iprefix",
];

/// What the kernel gives every process alike: no leak.
const HARMLESS: [&str; 15] = [
    "/dev/null",
    "/dev/zero",
    "/dev/full",
    "/dev/random",
    "/dev/urandom",
    "/dev/stdin",
    "/dev/stdout",
    "/dev/stderr",
    "/dev/tty",
    "/dev/fd",
    "/dev/ptmx",
    "/dev/shm",
    "/proc/self",
    "/proc/thread-self",
    "/dev/pts",
];

/// Whether a path is of the kernel's, the same on every machine.
pub fn is_harmless(path: &str) -> bool {
    HARMLESS.iter().any(|known| path.strip_prefix(known).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// The first folder of a path, without slashes.
pub fn first(path: &str) -> &str {
    path.trim_start_matches('/').split('/').next().unwrap_or_default()
}

/// The absolute paths in an argument or a value, in order, without the harmless ones.
///
/// In text with a space or a line's end, which is taken for a shell's, only paths count that begin with a folder of [`TOP`]:
/// there a slash may as well be sed's. `//x` is a label or a part of a URL, never a path.
pub fn absolute(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let shell = text.contains([' ', '\n', '\t']);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(offset) = bytes[at..].iter().position(|&byte| byte == b'/') {
        let start = at + offset;
        let end = start + bytes[start..].iter().position(|&byte| is_end(byte)).unwrap_or(bytes.len() - start);
        let path = text[start..end].trim_end_matches(['/', '.']);
        let named = bytes.get(start + 1).is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte));
        if named && begins(text, start) {
            if !path.is_empty() && !is_harmless(path) && (!shell || TOP.contains(&first(path))) {
                found.push(path);
            }
            at = end;
        } else {
            // The rest of a relative path, or of a label.
            at = start + bytes[start..].iter().position(|&byte| byte != b'/').unwrap_or(bytes.len() - start);
        }
    }
    found
}

fn is_end(byte: u8) -> bool {
    byte.is_ascii_whitespace() || b":,;\"'()<>|&`*?[]{}$=\\".contains(&byte)
}

/// Whether an absolute path may begin at `start`.
fn begins(text: &str, start: usize) -> bool {
    let before = &text[..start];
    let opens = |c: char| c.is_whitespace() || "=:,;([{<>|&@".contains(c);
    match before.chars().next_back() {
        None => true,
        Some(c) if opens(c) => true,
        // A quote that opens, not one that closes as in "$dir"/bin.
        Some('"' | '\'' | '`') => before[..before.len() - 1].chars().next_back().is_none_or(|c| opens(c) || c == '\\'),
        Some(_) => {
            let token = before.rfind(|c: char| c.is_whitespace() || "=:,;\"'".contains(c)).map_or(0, |at| at + 1);
            ATTACHED.contains(&&before[token..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::absolute;

    #[test]
    fn paths_are_found_alone_attached_and_in_lists() {
        for (text, paths) in [
            ("/usr/bin/gcc", vec!["/usr/bin/gcc"]),
            ("-I/usr/include", vec!["/usr/include"]),
            ("-isystem/opt/x/", vec!["/opt/x"]),
            ("--sysroot=/x", vec!["/x"]),
            ("-Wl,-rpath,/x/y", vec!["/x/y"]),
            ("@/abs/params", vec!["/abs/params"]),
            ("bazel-out/bin:/bin:/usr/bin", vec!["/bin", "/usr/bin"]),
            ("-ffile-prefix-map=/a/b=/c", vec!["/a/b", "/c"]),
            ("cd x && '/usr/bin/gcc' a.c >/dev/null", vec!["/usr/bin/gcc"]),
        ] {
            assert_eq!(absolute(text), paths, "{text}");
        }
    }

    #[test]
    fn labels_urls_variables_and_patterns_are_no_paths() {
        for text in [
            "//pkg:target",
            "@@rules_go~//stdlib:",
            "https://example.com/x",
            "${pwd}/external",
            "sed s/usr/x/ y",
            "a/b/c",
            "/dev/null",
            "/proc/self/cwd",
            "awk '/foo/ {print}' x",
            "/",
            "\"$dir\"/bin/x y",
        ] {
            assert!(absolute(text).is_empty(), "{text}: {:?}", absolute(text));
        }
    }
}
