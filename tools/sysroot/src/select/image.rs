//! The kernel that a virtual machine starts.

use diagnostic::{Error, Result};

/// What a kernel that can be started as it is has at [`AT`]: <https://docs.kernel.org/arch/arm64/booting.html>.
const MAGIC: &[u8] = b"ARM\x64";
const AT: usize = 56;

/// Refuses what is no kernel for arm64, or a compressed one (`Image.gz`, or the kernel's own EFI archive).
pub(super) fn check(content: &[u8]) -> Result<()> {
    let found = content.get(AT..AT + MAGIC.len()).unwrap_or_default();
    if found == MAGIC {
        return Ok(());
    }
    let start = &content[..content.len().min(8)];
    Err(Error::new("boot/Image is no kernel that a virtual machine for arm64 starts")
        .fact("expected", format!("the bytes {} at {AT}", MAGIC.escape_ascii()))
        .fact("actual", format!("{}; it begins with {}", found.escape_ascii(), start.escape_ascii()))
        .next(
            "if Debian compresses the kernel now, unpack it in tools/sysroot/src/select/image.rs; else see the package",
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compressed_kernel_is_refused() {
        let mut image = vec![0; 64];
        image[AT..AT + 4].copy_from_slice(MAGIC);
        check(&image).unwrap();
        let error = check(&[b"MZ\0\0zimg".as_slice(), &[0; 64]].concat()).unwrap_err().to_string();
        assert!(error.contains(r"ARMd at 56") && error.contains(r"MZ\x00\x00zimg"), "{error}");
        assert!(check(b"\x1f\x8b").is_err());
    }
}
