//! `manifest.json`: each member of an archive, and where it is from.

use diagnostic::{Error, Result};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::hexadecimal;
use crate::json::Object;
use crate::lock::Package;
use crate::select::Tree;

/// The manifest's name in every archive.
pub const MANIFEST: &str = "manifest.json";

const VERSION: u64 = 1;

/// The content of `manifest.json`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The archive's file name.
    pub tarball: String,
    /// What it is made of.
    pub packages: Vec<Package>,
    /// Every file but the manifest itself and the bill of materials, in the order of their paths.
    pub members: Vec<Member>,
}

/// A file of an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path in the archive.
    pub path: String,
    /// Bytes.
    pub size: u64,
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
    /// Mode 0755 instead of 0644.
    pub executable: bool,
    /// The packages that it is from or compiled from, by `id`; none for a file of this module.
    pub packages: Vec<String>,
}

impl Manifest {
    pub(super) fn of(tree: &Tree, name: &str, packages: Vec<Package>) -> Self {
        let members = tree.iter().map(|(path, entry)| Member {
            path: path.clone(),
            size: entry.content.len() as u64,
            sha256: hexadecimal(&Sha256::digest(&entry.content)),
            executable: entry.executable,
            packages: entry.packages.clone(),
        });
        Manifest { tarball: name.to_owned(), packages, members: members.collect() }
    }

    /// The manifest as JSON: `version` (1), `tarball`, `packages` and `members`, with the fields of this struct.
    pub fn to_json(&self) -> Value {
        let packages = self.packages.iter().map(|package| {
            json!({"id": package.id, "name": package.name, "version": package.version, "purl": package.purl(),
                "sha256": package.digest.sha256, "licence": package.licence})
        });
        let members = self.members.iter().map(|member| {
            json!({"path": member.path, "size": member.size, "sha256": member.sha256,
                "executable": member.executable, "packages": member.packages})
        });
        json!({"version": VERSION, "tarball": self.tarball, "packages": packages.collect::<Vec<_>>(),
            "members": members.collect::<Vec<_>>()})
    }

    /// Reads the members of a manifest; its packages are for people.
    pub fn members_of(text: &str) -> Result<Vec<Member>> {
        let value: Value =
            serde_json::from_str(text).map_err(|e| Error::new(format!("{MANIFEST} is not JSON: {e}")))?;
        let object = Object::new(&value, MANIFEST, &["version", "tarball", "packages", "members"])?;
        object
            .list("members")?
            .iter()
            .enumerate()
            .map(|(i, value)| {
                let fields = ["path", "size", "sha256", "executable", "packages"];
                let member = Object::new(value, format!("members[{i}]"), &fields)?;
                Ok(Member {
                    path: member.string("path")?,
                    size: member.count("size")?,
                    sha256: member.sha256("sha256")?,
                    executable: value["executable"].as_bool().unwrap_or_default(),
                    packages: member.strings("packages")?,
                })
            })
            .collect()
    }
}
