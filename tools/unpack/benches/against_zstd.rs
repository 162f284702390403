//! `unpack` against `zstd -d | tar -x`, in alternating runs, on the archive that `UNPACK_ARCHIVE` names:
//!
//! ```text
//! UNPACK_ARCHIVE=$PWD/sysroot_llvm_amd64.tar.zst cargo bench -p unpack
//! ```
//!
//! The peer does not hash the archive; `unpack` does. Trees go to `UNPACK_SCRATCH`, or the folder for temporary files.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use unpack::Sha256;

const PAIRS: usize = 9;

fn main() {
    let Some(archive) = env::var_os("UNPACK_ARCHIVE").map(PathBuf::from) else {
        eprintln!("against_zstd: nothing to do: UNPACK_ARCHIVE names no archive");
        return;
    };
    let scratch = env::var_os("UNPACK_SCRATCH").map_or_else(env::temp_dir, PathBuf::from);
    let out = scratch.join(format!("against_zstd-{}", std::process::id()));
    let sha256 = Sha256::of(&fs::read(&archive).expect("UNPACK_ARCHIVE is readable")).to_string();

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for pair in 1..=PAIRS {
        ours.push(seconds(&out, || run(unpack_command(&archive, &sha256, &out))));
        theirs.push(seconds(&out, || zstd_and_tar(&archive, &out)));
        println!("pair {pair}: unpack {:.3} s, zstd | tar {:.3} s", ours[pair - 1], theirs[pair - 1]);
    }
    println!("median: unpack {:.3} s, zstd | tar {:.3} s", median(ours), median(theirs));

    let peak = peak_kilobytes(unpack_command(&archive, &sha256, &out));
    println!("peak memory of unpack: {:.1} MiB", peak as f64 / 1024.0);
    fs::remove_dir_all(&out).expect("the tree can be removed");
}

fn seconds(out: &Path, work: impl FnOnce()) -> f64 {
    fs::create_dir(out).expect("the scratch folder is writable");
    let start = Instant::now();
    work();
    let seconds = start.elapsed().as_secs_f64();
    fs::remove_dir_all(out).expect("the tree can be removed");
    seconds
}

fn unpack_command(archive: &Path, sha256: &str, out: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unpack"));
    command.arg("--archive").arg(archive).args(["--sha256", sha256]).arg("--out").arg(out);
    command
}

fn run(mut command: Command) {
    assert!(command.status().expect("the program starts").success());
}

fn zstd_and_tar(archive: &Path, out: &Path) {
    let mut zstd = Command::new("zstd");
    let mut zstd = zstd.arg("-dcq").arg(archive).stdout(Stdio::piped()).spawn().expect("zstd is installed");
    let mut tar = Command::new("tar");
    tar.arg("-xC").arg(out).stdin(zstd.stdout.take().expect("stdout is piped"));
    run(tar);
    assert!(zstd.wait().expect("zstd ends").success());
}

fn median(mut seconds: Vec<f64>) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds[seconds.len() / 2]
}

/// The high-water mark of a program's resident memory, as Linux last showed it before the program's end.
fn peak_kilobytes(mut command: Command) -> u64 {
    let mut child = command.spawn().expect("the program starts");
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().expect("the program can be waited for").is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = mark.and_then(|mark| mark.split_whitespace().next()?.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        thread::sleep(Duration::from_millis(2));
    }
    peak
}
