//! Lists each distinct data race of test logs once, with its tests and the command that shows it again.
//!
//! Data flows one way: [`bazel`] says which logs there are and whose they are, [`log`] finds reports in their bytes,
//! [`report`] reads a report's text, [`identity`] says which reports are the same race, [`races`] counts, [`baseline`] knows
//! what is accepted, and [`output`] prints.

pub mod baseline;
pub mod bazel;
pub mod cli;
pub mod identity;
pub mod log;
pub mod output;
pub mod races;
pub mod report;
pub mod workspace;

/// The program's version, which is the module's.
pub const VERSION: &str = match option_env!("CARGO_PKG_VERSION") {
    Some(version) => version,
    None => "0.1.0",
};
