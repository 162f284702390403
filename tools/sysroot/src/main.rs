//! `sysroot`: the maintainers' tool for the payload; see the library for what it does.
use std::process::ExitCode;

fn main() -> ExitCode {
    sysroot::cli::run()
}
