//! `sysroot/lock.json`: which packages the payload is made from, and the digests of the tarballs that come out.

mod budget;
mod package;
mod tarball;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use diagnostic::{Error, Result};
use serde_json::{Value, json};

pub use self::package::{Package, Source};
pub use self::tarball::Tarball;

use crate::folder::write_whole;
use crate::json::{self, Object};

/// The lock file's version that this program reads and writes.
const VERSION: u64 = 1;

/// The content of the lock file. As JSON, with the keys in this order:
///
/// ```json
/// {
///   "version": 1,
///   "packages": [ … ],
///   "tarballs": [ … ],
///   "budgets": { "NAME": BYTES, … }
/// }
/// ```
///
/// See [`Package`] and [`Tarball`] for the entries. Unknown fields are errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lock {
    /// What the registries are asked for.
    pub packages: Vec<Package>,
    /// What packing these packages gives.
    pub tarballs: Vec<Tarball>,
    /// What each tarball may weigh, in bytes, by its name: see [`Lock::budget`].
    pub budgets: BTreeMap<String, u64>,
}

impl Lock {
    /// Reads and checks the lock file at `path`.
    pub fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path).map_err(|e| Error::io("read the lock", path, e))?;
        Lock::parse(&text).map_err(|e| e.fact("in", path.display()))
    }

    /// Parses the text of a lock file.
    pub fn parse(text: &str) -> Result<Self> {
        let value = serde_json::from_str(text).map_err(|e| Error::new(format!("the lock is not JSON: {e}")))?;
        let object = Object::new(&value, "lock", &["version", "packages", "tarballs", "budgets"])?;
        match object.count("version")? {
            VERSION => {}
            other => {
                return Err(Error::new(format!("the lock has version {other}, this program reads version {VERSION}"))
                    .next("use the `sysroot` of the same commit as the lock"));
            }
        }
        let packages = object.list("packages")?.iter().enumerate();
        let tarballs = object.list("tarballs")?.iter().enumerate();
        let mut budgets = BTreeMap::new();
        if let Some(value) = value.get("budgets") {
            let names: Vec<&str> = value.as_object().into_iter().flatten().map(|(name, _)| name.as_str()).collect();
            let object = Object::new(value, "budgets", &names)?;
            for name in names {
                budgets.insert(name.to_owned(), object.count(name)?);
            }
        }
        Ok(Lock {
            budgets,
            packages: packages.map(|(i, v)| Package::from_json(v, format!("packages[{i}]"))).collect::<Result<_>>()?,
            tarballs: tarballs.map(|(i, v)| Tarball::from_json(v, format!("tarballs[{i}]"))).collect::<Result<_>>()?,
        })
    }

    /// The text of the lock file.
    pub fn to_text(&self) -> String {
        json::to_text(&self.to_json())
    }

    /// The lock as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "version": VERSION,
            "packages": self.packages.iter().map(Package::to_json).collect::<Vec<_>>(),
            "tarballs": self.tarballs.iter().map(Tarball::to_json).collect::<Vec<_>>(),
            "budgets": self.budgets,
        })
    }

    /// Replaces the lock file at `path`, in one step.
    pub fn write(&self, path: &Path) -> Result<()> {
        write_whole(path, self.to_text().as_bytes())
    }

    /// The package called `id`.
    pub fn package(&self, id: &str) -> Result<&Package> {
        self.packages.iter().find(|package| package.id == id).ok_or_else(|| {
            Error::new(format!("the lock has no package {id}, which the payload's layout needs"))
                .next("add it to `packages` in the lock")
        })
    }

    /// The tarball called `name`, if the lock pins it.
    pub fn tarball(&self, name: &str) -> Option<&Tarball> {
        self.tarballs.iter().find(|tarball| tarball.name == name)
    }
}
