//! Takes out of a line what terminals and test2json put into it: colours, carriage returns, marks.

use std::borrow::Cow;

const ESCAPE: u8 = 0x1b;

/// What `-test.v=test2json` writes before its own lines (`src/cmd/internal/test2json` calls it a marker).
const MARK: u8 = 0x16;

/// The line without escape sequences, without a carriage return at its end, and without test2json's marks.
pub fn cleaned(line: &[u8]) -> Cow<'_, [u8]> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    if memchr::memchr2(ESCAPE, MARK, line).is_none() {
        return Cow::Borrowed(line);
    }
    let mut text = Vec::with_capacity(line.len());
    let mut rest = line;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = match byte {
            ESCAPE => &behind[escape_length(behind)..],
            MARK => behind,
            _ => {
                text.push(byte);
                behind
            }
        };
    }
    Cow::Owned(text)
}

/// How much of what follows the escape character belongs to its sequence (ECMA-48: CSI ends with `@` to `~`; OSC with BEL or ST).
fn escape_length(behind: &[u8]) -> usize {
    let ends = |found: Option<usize>| found.map_or(behind.len(), |at| at + 1);
    match behind.first() {
        Some(b'[') => ends(behind.iter().skip(1).position(|byte| matches!(byte, b'@'..=b'~')).map(|at| at + 1)),
        Some(b']') => ends(behind.iter().position(|byte| matches!(byte, 0x07 | b'\\'))),
        Some(_) => 1,
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_marks_and_carriage_returns_are_taken_out() {
        for (line, text) in [
            (&b"\x1b[31mWARNING: DATA RACE\x1b[0m\r"[..], &b"WARNING: DATA RACE"[..]),
            (b"\x16=== RUN   TestA", b"=== RUN   TestA"),
            (b"\x1b]8;;link\x07text", b"text"),
            (b"plain", b"plain"),
            (b"cut \x1b[3", b"cut "),
            (b"cut \x1b", b"cut "),
        ] {
            assert_eq!(cleaned(line).as_ref(), text);
        }
    }
}
