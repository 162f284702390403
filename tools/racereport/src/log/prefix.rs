//! What CI systems write before each line: a time, a number, the name of a job.

/// The text before a report's first line. Words that begin with a digit are taken for times and numbers, which change from
/// line to line; all others are names, which do not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prefix(Vec<u8>);

/// What separates words.
const SEPARATORS: &[u8] = b" \t[](){}|<>";

impl Prefix {
    /// The prefix that `text` is.
    pub fn new(text: &[u8]) -> Self {
        Prefix(text.to_vec())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What `line` has behind this prefix, if it has it.
    pub fn strip<'a>(&self, line: &'a [u8]) -> Option<&'a [u8]> {
        let (mut prefix, mut rest) = (&self.0[..], line);
        // A column of numbers is padded.
        if prefix.trim_ascii_start().first().is_some_and(u8::is_ascii_digit) {
            (prefix, rest) = (prefix.trim_ascii_start(), rest.trim_ascii_start());
        }
        let mut begins_word = true;
        while let Some((&byte, behind)) = prefix.split_first() {
            if begins_word && byte.is_ascii_digit() {
                if !rest.first().is_some_and(u8::is_ascii_digit) {
                    return None;
                }
                (prefix, rest) = (&prefix[word_length(prefix)..], &rest[word_length(rest)..]);
                begins_word = false;
                continue;
            }
            rest = rest.strip_prefix(&[byte])?;
            prefix = behind;
            begins_word = SEPARATORS.contains(&byte);
        }
        Some(rest)
    }
}

fn word_length(text: &[u8]) -> usize {
    text.iter().position(|byte| SEPARATORS.contains(byte)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_numbers_change_and_names_do_not() {
        for (prefix, line, rest) in [
            ("2026-11-24T08:00:00.123Z ", "2026-11-24T08:00:01.4Z   main.f()", Some("  main.f()")),
            ("[12:00:01] ", "[12:00:02] text", Some("text")),
            ("  9 | ", " 10 | text", Some("text")),
            ("app-1  | ", "app-1  |   main.f()", Some("  main.f()")),
            ("app-1  | ", "app-2  |   main.f()", None),
            ("", "text", Some("text")),
            ("12 ", "", None),
            ("12 ", "x", None),
        ] {
            let stripped = Prefix::new(prefix.as_bytes()).strip(line.as_bytes());
            assert_eq!(stripped, rest.map(str::as_bytes), "{prefix:?} of {line:?}");
        }
    }
}
