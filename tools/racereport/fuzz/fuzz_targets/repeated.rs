//! Linear time: a log that begins with any bytes up to a `~`, and has what is behind it over and over, with another number at
//! each `#`. Twice as much of it takes no more than twice the work, and no byte takes much.
#![no_main]

use libfuzzer_sys::fuzz_target;
use racereport_fuzz::{read, work_of, written};

/// How long the shorter log is. The longer one is as long as a report may be.
const SIZE: usize = 128 << 10;

/// So many steps a byte may take: the worst of the seeds takes 220.
const STEPS: u64 = 600;

/// What may be more in a log of twice the size: tables that grow by doubling.
const MARGIN: f64 = 2.5;

/// What even an empty log takes, with room.
const START: u64 = 100_000;

fuzz_target!(|piece: &[u8]| {
    if piece.last().is_none_or(|&byte| byte == b'~') {
        return;
    }
    let [once, twice] = [SIZE, 2 * SIZE].map(|size| {
        let log = repeated(piece, size);
        work_of(|| drop(written(&read(&log, 64 << 10))))
    });
    assert!(once < START + STEPS * SIZE as u64, "{} steps for each byte", once / SIZE as u64);
    assert!((twice as f64) < START as f64 + MARGIN * once as f64, "{once} steps, and {twice} for twice the log");
});

fn repeated(piece: &[u8], size: usize) -> Vec<u8> {
    let start = piece.iter().position(|&byte| byte == b'~').map_or(0, |at| at + 1);
    let (mut log, piece) = (piece[..start].to_vec(), &piece[start..]);
    for number in 1.. {
        for &byte in piece {
            match byte {
                b'#' => log.extend_from_slice(format!("{number}").as_bytes()),
                byte => log.push(byte),
            }
        }
        if log.len() >= size {
            break;
        }
    }
    log.truncate(size);
    log
}
