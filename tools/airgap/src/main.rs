//! `airgap`: builds without a network; see the library for what it does.
use std::process::ExitCode;

fn main() -> ExitCode {
    airgap::cli::run()
}
