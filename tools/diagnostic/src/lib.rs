//! The error of every program that people run: what happened, where, and what to do next.

use std::fmt;
use std::path::Path;

/// A failure that a reader can act on.
#[derive(Debug)]
pub struct Error(Box<Report>);

/// What `Result` means in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug)]
struct Report {
    what: String,
    facts: Vec<(&'static str, String)>,
    next: Option<String>,
}

impl Error {
    /// An error that happened as `what` says, in one sentence without a full stop.
    pub fn new(what: impl Into<String>) -> Self {
        Error(Box::new(Report { what: what.into(), facts: Vec::new(), next: None }))
    }

    /// The failure of an operation on a file: `cannot {verb} {path}`, with the system's reason.
    pub fn io(verb: &str, path: &Path, reason: impl fmt::Display) -> Self {
        Error::new(format!("cannot {verb} {}", path.display())).fact("reason", reason)
    }

    /// Adds a detail, printed on a line of its own.
    pub fn fact(mut self, label: &'static str, value: impl fmt::Display) -> Self {
        self.0.facts.push((label, value.to_string()));
        self
    }

    /// Says what the reader can do about it.
    pub fn next(mut self, advice: impl Into<String>) -> Self {
        self.0.next = Some(advice.into());
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { what, facts, next } = &*self.0;
        f.write_str(what)?;
        let lines = facts.iter().map(|(label, value)| (*label, value));
        for (label, value) in lines.chain(next.iter().map(|advice| ("next", advice))) {
            let mut value = value.lines();
            write!(f, "\n  {:<10}{}", format!("{label}:"), value.next().unwrap_or_default())?;
            for line in value {
                write!(f, "\n  {:<10}{line}", "")?;
            }
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_what_then_facts_then_advice() {
        let error = Error::new("ziglang-amd64 is not what the lock pins")
            .fact("expected", "aa")
            .fact("stderr", "one\ntwo")
            .next("try again");
        assert_eq!(
            error.to_string(),
            "ziglang-amd64 is not what the lock pins\n  expected: aa\n  stderr:   one\n            two\n  next:     try again"
        );
    }
}
