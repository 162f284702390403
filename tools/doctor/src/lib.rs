//! Examines a workspace that uses toolchains_go_race: which C toolchain each Go race platform gets and why, whether the
//! payload is there, how strong Bazel's sandbox is, and what to do where something is amiss.
//!
//! `ask` puts questions to the workspace's Bazel and reads its answers; `check` judges them; `report` shows the findings.

pub mod ask;
pub mod check;
pub mod cli;
pub mod examine;
pub mod report;
