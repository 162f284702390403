//! Which programs need the machine.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use diagnostic::{Error, Result};

/// EM_AARCH64 of the ELF specification.
const AARCH64: [u8; 2] = [0xb7, 0];

/// Whether it is a program for arm64, and this machine is not arm64. Scripts are no programs for arm64: what they start is.
pub fn needs_machine(path: &Path) -> Result<bool> {
    let mut header = Vec::new();
    let read = File::open(path).and_then(|file| file.take(20).read_to_end(&mut header));
    match read {
        // Found by PATH, or not at all: to execute it will tell.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::io("read", path, error).next("name a program")),
        Ok(_) => Ok(cfg!(not(target_arch = "aarch64")) && is_for_arm64(&header)),
    }
}

/// By the ELF header: 64 bits, little-endian, and the machine.
fn is_for_arm64(header: &[u8]) -> bool {
    header.starts_with(b"\x7fELF\x02\x01") && header.get(18..20) == Some(&AARCH64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_for_arm64_are_told_by_their_headers() {
        let elf = |machine: [u8; 2]| [&b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x02\0"[..], &machine].concat();
        assert!(is_for_arm64(&elf([0xb7, 0])));
        for other in [&elf([0x3e, 0])[..], b"#!/bin/sh\nexit 0\n\n\n\n", b"\x7fELF\x02\x01", b""] {
            assert!(!is_for_arm64(other), "{other:?}");
        }
    }
}
