//! A tarball of the payload.

use diagnostic::Result;
use serde_json::{Value, json};

use crate::digest::Digest;
use crate::json::Object;

/// One entry of `tarballs`:
///
/// | key | meaning |
/// |---|---|
/// | `name` | the file name |
/// | `sha256`, `size` | of the compressed file; the size in bytes |
/// | `unpacked_size` | the sum of its files' sizes, in bytes |
/// | `files` | how many files it has |
/// | `packages` | the packages that it is made from, by `id` |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tarball {
    /// The file name.
    pub name: String,
    /// The compressed file.
    pub digest: Digest,
    /// The sum of the files' sizes, in bytes.
    pub unpacked_size: u64,
    /// The number of files.
    pub files: u64,
    /// The `id`s of the packages that it is made from.
    pub packages: Vec<String>,
}

impl Tarball {
    pub(super) fn from_json(value: &Value, entry: String) -> Result<Self> {
        let known = ["name", "sha256", "size", "unpacked_size", "files", "packages"];
        let object = Object::new(value, entry, &known)?;
        Ok(Tarball {
            name: object.file_name("name")?,
            digest: Digest { sha256: object.sha256("sha256")?, size: object.count("size")? },
            unpacked_size: object.count("unpacked_size")?,
            files: object.count("files")?,
            packages: object.strings("packages")?,
        })
    }

    /// The entry's JSON, keys in the documented order.
    pub fn to_json(&self) -> Value {
        let Tarball { name, digest: Digest { sha256, size }, unpacked_size, files, packages } = self;
        json!({
            "name": name, "sha256": sha256, "size": size, "unpacked_size": unpacked_size, "files": files,
            "packages": packages,
        })
    }
}
