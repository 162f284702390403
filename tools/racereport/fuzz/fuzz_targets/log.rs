//! Any bytes as a log: no panic, the same races however the log comes in pieces, and every format can be written.
#![no_main]

use libfuzzer_sys::fuzz_target;
use racereport::bazel::{Origin, Rerun};
use racereport::log::Reader;
use racereport::output::{Findings, Look, html, json, sarif, text};
use racereport::races::Races;
use racereport::workspace::Workspace;

fuzz_target!(|log: &[u8]| {
    let (whole, pieces) = (read(log, log.len().max(1)), read(log, 7));
    let workspace = Workspace::new(None);
    let rerun = Rerun::new(None, None);
    let findings =
        |races| Findings { races, baseline: None, workspace: &workspace, rerun: &rerun, notes: Vec::new() };
    let first = json(&findings(&whole)).to_string();
    // The beginning of the first piece says whether a log is XML.
    let is_xml = log.trim_ascii_start().starts_with(b"<");
    assert!(is_xml || first == json(&findings(&pieces)).to_string(), "cut into pieces, it is another log");
    assert!(whole.list().len() as u64 <= whole.counts.reports);
    let look = Look { colour: false, width: 80, all_frames: true };
    for shown in [text(&findings(&whole), look), html(&findings(&whole)), sarif(&findings(&whole)).to_string()] {
        assert!(!shown.contains('\x1b'), "an escape sequence of the log comes through");
    }
});

fn read(log: &[u8], piece: usize) -> Races {
    let mut races = Races::new("");
    let (mut reader, mut one) = (Reader::default(), races.log(Origin::default()));
    log.chunks(piece).for_each(|piece| reader.push(piece, &mut one));
    reader.finish(&mut one);
    one.finish();
    races.finish();
    races
}
