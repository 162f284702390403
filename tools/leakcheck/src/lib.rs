//! Shows what of the host takes part in a build: in its actions (tools, inputs, arguments, environment) and in the binaries
//! that come out. `docs/leakcheck.md` is the user's page.

pub mod action;
pub mod allow;
pub mod aquery;
pub mod binary;
pub mod cli;
pub mod execution_log;
pub mod leak;
pub mod paths;
pub mod report;
pub mod roots;
pub mod sections;
pub mod strings;
pub mod syso;
mod workspace;
