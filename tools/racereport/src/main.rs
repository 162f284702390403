//! `racereport`: lists each distinct data race of test logs once; see the library for what it does.
use std::process::ExitCode;

fn main() -> ExitCode {
    racereport::cli::run()
}
