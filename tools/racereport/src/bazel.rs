//! What Bazel says of tests: which logs there are, whose they are, and how to run a test again.

pub mod events;
pub mod origin;
pub mod rerun;
pub mod testlogs;

pub use origin::{Log, Origin};
pub use rerun::Rerun;
