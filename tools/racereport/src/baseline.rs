//! The races that a team has accepted, each with a reason and an owner.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::Path;

use diagnostic::{Error, Result};
use serde_json::Value;

use crate::races::{Race, Races};

/// Why a race is accepted, and who looks after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Why it is accepted.
    pub reason: String,
    /// A person or a team.
    pub owner: String,
}

/// A file of accepted races, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    accepted: BTreeMap<String, Accepted>,
}

impl Baseline {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// It cannot be read, is no JSON, or an entry lacks its name, reason or owner, or has a field that is not known.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|reason| Error::io("read", path, reason))?;
        Self::parse(&text).map_err(|error| error.fact("file", path.display()))
    }

    fn parse(text: &str) -> Result<Self> {
        let advice = r#"write it as {"version": 1, "accepted": [{"id": "race-…", "reason": "…", "owner": "…"}]}"#;
        let wrong = |what: String| Error::new(what).next(advice);
        let value: Value =
            serde_json::from_str(text).map_err(|error| wrong(format!("the baseline is no JSON: {error}")))?;
        if value["version"] != 1 {
            return Err(wrong("the baseline has another version than 1".into()));
        }
        let entries =
            value["accepted"].as_array().ok_or_else(|| wrong("the baseline has no list `accepted`".into()))?;
        let mut accepted = BTreeMap::new();
        for (index, entry) in entries.iter().enumerate() {
            let field = |name: &str| {
                let text = entry[name].as_str().map(str::trim).filter(|text| !text.is_empty());
                text.map(str::to_owned)
                    .ok_or_else(|| wrong(format!("accepted[{index}]: {name}: expected a text that isn't empty")))
            };
            let known = ["id", "reason", "owner"];
            let keys = entry.as_object().into_iter().flat_map(|entry| entry.keys());
            if let Some(key) = keys.into_iter().find(|key| !known.contains(&key.as_str())) {
                return Err(wrong(format!(
                    "accepted[{index}]: unknown field {key}, expected one of {}",
                    known.join(", ")
                )));
            }
            let id = field("id")?;
            if accepted.insert(id.clone(), Accepted { reason: field("reason")?, owner: field("owner")? }).is_some() {
                return Err(wrong(format!("accepted[{index}]: {id} is accepted twice")));
            }
        }
        Ok(Baseline { accepted })
    }

    /// Why a race is accepted, if it is.
    pub fn accepts(&self, race: &Race) -> Option<&Accepted> {
        self.accepted.get(&race.id)
    }

    /// The accepted races that were not met.
    pub fn vanished<'a>(&'a self, races: &'a Races) -> impl Iterator<Item = (&'a str, &'a Accepted)> {
        let met: HashSet<&str> = races.list().iter().map(|race| race.id.as_str()).collect();
        self.accepted
            .iter()
            .filter(move |(id, _)| !met.contains(id.as_str()))
            .map(|(id, accepted)| (id.as_str(), accepted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_without_a_reason_or_an_owner_is_refused() {
        for (entry, part) in [
            (r#"{"id": "race-1", "owner": "a"}"#, "accepted[0]: reason"),
            (r#"{"id": "race-1", "reason": " ", "owner": "a"}"#, "accepted[0]: reason"),
            (r#"{"id": "race-1", "reason": "b"}"#, "accepted[0]: owner"),
            (r#"{"id": "race-1", "reason": "b", "owner": "a", "until": "c"}"#, "unknown field until"),
        ] {
            let error =
                Baseline::parse(&format!(r#"{{"version": 1, "accepted": [{entry}]}}"#)).unwrap_err().to_string();
            assert!(error.contains(part) && error.contains("next:"), "{error}");
        }
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        for text in ["", "[]", "{}", r#"{"version": 2, "accepted": []}"#, r#"{"version": 1}"#] {
            assert!(Baseline::parse(text).is_err(), "{text}");
        }
    }
}
