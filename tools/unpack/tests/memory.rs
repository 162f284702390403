//! Peak memory stays below 64 MiB, whatever the archive's size.

mod common;

use std::env;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

use common::{Random, header, in_own_process};
use tar::EntryType;
use unpack::{Request, Sha256, Summary};

const MIB: u64 = 1 << 20;
const LIMIT: u64 = 64 * MIB;

/// Set for the process that is measured: the folder with its archive.
const FOLDER: &str = "UNPACK_TEST_FOLDER";

/// Unpacks the archive that `write` makes in a process of its own, and asserts that little memory and `summary` come of it.
fn assert_small_peak(test: &str, summary: Summary, write: impl FnOnce(&mut dyn Write)) {
    if let Some(folder) = env::var_os(FOLDER) {
        return measure(folder.into(), summary);
    }
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).unwrap();
    // The largest window allowed, and matches from all over it.
    encoder.window_log(23).unwrap();
    encoder.long_distance_matching(true).unwrap();
    write(&mut encoder);
    encoder.write_all(&[0; 1024]).unwrap();
    let archive = encoder.finish().unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("archive"), &archive).unwrap();
    fs::write(folder.path().join("sha256"), Sha256::of(&archive).to_string()).unwrap();
    let output = in_own_process(test, &[], (FOLDER, folder.path()));
    let peak: u64 = output.lines().find_map(|line| line.strip_prefix("peak: ")).unwrap().parse().unwrap();
    println!("peak: {:.1} MiB", peak as f64 / MIB as f64);
    assert!(peak > 8 * MIB, "{peak} bytes are less than the window");
    assert!(peak < LIMIT, "{peak} bytes are more than {LIMIT}");
}

/// Unpacks the archive in `folder`, and prints the high-water mark of this process's memory.
fn measure(folder: PathBuf, summary: Summary) {
    let sha256 = fs::read_to_string(folder.join("sha256")).unwrap().parse().unwrap();
    let request = Request { archive: folder.join("archive"), sha256, out: folder.join("tree"), only: Vec::new() };
    assert_eq!(unpack::unpack(&request).unwrap(), summary);
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mark = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kilobytes: u64 = mark.trim().strip_suffix(" kB").unwrap().parse().unwrap();
    println!("\npeak: {}", kilobytes << 10);
}

#[test]
fn hundreds_of_megabytes_take_little_memory() {
    const FILES: u64 = 50;
    // Found again in the window, and only there: half of it holds all of the block.
    let mut random = Random::seeded(1);
    let block: Vec<u8> = (0..6 * MIB / 8).flat_map(|_| random.next().to_le_bytes()).collect();
    let summary = Summary { files: FILES, folders: 0, bytes: FILES * 6 * MIB };
    assert_small_peak("hundreds_of_megabytes_take_little_memory", summary, |tar| {
        for n in 0..FILES {
            let name = n.to_string();
            tar.write_all(header(EntryType::Regular, name.as_bytes(), 0o644, block.len()).as_bytes()).unwrap();
            tar.write_all(&block).unwrap();
        }
    });
}

#[test]
fn tens_of_thousands_of_long_names_take_little_memory() {
    const FILES: u64 = 65_000;
    let prefix = [b'P'; 155];
    let summary = Summary { files: FILES, folders: 1, bytes: 0 };
    assert_small_peak("tens_of_thousands_of_long_names_take_little_memory", summary, |tar| {
        for n in 0..FILES {
            // A letter whose form without case is thrice as long.
            let name = format!("{n:06}{}", "ΐ".repeat(47));
            let mut header = header(EntryType::Regular, name.as_bytes(), 0o644, 0);
            header.as_ustar_mut().unwrap().prefix = prefix;
            header.set_cksum();
            tar.write_all(header.as_bytes()).unwrap();
        }
    });
}
