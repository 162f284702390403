//! What the fuzz targets share: they read an archive into memory and check every promise of the unpacker on the way.

mod allocator;
mod sink;

use std::io::Read;
use std::path::Path;

use unpack::{Limits, Sha256, read_archive};

use sink::MemorySink;

#[global_allocator]
static ALLOCATOR: allocator::Counting = allocator::Counting;

/// Small, so that the fuzzer reaches them.
const LIMITS: Limits = Limits { bytes: 16 << 10, entries: 8 };

/// What an input may take: the window and its copy while it grows, the decoder's tables, and what the sink keeps.
const MEMORY: usize = 20 << 20;

/// A file's path, whether it is executable, and its content.
type File = (String, bool, Vec<u8>);

/// Reads `archive` under its own sha256, checks all that is promised, and returns the files if it is a good one.
pub fn read(archive: &[u8]) -> Option<Vec<File>> {
    let sha256 = Sha256::of(archive);
    let mut sink = MemorySink::default();
    let before = allocator::restart();
    let result = read_archive(archive, &sha256, &LIMITS, &mut sink);
    let memory = allocator::peak() - before;
    assert!(memory <= MEMORY, "{memory} bytes of memory");
    sink.check(&LIMITS);

    let another = Sha256::of(b"another archive");
    let refused = read_archive(archive, &another, &LIMITS, &mut MemorySink::default()).unwrap_err();
    assert!(refused.to_string().contains(&another.to_string()), "{refused}");
    match result {
        Ok(summary) => {
            assert_eq!(summary, sink.summary());
            Some(sink.files)
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("\n  next: "), "{text}");
            let printable = |letter: char| letter == '\n' || !letter.is_control();
            assert!(text.chars().all(printable), "{text:?}");
            None
        }
    }
}

/// Asserts that the tar reader in its usual way makes of `stream` the same `files`, in the same order, and finds nothing that
/// was to be refused.
pub fn assert_read_alike(files: &[File], stream: &[u8]) {
    assert!(stream.len() as u64 <= LIMITS.bytes, "a stream of {} bytes", stream.len());
    let mut expected = files.iter();
    for entry in tar::Archive::new(stream).entries().unwrap() {
        let mut entry = entry.unwrap();
        assert!(entry.header().mode().unwrap() & 0o7000 == 0, "a mode of {:o}", entry.header().mode().unwrap());
        if entry.header().entry_type().is_dir() {
            continue;
        }
        assert!(entry.header().entry_type().is_file());
        let (path, executable, content) = expected.next().expect("a file was left out");
        assert_eq!(entry.path().unwrap(), Path::new(path));
        assert_eq!(entry.header().mode().unwrap() & 0o111 != 0, *executable);
        let mut found = Vec::new();
        entry.read_to_end(&mut found).unwrap();
        assert!(found == *content, "{path}: other content");
    }
    assert!(expected.next().is_none(), "a file that the archive does not have");
}
