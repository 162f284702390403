//! A pinned package.

use diagnostic::Result;
use serde_json::{Value, json};

use crate::digest::Digest;
use crate::json::Object;

/// One entry of `packages`:
///
/// | key | meaning |
/// |---|---|
/// | `id` | this package's name in the lock and in the layout: `NAME-ARCHITECTURE` |
/// | `registry` | `pypi` or `debian`, which decides about the fields of [`Source`] |
/// | `name`, `version` | as the registry calls them |
/// | `file` | the registry's file name |
/// | `sha256`, `size` | of that file; the size in bytes |
/// | `licence` | SPDX expression for the part that the payload contains |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// The name in the lock: `ziglang-amd64`.
    pub id: String,
    /// Where it comes from.
    pub source: Source,
    /// The registry's name for it.
    pub name: String,
    /// The registry's version string.
    pub version: String,
    /// The registry's file name.
    pub file: String,
    /// What that file must be.
    pub digest: Digest,
    /// SPDX expression.
    pub licence: String,
}

/// The registry of a package, with what its client needs to know besides name and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// A wheel of the Python package index.
    Pypi {
        /// `platform`: the wheel's platform tags, each for a `--platform` of pip.
        platform: Vec<String>,
    },
    /// A binary package of Debian's archive.
    Debian {
        /// `suite`: the release's codename.
        suite: String,
        /// `architecture`: Debian's name of it.
        architecture: String,
        /// `metapackage`: where the package's name has a version in it, the one that depends on the current one.
        metapackage: Option<String>,
    },
}

impl Package {
    pub(super) fn from_json(value: &Value, entry: String) -> Result<Self> {
        const COMMON: [&str; 8] = ["id", "registry", "name", "version", "file", "sha256", "size", "licence"];
        let registry = value.get("registry").and_then(Value::as_str).unwrap_or_default();
        let own: &[&str] = match registry {
            "pypi" => &["platform"],
            "debian" => &["suite", "architecture", "metapackage"],
            _ => &["platform", "suite", "architecture", "metapackage"],
        };
        let object = Object::new(value, entry, &[&COMMON, own].concat())?;
        let source = match registry {
            "pypi" => Source::Pypi { platform: object.strings("platform")? },
            "debian" => Source::Debian {
                suite: object.file_name("suite")?,
                architecture: object.file_name("architecture")?,
                metapackage: value.get("metapackage").map(|_| object.file_name("metapackage")).transpose()?,
            },
            _ => return Err(object.wrong("registry", "pypi or debian")),
        };
        Ok(Package {
            id: object.file_name("id")?,
            source,
            name: object.file_name("name")?,
            version: object.string("version")?,
            file: object.file_name("file")?,
            digest: Digest { sha256: object.sha256("sha256")?, size: object.count("size")? },
            licence: object.string("licence")?,
        })
    }

    /// Whether it is the wheel that LLVM and most sources are from.
    pub fn is_wheel(&self) -> bool {
        matches!(self.source, Source::Pypi { .. })
    }

    /// The package URL (<https://github.com/package-url/purl-spec>).
    pub fn purl(&self) -> String {
        let Package { source, name, version, .. } = self;
        // Of what names and versions contain, these are not allowed as they are.
        let quoted = |text: &str| text.replace('+', "%2B").replace(':', "%3A");
        let (name, version) = (quoted(name), quoted(version));
        match source {
            Source::Pypi { .. } => format!("pkg:pypi/{name}@{version}"),
            Source::Debian { suite, architecture, .. } => {
                format!("pkg:deb/debian/{name}@{version}?arch={architecture}&distro={suite}")
            }
        }
    }

    /// The entry's JSON, keys in the documented order.
    pub fn to_json(&self) -> Value {
        let Package { id, source, name, version, file, digest: Digest { sha256, size }, licence } = self;
        match source {
            Source::Pypi { platform } => json!({
                "id": id, "registry": "pypi", "name": name, "version": version, "platform": platform,
                "file": file, "sha256": sha256, "size": size, "licence": licence,
            }),
            Source::Debian { suite, architecture, metapackage } => {
                let mut value = json!({
                    "id": id, "registry": "debian", "suite": suite, "name": name, "version": version,
                    "architecture": architecture,
                });
                if let Some(metapackage) = metapackage {
                    value["metapackage"] = json!(metapackage);
                }
                for (key, rest) in [("file", json!(file)), ("sha256", json!(sha256)), ("size", json!(size))] {
                    value[key] = rest;
                }
                value["licence"] = json!(licence);
                value
            }
        }
    }
}
