//! SHA-256 digests, as Bazel and registries write them.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use diagnostic::{Error, Result};
use sha2::{Digest as _, Sha256};

/// 64 lower-case hexadecimal digits.
pub fn of(content: &[u8]) -> String {
    hexadecimal(&Sha256::digest(content))
}

/// The digest of a file, and its size in bytes.
pub fn of_file(path: &Path) -> Result<(String, u64)> {
    let mut file = File::open(path).map_err(|e| Error::io("open", path, e))?;
    let (mut sha256, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 17]);
    loop {
        match file.read(&mut buffer).map_err(|e| Error::io("read", path, e))? {
            0 => return Ok((hexadecimal(&sha256.finalize()), size)),
            n => {
                sha256.update(&buffer[..n]);
                size += n as u64;
            }
        }
    }
}

/// The hexadecimal digits of an integrity, `sha256-BASE64` as in a registry's `source.json`; `None` for another hash function.
pub fn of_integrity(integrity: &str) -> Option<String> {
    let text = integrity.strip_prefix("sha256-")?.trim_end_matches('=');
    let (mut bits, mut count, mut bytes) = (0u32, 0, Vec::new());
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'a'..=b'z' => letter - b'a' + 26,
            b'0'..=b'9' => letter - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
        }
    }
    (bytes.len() == 32).then(|| hexadecimal(&bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_integrity_is_the_digest_in_other_letters() {
        // `printf abc | sha256sum`, and the same by `openssl dgst -sha256 -binary | base64`.
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(of(b"abc"), digest);
        assert_eq!(of_integrity("sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=").as_deref(), Some(digest));
    }

    #[test]
    fn what_is_no_sha256_has_no_digits() {
        for text in ["sha512-AAAA", "sha256-", "sha256-a!", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="] {
            assert_eq!(of_integrity(text), None, "{text}");
        }
    }
}
