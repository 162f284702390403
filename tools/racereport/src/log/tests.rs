//! What lines of `go test` say about tests: which one runs, which one failed.

/// What a line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// From here on, output is this test's, or nobody's if the name is empty.
    Runs(&'a str),
    /// The test has failed.
    Failed(&'a str),
    /// The test has passed or was left out.
    Ended(&'a str),
    /// The order in which tests run, which `-test.shuffle` takes: `-test.shuffle 1234`.
    Shuffled(&'a str),
}

/// Reads a line; those that say nothing about tests are `None`.
pub fn read(line: &[u8]) -> Option<Line<'_>> {
    let line = line.trim_ascii_start();
    let text = |text: &'static str| line.strip_prefix(text.as_bytes());
    match line.first()? {
        b'=' => {
            let rest = text("=== RUN ").or_else(|| text("=== CONT ")).or_else(|| text("=== NAME "))?;
            Some(Line::Runs(word(rest)?))
        }
        b'-' => {
            if let Some(rest) = text("--- FAIL: ") {
                return Some(Line::Failed(word(rest)?));
            }
            if let Some(rest) = text("-test.shuffle ") {
                return Some(Line::Shuffled(word(rest)?));
            }
            let rest = text("--- PASS: ").or_else(|| text("--- SKIP: "))?;
            Some(Line::Ended(word(rest)?))
        }
        _ => None,
    }
}

/// The first word, which has no space in it: `go test` writes others as underscores.
fn word(rest: &[u8]) -> Option<&str> {
    let rest = rest.trim_ascii_start();
    let end = rest.iter().position(u8::is_ascii_whitespace).unwrap_or(rest.len());
    std::str::from_utf8(&rest[..end]).ok()
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn lines_about_tests_are_read() {
        for (line, said) in [
            ("=== RUN   TestA/b#01", Some(Line::Runs("TestA/b#01"))),
            ("=== NAME  ", Some(Line::Runs(""))),
            ("    --- FAIL: TestA/b (0.00s)", Some(Line::Failed("TestA/b"))),
            ("--- PASS: TestA (0.00s)", Some(Line::Ended("TestA"))),
            ("-test.shuffle 17", Some(Line::Shuffled("17"))),
            ("==================", None),
            ("--- a/file", None),
        ] {
            assert_eq!(read(line.as_bytes()), said, "{line}");
        }
    }
}
