//! The three ways in which reports are written, and which lines belong to each.

/// Who wrote a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// ThreadSanitizer as Go has it (`PrintReport` in LLVM's `tsan_report.cpp`, the part for Go).
    Go,
    /// ThreadSanitizer in C and C++ (the same file, the other part).
    Native,
    /// Go's runtime, which dumps goroutines (`src/runtime/traceback.go`).
    Dump,
}

/// How Go's reports begin their parts.
const PARTS: [&str; 16] = [
    "Read at ",
    "Write at ",
    "Previous read at ",
    "Previous write at ",
    // Without an address, as in the article on the race detector in Go's documentation.
    "Read by ",
    "Write by ",
    "Previous read by ",
    "Previous write by ",
    "Atomic ",
    "Previous atomic ",
    "Goroutine ",
    "goroutine ",
    "main goroutine",
    "Heap block of ",
    "Global var ",
    "Mutex ",
];

const RULER: &[u8] = b"==================";

impl Format {
    /// Whether a line ends a report.
    pub fn ends(self, line: &[u8]) -> bool {
        match self {
            // A longer ruler is Bazel's.
            Format::Go | Format::Native => {
                line.strip_prefix(RULER).is_some_and(|rest| !rest.starts_with(b"="))
                    || (self == Format::Native && line.starts_with(b"SUMMARY: ThreadSanitizer"))
            }
            Format::Dump => line.starts_with(b"exit status ") || line.starts_with(b"FAIL"),
        }
    }

    /// Whether a line can be part of a report.
    pub fn owns(self, line: &[u8]) -> bool {
        match self {
            Format::Go => line.is_empty() || part(line) || frame(line),
            Format::Native => line.is_empty() || line.starts_with(b"  "),
            Format::Dump => {
                line.is_empty()
                    || line.starts_with(b"\t")
                    || line.starts_with(b"goroutine ")
                    || line.starts_with(b"created by ")
                    || line.ends_with(b")")
            }
        }
    }

    /// After how many foreign lines in a row a report without an end is over.
    pub fn patience(self, usual: usize) -> usize {
        // The runtime's dump is the last thing that a program writes.
        if self == Format::Dump { 8 } else { usual }
    }
}

fn part(line: &[u8]) -> bool {
    matches!(line[0], b'R' | b'W' | b'P' | b'A' | b'G' | b'H' | b'M' | b'g' | b'm')
        && PARTS.iter().any(|part| line.starts_with(part.as_bytes()))
}

/// `  function()`, `      file.go:1 +0x2`, or `  [failed to restore the stack]`.
fn frame(line: &[u8]) -> bool {
    let indent = line.iter().position(|&byte| byte != b' ').unwrap_or(line.len());
    match indent {
        2 => line.ends_with(b"()") || line[2..].starts_with(b"[failed to restore"),
        6 => line.rsplit(|&byte| byte == b' ').next().is_some_and(|word| word.starts_with(b"+0x")),
        _ => false,
    }
}
