//! The sha256 of everything that a reader yields.

use std::fmt;
use std::io::{self, Read};
use std::str::FromStr;

use sha2::Digest;

/// A sha256, written and parsed as 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sha256([u8; 32]);

impl Sha256 {
    /// The sha256 of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Sha256(sha2::Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParseSha256Error;

impl fmt::Display for ParseSha256Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sha256 is 64 hexadecimal digits")
    }
}

impl std::error::Error for ParseSha256Error {}

impl FromStr for Sha256 {
    type Err = ParseSha256Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digit = |byte: u8| char::from(byte).to_digit(16).ok_or(ParseSha256Error);
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return Err(ParseSha256Error);
        }
        let mut sha256 = [0; 32];
        for (byte, [high, low]) in sha256.iter_mut().zip(pairs) {
            // Two digits below 16 make a byte.
            *byte = (digit(*high)? * 16 + digit(*low)?) as u8;
        }
        Ok(Sha256(sha256))
    }
}

/// Hashes and counts what passes through.
pub(crate) struct DigestReader<R> {
    inner: R,
    hasher: sha2::Sha256,
    bytes: u64,
}

impl<R: Read> DigestReader<R> {
    pub(crate) fn new(inner: R) -> Self {
        DigestReader { inner, hasher: sha2::Sha256::new(), bytes: 0 }
    }

    /// Bytes read so far.
    pub(crate) fn position(&self) -> u64 {
        self.bytes
    }

    /// Reads what is left, and returns the sha256 and number of all bytes.
    pub(crate) fn into_digest(mut self) -> io::Result<(Sha256, u64)> {
        let mut buffer = [0; 16 * 1024];
        loop {
            match self.read(&mut buffer) {
                Ok(0) => return Ok((Sha256(self.hasher.finalize().into()), self.bytes)),
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl<R: Read> Read for DigestReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..n]);
        self.bytes += n as u64;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    #[test]
    fn a_digest_reads_back_as_it_is_written_in_either_case() {
        assert_eq!(Sha256::of(b"").to_string(), EMPTY);
        assert_eq!(EMPTY.parse(), Ok(Sha256::of(b"")));
        assert_eq!(EMPTY.to_uppercase().parse(), Ok(Sha256::of(b"")));
    }

    #[test]
    fn anything_but_64_hexadecimal_digits_is_no_digest() {
        let wrong = [
            String::new(),
            EMPTY[1..].to_owned(),
            format!("{EMPTY}0"),
            format!("{EMPTY}00"),
            EMPTY.replace('e', "g"),
            EMPTY.replacen("e3", "+3", 1),
            EMPTY.replacen("e3", "é", 1),
        ];
        for text in wrong {
            assert_eq!(text.parse::<Sha256>(), Err(ParseSha256Error), "{text:?}");
        }
    }

    #[test]
    fn the_digest_covers_what_was_never_read() {
        let mut reader = DigestReader::new(&b"abcdef"[..]);
        reader.read_exact(&mut [0; 2]).unwrap();
        assert_eq!(reader.position(), 2);
        assert_eq!(reader.into_digest().unwrap(), (Sha256::of(b"abcdef"), 6));
    }
}
