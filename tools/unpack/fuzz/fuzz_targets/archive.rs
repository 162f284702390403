//! Any bytes as an archive: the zstd layer first.
#![no_main]

use std::io::Read;

use libfuzzer_sys::fuzz_target;
use ruzstd::decoding::StreamingDecoder;
use unpack_fuzz::{assert_read_alike, read};

fuzz_target!(|archive: &[u8]| {
    if let Some(files) = read(archive) {
        let mut stream = Vec::new();
        StreamingDecoder::new(archive).unwrap().read_to_end(&mut stream).unwrap();
        assert_read_alike(&files, &stream);
    }
});
