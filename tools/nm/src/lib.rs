//! Lists the symbols of ELF objects, executables and archives, as POSIX `nm` does. The layout of the lines is GNU's.

mod error;
mod file;
mod listing;
mod options;
mod symbol;

use std::ffi::OsString;

use options::Request;

/// What a run printed and how it ended.
#[derive(Debug)]
pub struct Outcome {
    /// For standard output.
    pub output: Vec<u8>,
    /// For standard error: errors, and files without symbols.
    pub messages: Vec<String>,
    /// 0, 1 when a file could not be listed, 2 for a wrong command line.
    pub exit_code: u8,
}

/// Runs a command line. A file that cannot be read does not keep the others from being listed.
pub fn run(args: &[OsString]) -> Outcome {
    let mut outcome = Outcome { output: Vec::new(), messages: Vec::new(), exit_code: 0 };
    let options = match options::parse(args) {
        Ok(Request::List(options)) => options,
        Ok(Request::Print(text)) => {
            outcome.output = text.into_bytes();
            return outcome;
        }
        Err(error) => {
            outcome.messages.push(error.to_string());
            outcome.exit_code = 2;
            return outcome;
        }
    };
    for path in &options.files {
        match file::members(path, options.dynamic) {
            Ok(members) => listing::print(path, &members, &options, &mut outcome),
            Err(error) => {
                outcome.messages.push(error.to_string());
                outcome.exit_code = 1;
            }
        }
    }
    outcome
}
