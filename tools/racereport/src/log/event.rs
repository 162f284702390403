//! Lines of `go test -json`: which package and test wrote what.

use std::borrow::Cow;

use memchr::memmem;

/// One line of output, or of the end of a package's test, as `go doc test2json` describes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The import path; empty if there is none.
    pub package: Cow<'a, str>,
    /// The test; empty if the output is the package's.
    pub test: Cow<'a, str>,
    /// What was written, with the line's end.
    pub output: Cow<'a, str>,
    /// Whether the package's test ends here.
    pub ends: bool,
}

/// Reads a line, if it is an event.
pub fn read(line: &[u8]) -> Option<Event<'_>> {
    if !line.starts_with(b"{") {
        return None;
    }
    let action = raw(line, b"\"Action\":")?;
    let package = string(line, b"\"Package\":").unwrap_or_default();
    let test = string(line, b"\"Test\":").unwrap_or_default();
    let output = match action.starts_with("\"output\"") {
        true => string(line, b"\"Output\":").unwrap_or_default(),
        false => Cow::Borrowed(""),
    };
    let ended = ["\"pass\"", "\"fail\"", "\"skip\""].iter().any(|end| action.starts_with(end));
    Some(Event { ends: ended && test.is_empty(), package, test, output })
}

/// What stands behind a key. A key within a string has its quotes escaped, so that this is the key itself.
fn raw<'a>(line: &'a [u8], key: &[u8]) -> Option<&'a str> {
    let at = memmem::find(line, key)? + key.len();
    std::str::from_utf8(line[at..].trim_ascii_start()).ok()
}

fn string<'a>(line: &'a [u8], key: &[u8]) -> Option<Cow<'a, str>> {
    let text = raw(line, key)?.strip_prefix('"')?;
    let end = closing_quote(text)?;
    let text = &text[..end];
    if !text.contains('\\') {
        return Some(Cow::Borrowed(text));
    }
    Some(Cow::Owned(unescaped(text)))
}

/// What a string of JSON says (RFC 8259). A damaged escape, or half of a pair of surrogates, becomes a question mark.
fn unescaped(text: &str) -> String {
    let (mut plain, mut rest) = (String::with_capacity(text.len()), text);
    while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
        plain.push_str(&rest[..at]);
        let escape = &rest[at + 1..];
        let (letter, length) = match escape.chars().next() {
            Some('n') => ('\n', 1),
            Some('t') => ('\t', 1),
            Some('r') => ('\r', 1),
            Some('b') => ('\u{8}', 1),
            Some('f') => ('\u{c}', 1),
            Some('u') => {
                let code = escape.get(1..5).and_then(|digits| u32::from_str_radix(digits, 16).ok());
                (code.and_then(char::from_u32).unwrap_or('?'), if escape.is_char_boundary(5) { 5 } else { 1 })
            }
            Some(other) => (other, other.len_utf8()),
            None => ('?', 0),
        };
        plain.push(letter);
        rest = escape.get(length..).unwrap_or_default();
    }
    plain + rest
}

fn closing_quote(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', &bytes[from..])?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        from = at + 2;
        if from > bytes.len() {
            return None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_line_is_read() {
        let line = br#"{"Time":"2026-11-24T08:00:00Z","Action":"output","Package":"example.com/a","Test":"TestX","Output":"say \"Test\":\u003c\n"}"#;
        let event = read(line).unwrap();
        assert_eq!((&*event.package, &*event.test, &*event.output), ("example.com/a", "TestX", "say \"Test\":<\n"));
        assert!(!event.ends);
    }

    #[test]
    fn the_end_of_a_package_is_seen_and_of_a_test_is_not() {
        assert!(read(br#"{"Action":"fail","Package":"a","Elapsed":1}"#).unwrap().ends);
        assert!(!read(br#"{"Action":"fail","Package":"a","Test":"T"}"#).unwrap().ends);
    }

    #[test]
    fn damaged_lines_are_no_events_or_empty_ones() {
        for line in [
            &b"{"[..],
            b"{\"Action\":",
            b"{\"Action\":\"output\",\"Output\":\"\\",
            b"{\"Action\":\"output\",\"Output\":\"\xff",
        ] {
            assert!(read(line).is_none_or(|event| event.output.is_empty()), "{line:?}");
        }
    }
}
