//! `doctor`: examines the workspace; see the library for what it does.
use std::process::ExitCode;

fn main() -> ExitCode {
    doctor::cli::run()
}
