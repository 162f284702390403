//! `payload.json`, and the summary of a run.

use std::time::Duration;

use serde_json::{Value, json};

use crate::json;
use crate::lock::{Package, Tarball};

/// The version of `payload.json`.
const VERSION: u64 = 1;

/// A tarball of the output folder.
#[derive(Clone, Debug)]
pub struct Made {
    /// What it is.
    pub tarball: Tarball,
    /// What the run did about it.
    pub action: Action,
}

/// What a run did about a tarball.
#[derive(Clone, Copy, Debug)]
pub enum Action {
    /// It was there, as the lock pins it.
    Kept,
    /// It was packed, in this time.
    Packed(Duration),
}

/// What the output folder holds after a run, as far as the run was asked for it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Everything is what the lock pins.
    pub locked: bool,
    /// In the lock's order.
    pub tarballs: Vec<Made>,
    /// What they were made from: the versions and digests that were really used.
    pub packages: Vec<Package>,
}

impl Summary {
    /// The text of `payload.json`: `version` (1), `locked`, `tarballs` and `packages`, the latter two with the fields
    /// that the lock has.
    pub fn to_payload_text(&self) -> String {
        self.text(|made| made.tarball.to_json())
    }

    /// `payload.json`, where each tarball says also its `action`, `kept` or `packed`, and `seconds`.
    pub fn to_json_text(&self) -> String {
        self.text(|made| {
            let mut value = made.tarball.to_json();
            let (action, seconds) = match made.action {
                Action::Kept => ("kept", 0.0),
                Action::Packed(elapsed) => ("packed", (elapsed.as_secs_f64() * 10.0).round() / 10.0),
            };
            value["action"] = json!(action);
            value["seconds"] = json!(seconds);
            value
        })
    }

    /// One line a tarball: digest and name, as `sha256sum` prints and checks them.
    pub fn to_text(&self) -> String {
        let line = |made: &Made| format!("{}  {}\n", made.tarball.digest.sha256, made.tarball.name);
        self.tarballs.iter().map(line).collect()
    }

    fn text(&self, tarball: impl Fn(&Made) -> Value) -> String {
        json::to_text(&json!({
            "version": VERSION,
            "locked": self.locked,
            "tarballs": self.tarballs.iter().map(tarball).collect::<Vec<_>>(),
            "packages": self.packages.iter().map(Package::to_json).collect::<Vec<_>>(),
        }))
    }
}
