//! Findings, and how they are shown.

pub mod json;
pub mod text;

use std::path::PathBuf;

use serde_json::{Map, Value};

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// As it should be.
    Ok,
    /// It works otherwise than this module promises, or may soon not work.
    Warning,
    /// Builds fail.
    Error,
    /// The check could not be made; nothing is known.
    NotMade,
}

impl Status {
    /// Its name, in text and in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::NotMade => "not made",
        }
    }
}

/// One check, and what came of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// `GROUP.SUBJECT`, such as `toolchain.linux_amd64`; stable from version to version.
    pub id: String,
    /// What came of it.
    pub status: Status,
    /// The finding, in one line.
    pub summary: String,
    /// The reasons, a line each.
    pub why: Vec<String>,
    /// What to do, a line each; lines that are to be copied are indented.
    pub next: Vec<String>,
    /// Facts for machines.
    pub data: Map<String, Value>,
}

impl Finding {
    /// A finding in one line.
    pub fn new(id: impl Into<String>, status: Status, summary: impl Into<String>) -> Self {
        Self { id: id.into(), status, summary: summary.into(), why: Vec::new(), next: Vec::new(), data: Map::new() }
    }

    /// Adds a reason.
    #[must_use]
    pub fn why(mut self, line: impl Into<String>) -> Self {
        self.why.push(line.into());
        self
    }

    /// Adds a line of what to do.
    #[must_use]
    pub fn next(mut self, line: impl Into<String>) -> Self {
        self.next.push(line.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.data.insert(name.to_owned(), value.into());
        self
    }

    /// The part of the id before the point.
    pub fn group(&self) -> &str {
        self.id.split('.').next().unwrap_or_default()
    }
}

/// All findings about a workspace.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The workspace.
    pub workspace: PathBuf,
    /// In the order in which the checks were made.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many findings have this status.
    pub fn count(&self, status: Status) -> usize {
        self.findings.iter().filter(|finding| finding.status == status).count()
    }

    /// Whether there is something to mend.
    pub fn is_sick(&self) -> bool {
        self.count(Status::Warning) + self.count(Status::Error) > 0
    }
}
