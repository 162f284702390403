//! `release`: the maintainers' tool behind `./dev release`; see the library for what it does.
use std::process::ExitCode;

fn main() -> ExitCode {
    release::cli::run()
}
