//! `strip` and the part of `objcopy` that strips, for the executables that the toolchain links.
//!
//! The packed LLVM has neither: its `objcopy` is a program in source form that Zig would compile on the machine that
//! builds. What is stripped is a 64-bit little-endian ELF executable. Every byte that is loaded stays where it is;
//! only what no program sees (sections outside of the segments, and the section table) is written anew.

mod command;
mod elf;
mod error;
mod file;
mod sections;

pub use error::Error;

use command::Action;
use std::ffi::OsString;

/// Runs the command line `argv0 args…`; `argv0`'s file name says whether it is `strip` or `objcopy`. Gives what is to be
/// printed.
pub fn run(argv0: &OsString, args: &[OsString]) -> Result<Option<String>, Error> {
    let job = match command::parse(argv0, args)? {
        Action::Print(text) => return Ok(Some(text)),
        Action::Strip(job) => job,
    };
    for (input, output) in &job.files {
        let data = file::read(input)?;
        let stripped = elf::stripped(&data, &job.selection).map_err(|what| Error::new(what.0, input, what.1))?;
        file::replace(input, output, &stripped, job.keep_times)?;
    }
    Ok(None)
}
