//! Lines of `go test -json`: which package and test wrote what.

use std::borrow::Cow;
use std::sync::LazyLock;

use memchr::memmem::Finder;

/// One line of output, or of the end of a package's test, as `go doc test2json` describes it.
#[derive(Debug, PartialEq, Eq)]
pub struct Event<'a> {
    /// The import path; empty if there is none.
    pub package: Cow<'a, [u8]>,
    /// The test; empty if the output is the package's.
    pub test: Cow<'a, [u8]>,
    /// What was written, without a line's end behind it.
    pub output: Cow<'a, [u8]>,
    /// Whether there was a line's end behind it.
    pub ends_line: bool,
    /// Whether the package's test ends here.
    pub ends: bool,
}

/// Reads a line, if it is an event.
pub fn read(line: &[u8]) -> Option<Event<'_>> {
    if !line.starts_with(b"{") {
        return None;
    }
    usual(line).or_else(|| any(line))
}

/// An event of output as `go test` writes nearly all: its fields in this order, nothing escaped in names. It is the same as
/// what [`any`] reads of it, in less time.
fn usual(line: &[u8]) -> Option<Event<'_>> {
    let (_, rest) = word(line.strip_prefix(b"{\"Time\":\"")?)?;
    let (package, rest) = word(rest.strip_prefix(b",\"Action\":\"output\",\"Package\":\"")?)?;
    let (test, rest) = match rest.strip_prefix(b",\"Test\":\"") {
        Some(rest) => word(rest)?,
        None => (&b""[..], rest),
    };
    let text = rest.strip_prefix(b",\"Output\":\"")?;
    let first = memchr::memchr2(b'"', b'\\', text)?;
    let (output, ends_line) = match &text[first..] {
        b"\"}" => (&text[..first], false),
        b"\\n\"}" => (&text[..first], true),
        _ => return None,
    };
    let [package, test, output] = [package, test, output].map(Cow::Borrowed);
    Some(Event { package, test, output, ends_line, ends: false })
}

/// The rest of a string without escapes, and what is behind its quote.
fn word(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = memchr::memchr2(b'"', b'\\', text).filter(|&end| text[end] == b'"')?;
    Some((&text[..end], &text[end + 1..]))
}

/// Any event, whatever the order of its fields.
fn any(line: &[u8]) -> Option<Event<'_>> {
    static KEYS: LazyLock<[Finder<'static>; 4]> = LazyLock::new(|| {
        ["\"Action\":", "\"Package\":", "\"Test\":", "\"Output\":"].map(|key| Finder::new(key.as_bytes()))
    });
    let [action, package, test, output] = &*KEYS;
    let action = value(line, action)?;
    let package = string(line, package).unwrap_or_default();
    let test = string(line, test).unwrap_or_default();
    let mut output = match action.starts_with(b"\"output\"") {
        true => string(line, output).unwrap_or_default(),
        false => Cow::Borrowed(&b""[..]),
    };
    let ended = ["\"pass\"", "\"fail\"", "\"skip\""].iter().any(|end| action.starts_with(end.as_bytes()));
    let ends_line = output.ends_with(b"\n");
    if ends_line {
        // Only what was escaped has a line's end in it.
        output.to_mut().pop();
    }
    Some(Event { ends: ended && test.is_empty(), package, test, output, ends_line })
}

/// What stands behind a key. A key within a string has its quotes escaped, so that this is the key itself.
fn value<'a>(line: &'a [u8], key: &Finder<'_>) -> Option<&'a [u8]> {
    let at = key.find(line)? + key.needle().len();
    Some(line[at..].trim_ascii_start())
}

fn string<'a>(line: &'a [u8], key: &Finder<'_>) -> Option<Cow<'a, [u8]>> {
    let text = value(line, key)?.strip_prefix(b"\"")?;
    let text = &text[..closing_quote(text)?];
    Some(if memchr::memchr(b'\\', text).is_some() { Cow::Owned(unescaped(text)) } else { Cow::Borrowed(text) })
}

/// What a string of JSON says (RFC 8259). A damaged escape, or half of a pair of surrogates, becomes a question mark.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let (mut plain, mut rest) = (Vec::with_capacity(text.len()), text);
    while let Some(at) = memchr::memchr(b'\\', rest) {
        plain.extend_from_slice(&rest[..at]);
        let escape = &rest[at + 1..];
        let mut length = 1;
        match escape.first() {
            Some(b'n') => plain.push(b'\n'),
            Some(b't') => plain.push(b'\t'),
            Some(b'r') => plain.push(b'\r'),
            Some(b'b') => plain.push(0x8),
            Some(b'f') => plain.push(0xc),
            Some(b'u') => {
                let digits = escape.get(1..5).and_then(|digits| std::str::from_utf8(digits).ok());
                let letter = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32);
                plain.extend_from_slice(letter.unwrap_or('?').encode_utf8(&mut [0; 4]).as_bytes());
                length = if digits.is_some() { 5 } else { 1 };
            }
            Some(&other) => plain.push(other),
            None => plain.push(b'?'),
        }
        rest = escape.get(length..).unwrap_or_default();
    }
    plain.extend_from_slice(rest);
    plain
}

fn closing_quote(bytes: &[u8]) -> Option<usize> {
    let mut from = 0;
    loop {
        let at = from + memchr::memchr2(b'"', b'\\', bytes.get(from..)?)?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        from = at + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_line_is_read() {
        let line = br#"{"Time":"2026-11-24T08:00:00Z","Action":"output","Package":"example.com/a","Test":"TestX","Output":"say \"Test\":\u003c\n"}"#;
        let event = read(line).unwrap();
        assert_eq!(
            (&*event.package, &*event.test, &*event.output),
            (&b"example.com/a"[..], &b"TestX"[..], &b"say \"Test\":<"[..])
        );
        assert!(event.ends_line && !event.ends);
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

    /// Each line with each of its bytes changed into each of a few, left out, or doubled, and with each beginning and end.
    #[test]
    fn the_usual_event_is_read_as_any_other() {
        let mut usual_ones = 0;
        for line in [
            &br#"{"Time":"2026-11-24T08:00:00Z","Action":"output","Package":"a/b","Test":"TestX","Output":"  a.F()\n"}"#[..],
            br#"{"Time":"t","Action":"output","Package":"a","Output":"WARNING"}"#,
            br#"{"Time":"t","Action":"output","Package":"a","Output":"\n"}"#,
            br#"{"Time":"t","Action":"output","Package":"a","Test":"T","Output":"\"Test\":\t\n","OutputType":"frame"}"#,
            br#"{"Time":"","Action":"output","Package":"","Test":"","Output":""}"#,
        ] {
            for at in 0..line.len() {
                let changed = b"\"\\{},:n\xffT".iter().map(|byte| [&line[..at], &[*byte], &line[at + 1..]].concat());
                let cut = [[&line[..at], &line[at + 1..]].concat(), [&line[..=at], &line[at..]].concat()];
                let ends = [line[..at].to_vec(), line[at..].to_vec()];
                for line in changed.chain(cut).chain(ends) {
                    let Some(event) = usual(&line) else { continue };
                    usual_ones += 1;
                    assert_eq!(Some(event), any(&line), "{}", String::from_utf8_lossy(&line));
                }
            }
        }
        assert!(usual_ones > 500, "only {usual_ones} lines were usual");
    }
}
