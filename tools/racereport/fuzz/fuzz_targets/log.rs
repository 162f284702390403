//! Any bytes as a log: no panic, the same races however the log comes in pieces, and every format can be written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use racereport_fuzz::{read, written};

fuzz_target!(|log: &[u8]| {
    let (whole, pieces) = (read(log, log.len().max(1)), read(log, 7));
    let shown = written(&whole);
    // The beginning of the first piece says whether a log is XML.
    let is_xml = log.trim_ascii_start().starts_with(b"<");
    assert!(is_xml || shown[0] == written(&pieces)[0], "cut into pieces, it is another log");
    assert!(whole.list().len() as u64 <= whole.counts.reports);
    for shown in shown {
        assert!(!shown.contains('\x1b'), "an escape sequence of the log comes through");
    }
});
