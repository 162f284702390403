//! Numbers and byte strings on a stream: little-endian, strings with their length before them.

use std::io::{self, Read, Write};

/// No string is longer: the kernel's own limit for all arguments and variables of a program is smaller.
const MOST: u32 = 64 << 20;

pub(crate) fn put_u64(to: &mut impl Write, value: u64) -> io::Result<()> {
    to.write_all(&value.to_le_bytes())
}

pub(crate) fn get_u64(from: &mut impl Read) -> io::Result<u64> {
    let mut bytes = [0; 8];
    from.read_exact(&mut bytes)?;
    Ok(u64::from_le_bytes(bytes))
}

pub(crate) fn put_u32(to: &mut impl Write, value: u32) -> io::Result<()> {
    to.write_all(&value.to_le_bytes())
}

pub(crate) fn get_u32(from: &mut impl Read) -> io::Result<u32> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

pub(crate) fn put_bytes(to: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    let length = u32::try_from(bytes.len()).ok().filter(|length| *length <= MOST).ok_or_else(too_long)?;
    put_u32(to, length)?;
    to.write_all(bytes)
}

pub(crate) fn get_bytes(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let length = get_u32(from)?;
    if length > MOST {
        return Err(too_long());
    }
    let mut bytes = vec![0; length as usize];
    from.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn too_long() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a string of more than 64 MiB")
}
