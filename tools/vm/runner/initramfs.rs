//! The machine's first file system: init, and the console that its messages go to.

use std::fmt::Write as _;

/// An archive as the kernel unpacks it (cpio's "newc" format; Documentation/driver-api/early-userspace/buffer-format.rst of
/// Linux).
pub fn initramfs(init: &[u8]) -> Vec<u8> {
    let mut archive = Vec::with_capacity(init.len() + 1024);
    put(&mut archive, "dev", 0o040_755, (0, 0), b"");
    put(&mut archive, "dev/console", 0o020_600, (5, 1), b"");
    put(&mut archive, "init", 0o100_755, (0, 0), init);
    put(&mut archive, "TRAILER!!!", 0, (0, 0), b"");
    archive
}

fn put(archive: &mut Vec<u8>, name: &str, mode: u32, device: (u32, u32), content: &[u8]) {
    let mut header = String::from("070701");
    let (number, links) = (0, 1);
    let [owner, group, time, disk, check] = [0; 5];
    let (major, minor) = device;
    let size = content.len() as u32;
    let name_size = name.len() as u32 + 1;
    for field in [number, mode, owner, group, links, time, size, disk, disk, major, minor, name_size, check] {
        let _ = write!(header, "{field:08X}");
    }
    archive.extend_from_slice(header.as_bytes());
    archive.extend_from_slice(name.as_bytes());
    archive.push(0);
    pad(archive);
    archive.extend_from_slice(content);
    pad(archive);
}

fn pad(archive: &mut Vec<u8>) {
    archive.resize(archive.len().next_multiple_of(4), 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the archive as the kernel does: by the sizes in the headers.
    #[test]
    fn each_member_is_where_the_sizes_say() {
        let archive = initramfs(b"12345");
        let (mut at, mut members) = (0, Vec::new());
        while at < archive.len() {
            let field = |index: usize| {
                let start = at + 6 + 8 * index;
                usize::from_str_radix(str::from_utf8(&archive[start..start + 8]).expect("digits"), 16)
                    .expect("a number")
            };
            assert_eq!(&archive[at..at + 6], b"070701");
            let (size, name_size) = (field(6), field(11));
            let name = str::from_utf8(&archive[at + 110..at + 110 + name_size - 1]).expect("a name");
            let start = (at + 110 + name_size).next_multiple_of(4);
            members.push((name, field(1), archive[start..start + size].to_vec()));
            at = (start + size).next_multiple_of(4);
        }
        let names: Vec<&str> = members.iter().map(|(name, ..)| *name).collect();
        assert_eq!(names, ["dev", "dev/console", "init", "TRAILER!!!"]);
        assert_eq!(members[2], ("init", 0o100_755, b"12345".to_vec()));
    }
}
