//! What the driver costs: compiles a trivial C file through it and by the very command that it executes, in pairs.
//!
//! `TOOLCHAINS_GO_RACE_TREES=DIR cargo bench -p cc --bench overhead`, with DIR as in `cc::layout`. Medians of pairs
//! that take turns in going first, so that neither side profits from a quiet moment of the machine.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::time::Instant;

const PAIRS: usize = 200;

fn main() -> ExitCode {
    let Some(trees) = std::env::var_os("TOOLCHAINS_GO_RACE_TREES") else {
        eprintln!(
            "error: nothing to measure\n  where: TOOLCHAINS_GO_RACE_TREES\n  next: set it to the folder of the trees"
        );
        return ExitCode::FAILURE;
    };
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let (source, object) = (folder.join("overhead.c"), folder.join("overhead.o"));
    std::fs::write(&source, "int main(void) { return 0; }\n").expect("the bench's own folder can be written");

    let driver = PathBuf::from(trees).join("bin/amd64/cc");
    let args: Vec<OsString> = vec!["-c".into(), source.into(), "-o".into(), object.into()];
    let plan = cc::plan(&cc::Call {
        argv0: driver.clone().into(),
        args: args.clone(),
        cwd: folder.into(),
        env: Vec::new(),
        exec: cc::Arch::OF_THIS_PROGRAM,
        read: |path| std::fs::read(path),
        exists: Path::exists,
    })
    .expect("the driver accepts a trivial compile");

    let through_driver = || timed(&driver, &args);
    let direct = || timed(&plan.program, &plan.args);
    // Once without a measurement: the first start reads the 185 MB program from the disk.
    through_driver();
    direct();
    let mut times = (Vec::new(), Vec::new());
    for pair in 0..PAIRS {
        if pair % 2 == 0 {
            times.0.push(through_driver());
            times.1.push(direct());
        } else {
            times.1.push(direct());
            times.0.push(through_driver());
        }
    }
    let mut differences: Vec<f64> = times.0.iter().zip(&times.1).map(|(with, without)| with - without).collect();
    let (with, without) = (median(&mut times.0), median(&mut times.1));
    println!("{PAIRS} pairs, medians: driver {with:.2} ms, direct {without:.2} ms, ratio {:.3}", with / without);
    println!("median of the pairs' differences: {:.3} ms", median(&mut differences));
    ExitCode::SUCCESS
}

fn timed(program: &Path, args: &[OsString]) -> f64 {
    let start = Instant::now();
    let status = Command::new(program).args(args).env_clear().stdin(Stdio::null()).status();
    let elapsed = start.elapsed();
    assert!(status.is_ok_and(|status| status.success()), "{} failed", program.display());
    elapsed.as_secs_f64() * 1e3
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
