//! End-to-end tests of the module: whole workspaces, a stranger's, driven from outside.
//!
//! `./dev test` runs them inside its Debian root and says by environment variables where things are ([`Setup`]).

mod binary;
mod run;
mod setup;
mod workspace;

pub use binary::Binary;
pub use run::{Command, Output};
pub use setup::Setup;
pub use workspace::{Bazel, Workspace};
