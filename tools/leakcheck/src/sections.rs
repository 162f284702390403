//! The data of a section, decompressed where the linker has compressed it (`-Wl,--compress-debug-sections=…`).

use std::borrow::Cow;
use std::panic;

use object::ObjectSection;
use object::read::{CompressedData, CompressionFormat};
use ruzstd::decoding::FrameDecoder;

/// The largest section that is decompressed: what a damaged or hostile file claims must not take this machine's memory.
const MOST: u64 = 1 << 31;

/// A section's data, or none if it cannot be read.
pub fn data<'data>(section: &impl ObjectSection<'data>) -> Option<Cow<'data, [u8]>> {
    let CompressedData { format, data, uncompressed_size: size } = section.compressed_data().ok()?;
    if format == CompressionFormat::None {
        return Some(Cow::Borrowed(data));
    }
    let size = usize::try_from(size).ok().filter(|_| size <= MOST)?;
    let whole = match format {
        CompressionFormat::Zlib => miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(data, size).ok()?,
        CompressionFormat::Zstandard => zstandard(data, size)?,
        _ => return None,
    };
    (whole.len() == size).then_some(Cow::Owned(whole))
}

fn zstandard(data: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    whole.try_reserve_exact(size).ok()?;
    // ruzstd asserts in places that damaged data might reach.
    panic::catch_unwind(move || FrameDecoder::new().decode_all_to_vec(data, &mut whole).ok().map(|()| whole)).ok()?
}
