//! What the fuzz targets share: reading a log, writing it in every format, and the work that this takes.

mod work;

use racereport::bazel::{Origin, Rerun};
use racereport::log::Reader;
use racereport::output::{Findings, Look, html, json, sarif, text};
use racereport::races::Races;
use racereport::workspace::Workspace;

pub use work::work_of;

/// The races of a log that comes in pieces of this size.
pub fn read(log: &[u8], piece: usize) -> Races {
    let mut races = Races::new("");
    let (mut reader, mut one) = (Reader::default(), races.log(Origin::default()));
    log.chunks(piece).for_each(|piece| reader.push(piece, &mut one));
    reader.finish(&mut one);
    one.finish();
    races.finish();
    races
}

/// The races in every format; JSON comes first.
pub fn written(races: &Races) -> [String; 4] {
    let (workspace, rerun) = (Workspace::new(None), Rerun::new(None, None));
    let findings = Findings { races, baseline: None, workspace: &workspace, rerun: &rerun, notes: Vec::new() };
    let look = Look { colour: false, width: 80, all_frames: true };
    [json(&findings).to_string(), text(&findings, look), html(&findings), sarif(&findings).to_string()]
}
