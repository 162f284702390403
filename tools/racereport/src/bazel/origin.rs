//! Whose log it is.

use std::path::PathBuf;

/// The test action that wrote a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The target, such as `//pkg:name`.
    pub label: Option<String>,
    /// The shard, from 1, or 0 without shards.
    pub shard: u32,
    /// The run (`--runs_per_test`), from 1, or 0.
    pub run: u32,
    /// The attempt of a flaky test, from 1, or 0 for the last one.
    pub attempt: u32,
    /// The platform as Bazel names it: the build event's, else the configuration's folder; empty if unknown.
    pub platform: String,
}

/// A log to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// The file.
    pub path: PathBuf,
    /// Whose it is.
    pub origin: Origin,
}

impl Origin {
    /// The target's package, as a path in its repository.
    pub fn package(&self) -> Option<&str> {
        package_of(self.label.as_deref()?)
    }
}

/// The package of a label of the main repository.
pub fn package_of(label: &str) -> Option<&str> {
    let inside = label.trim_start_matches('@').strip_prefix("//")?;
    Some(inside.split(':').next().unwrap_or(inside))
}
