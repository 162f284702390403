//! The command line of the unpacker. Silent on success, as a build action should be.

mod args;

use std::env;
use std::process::ExitCode;

use args::Command;

/// The archive was not unpacked.
const FAILURE: u8 = 1;
/// The arguments make no sense.
const USAGE: u8 = 2;

fn main() -> ExitCode {
    match args::parse(env::args_os().skip(1)) {
        Ok(Command::Help) => print!("{}", args::HELP),
        Ok(Command::Version) => println!("unpack {}", env!("CARGO_PKG_VERSION")),
        Ok(Command::Unpack(request)) => {
            if let Err(error) = unpack::unpack(&request) {
                eprintln!("unpack: {error}");
                return ExitCode::from(FAILURE);
            }
        }
        Err(error) => {
            eprint!("unpack: {error}\n\n{}", args::USAGE);
            return ExitCode::from(USAGE);
        }
    }
    ExitCode::SUCCESS
}
