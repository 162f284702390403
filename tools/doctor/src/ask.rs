//! Questions to Bazel, and what its answers say.

pub mod debug;
pub mod facts;
pub mod label;
pub mod names;
pub mod options;
pub mod repository;
pub mod spawn;
