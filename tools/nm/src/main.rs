//! The program. Exit codes: 0 all listed, 1 a file could not be read, 2 a wrong command line.

use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args: Vec<_> = std::env::args_os().skip(1).collect();
    let outcome = nm::run(&args);
    for error in &outcome.messages {
        eprintln!("{error}");
    }
    match std::io::stdout().write_all(&outcome.output) {
        // A reader that has seen enough (`nm | head`) is no failure.
        Err(cause) if cause.kind() != std::io::ErrorKind::BrokenPipe => {
            eprintln!("error: cannot write: {cause}\n  where: standard output\n  next: check where it goes");
            ExitCode::FAILURE
        }
        _ => ExitCode::from(outcome.exit_code),
    }
}
