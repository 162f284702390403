//! End-to-end tests of the module: whole workspaces, a stranger's, driven from outside.
//!
//! `./dev test` runs them inside its Debian root and says by environment variables where things are ([`Setup`]).

mod binary;
mod browser;
mod engine;
mod execution_log;
mod failure;
mod run;
mod setup;
mod slots;
mod workspace;

use std::path::Path;

use sha2::{Digest, Sha256};

pub use binary::Binary;
pub use browser::Browser;
pub use engine::Engine;
pub use execution_log::{ExecutionLog, Spawn};
pub use failure::fails;
pub use run::{Command, Output};
pub use setup::Setup;
pub use slots::{Room, Slots};
pub use workspace::{Bazel, Shared, Workspace};

/// The option of rules_go that asks for race mode.
pub const RACE: &str = "--@io_bazel_rules_go//go/config:race";

/// Whether an executable could be copied to where it will be run. A process of its own does it: what another test forks
/// meanwhile must not hold the copy open for writing.
pub fn copied(from: &Path, to: &Path) -> bool {
    std::process::Command::new("cp").args([from, to]).status().expect("cp").success()
}

/// The SHA-256 of `data`, in hexadecimal digits.
pub fn sha256(data: &[u8]) -> String {
    Sha256::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}
