//! Any bytes as a tar stream: compressed and digested here, so that the fuzzer need not.
#![no_main]

use libfuzzer_sys::fuzz_target;
use unpack_fuzz::{assert_read_alike, read};

const BLOCK: usize = 512;

fuzz_target!(|input: &[u8]| {
    // What the first byte says: whether headers get right checksums, which no fuzzer would guess, and the level,
    // a slow one now and then.
    let Some((first, stream)) = input.split_first() else { return };
    let mut stream = stream.to_vec();
    if first % 2 == 0 {
        mend_checksums(&mut stream);
    }
    let level = match first / 2 {
        0..100 => 1,
        100..120 => 6,
        _ => 19,
    };
    let archive = zstd::bulk::compress(&stream, level).unwrap();
    if let Some(files) = read(&archive) {
        assert_read_alike(&files, &stream);
    }
});

/// Gives each header the checksum that it should have, as far as sizes tell where headers are.
fn mend_checksums(stream: &mut [u8]) {
    let mut rest = stream;
    while let Some((block, behind)) = rest.split_first_chunk_mut::<BLOCK>() {
        if block.iter().all(|byte| *byte == 0) {
            return;
        }
        let mut header = tar::Header::from_byte_slice(block).clone();
        header.set_cksum();
        *block = *header.as_bytes();
        let Ok(size) = header.entry_size() else { return };
        let blocks = size.div_ceil(BLOCK as u64).saturating_mul(BLOCK as u64);
        match usize::try_from(blocks) {
            Ok(bytes) if bytes <= behind.len() => rest = &mut behind[bytes..],
            _ => return,
        }
    }
}
