//! Logs from text, and what is found in them.
#![allow(dead_code, reason = "each test file uses a part")]

use racereport::bazel::Origin;
use racereport::log::Reader;
use racereport::races::Races;

/// The races of logs, each of which is pushed in pieces of an odd size.
pub fn races(logs: &[(&str, Origin)]) -> Races {
    let mut races = Races::new("/ws");
    for (text, origin) in logs {
        let (mut reader, mut log) = (Reader::default(), races.log(origin.clone()));
        text.as_bytes().chunks(97).for_each(|piece| reader.push(piece, &mut log));
        reader.finish(&mut log);
        log.finish();
    }
    races.finish();
    races
}

/// The races of one log of nobody's.
pub fn races_of(text: &str) -> Races {
    races(&[(text, Origin::default())])
}

/// The names of the races of one log.
pub fn ids(text: &str) -> Vec<String> {
    races_of(text).list().iter().map(|race| race.id.clone()).collect()
}

/// The name of the only race of a log.
#[track_caller]
pub fn id(text: &str) -> String {
    let ids = ids(text);
    assert_eq!(ids.len(), 1, "{ids:?} of {text}");
    ids.into_iter().next().unwrap()
}

/// A report whose accesses have these frames: `function file:line`.
pub fn report(first: &[&str], second: &[&str]) -> String {
    numbered(first, second, 7)
}

/// The same with another number of goroutines and other addresses.
pub fn numbered(first: &[&str], second: &[&str], number: u32) -> String {
    let (one, two) = (stack(first), stack(second));
    let made = stack(&["testing.(*T).Run GOROOT/src/testing/testing.go:1"]);
    format!(
        "==================\nWARNING: DATA RACE\nWrite at 0x00c0000{number:05x} by goroutine {number}:\n{one}\n\
         Previous read at 0x00c0000{number:05x} by goroutine {}:\n{two}\n\
         Goroutine {number} (running) created at:\n{made}==================\n",
        number + 1
    )
}

fn stack(frames: &[&str]) -> String {
    let lines = frames.iter().map(|frame| {
        let (function, place) = frame.rsplit_once(' ').unwrap();
        format!("  {function}()\n      {place} +0x1f\n")
    });
    lines.collect()
}
