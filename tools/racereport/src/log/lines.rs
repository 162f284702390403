//! Splits a stream of bytes into lines, in memory that no line can exceed.

/// What is kept of a line, in bytes; the rest of a longer one is dropped. Go caps nothing in a report, but no path or
/// function's name comes near this.
pub const LIMIT: usize = 64 << 10;

/// Splits what is pushed, in pieces of any size, into lines.
#[derive(Debug, Default)]
pub struct Lines {
    /// The beginning of a line whose end has not come yet.
    begun: Vec<u8>,
}

impl Lines {
    /// Calls `line` for each line that ends in `bytes`, without its end.
    pub fn push(&mut self, mut bytes: &[u8], mut line: impl FnMut(&[u8])) {
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            if self.begun.is_empty() {
                line(&bytes[..end.min(LIMIT)]);
            } else {
                self.begin(&bytes[..end]);
                line(&self.begun);
                self.begun.clear();
            }
            bytes = &bytes[end + 1..];
        }
        self.begin(bytes);
    }

    /// Whether no line has begun.
    pub fn is_empty(&self) -> bool {
        self.begun.is_empty()
    }

    /// Calls `line` for a last line that has no end.
    pub fn finish(&mut self, line: impl FnOnce(&[u8])) {
        if !self.begun.is_empty() {
            line(&self.begun);
            self.begun.clear();
        }
    }

    fn begin(&mut self, bytes: &[u8]) {
        let room = LIMIT - self.begun.len();
        self.begun.extend_from_slice(&bytes[..bytes.len().min(room)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(pieces: &[&[u8]]) -> Vec<Vec<u8>> {
        let (mut found, mut lines) = (Vec::new(), Lines::default());
        for piece in pieces {
            lines.push(piece, |line| found.push(line.to_vec()));
        }
        lines.finish(|line| found.push(line.to_vec()));
        found
    }

    #[test]
    fn pieces_of_any_size_give_the_same_lines() {
        let text = b"one\n\ntwo\nthree";
        let whole = lines(&[text]);
        assert_eq!(whole, [&b"one"[..], b"", b"two", b"three"]);
        for cut in 0..text.len() {
            assert_eq!(lines(&[&text[..cut], &text[cut..]]), whole, "cut at {cut}");
        }
    }

    #[test]
    fn a_line_without_an_end_takes_no_more_than_the_limit() {
        let found = lines(&[&vec![b'a'; LIMIT], &vec![b'b'; 3 * LIMIT], b"\nnext\n"]);
        assert_eq!((found[0].len(), found[1].as_slice()), (LIMIT, &b"next"[..]));
    }
}
