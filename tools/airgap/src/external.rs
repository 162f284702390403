//! What Bazel has fetched: the repositories of an output base, and how they are defined.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bazel::Bazel;
use diagnostic::{Error, Result};
use serde_json::Value;

use crate::files;

/// The repositories of an output base.
#[derive(Debug, Default)]
pub struct External {
    /// Those that are a folder somewhere else on this machine, with it: by an override, or since a rule says so.
    pub local: Vec<(String, PathBuf)>,
    /// Those that a rule has made.
    pub made: Vec<String>,
}

/// How a repository is defined.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Definition {
    /// Its canonical name.
    pub repository: String,
    /// The attributes of its rule that could be read.
    pub attributes: BTreeMap<String, Value>,
}

impl External {
    /// Looks at an output base. What lies in one of the folders `known` is there on the other side as well: the workspace, and
    /// what Bazel brings.
    pub fn read(output_base: &Path, known: &[PathBuf]) -> Result<Self> {
        let mut external = External::default();
        for entry in files::entries(&output_base.join("external"))? {
            let Some(name) = entry.file_name().and_then(|name| name.to_str()) else { continue };
            if name.starts_with('@') || name == "bazel_tools" || !entry.is_dir() {
                continue;
            }
            if !entry.is_symlink() {
                external.made.push(name.to_owned());
                continue;
            }
            let target = fs::read_link(&entry).map_err(|e| Error::io("read the link", &entry, e))?;
            let real = entry.canonicalize().map_err(|e| Error::io("find", &entry, e))?;
            if !known.iter().any(|known| real.starts_with(known) || target.starts_with(known)) {
                external.local.push((name.to_owned(), target));
            }
        }
        Ok(external)
    }
}

/// The name of the module that a canonical repository name stands for; `None` for a repository of an extension's.
pub fn module_of(repository: &str) -> Option<&str> {
    // `rules_go~` of Bazel 7, `rules_go+` of later ones, and `platforms`, which is the same everywhere.
    let name = repository.strip_suffix(['~', '+']).unwrap_or(repository);
    (!name.contains(['~', '+'])).then_some(name)
}

/// How these repositories are defined, as `bazel mod show_repo` says.
pub fn definitions(
    bazel: &Bazel,
    startup: &[String],
    options: &[String],
    repositories: &[String],
) -> Result<Vec<Definition>> {
    let names = repositories.iter().map(|name| format!("@@{name}"));
    let command = ["mod", "show_repo"].map(str::to_owned);
    let words = startup.iter().cloned().chain(command).chain(options.iter().cloned()).chain(names);
    Ok(parse(&bazel.run(words)?.stdout))
}

fn parse(text: &str) -> Vec<Definition> {
    let mut definitions: Vec<Definition> = Vec::new();
    for line in text.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            // `## @@rules_go~:` or `## name@1.2:`; the canonical name follows among the attributes.
            let repository = heading.trim_end_matches(':').trim_start_matches("@@").to_owned();
            definitions.push(Definition { repository, ..Definition::default() });
            continue;
        }
        let (Some(definition), Some((key, value))) = (definitions.last_mut(), attribute(line)) else { continue };
        if let ("name", Some(name)) = (key, value.as_str()) {
            definition.repository = name.to_owned();
        }
        definition.attributes.insert(key.to_owned(), value);
    }
    definitions
}

/// A line `  key = value,`, whose value is JSON but for Starlark's names of constants.
fn attribute(line: &str) -> Option<(&str, Value)> {
    let (key, value) = line.strip_prefix("  ")?.strip_suffix(',')?.split_once(" = ")?;
    let value = match value {
        "True" => Value::Bool(true),
        "False" => Value::Bool(false),
        _ => serde_json::from_str(value).ok()?,
    };
    Some((key, value))
}

impl Definition {
    /// An attribute that is a string.
    pub fn string(&self, key: &str) -> Option<&str> {
        self.attributes.get(key)?.as_str().filter(|text| !text.is_empty())
    }

    /// The URLs of an attribute that is a string or a list of strings.
    pub fn urls(&self) -> Vec<&str> {
        let list = self.attributes.get("urls").and_then(Value::as_array);
        let one = self.string("url").into_iter();
        one.chain(list.into_iter().flatten().filter_map(Value::as_str)).collect()
    }

    /// The SHA-256 of what it downloads, if it says one.
    pub fn sha256(&self) -> Option<String> {
        let integrity = || self.string("integrity").and_then(crate::digest::of_integrity);
        self.string("sha256").map(str::to_owned).or_else(integrity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_told_from_what_extensions_make() {
        assert_eq!(module_of("rules_go~"), Some("rules_go"));
        assert_eq!(module_of("rules_go+"), Some("rules_go"));
        assert_eq!(module_of("platforms"), Some("platforms"));
        assert_eq!(module_of("rules_go~~go_sdk~main___download_0_linux_amd64"), None);
        assert_eq!(module_of("rules_go++go_sdk+go_default_sdk"), None);
        assert_eq!(module_of("_main~race~go_race_boot"), None);
    }

    #[test]
    fn definitions_are_read_as_bazel_7_prints_them() {
        let text = r#"## toolchains_go_race@0.1.0:
# <builtin>
http_archive(
  name = "toolchains_go_race~",
  urls = ["https://example.com/a.tar.gz"],
  integrity = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=",
  strip_prefix = "",
  remote_patches = {"https://example.com/p.patch": "sha256-x"},
  remote_patch_strip = 1,
  sole = True,
  label = Label("@@a//:b"),
)
# Rule toolchains_go_race~ instantiated at (most recent call last):
#   <builtin> in <toplevel>

## @@r~~race~go_race_llvm_amd64:
# <builtin>
archive_repository(
  name = "r~~race~go_race_llvm_amd64",
  file = "sysroot_llvm_amd64.tar.zst",
  sha256 = "33f5",
  urls = [],
)
"#;
        let [module, archive] = <[Definition; 2]>::try_from(parse(text)).unwrap();
        assert_eq!(module.repository, "toolchains_go_race~");
        assert_eq!(module.urls(), ["https://example.com/a.tar.gz"]);
        assert_eq!(module.string("strip_prefix"), None);
        assert!(module.sha256().unwrap().starts_with("ba7816bf"));
        assert_eq!(module.attributes["remote_patches"]["https://example.com/p.patch"], "sha256-x");
        assert_eq!((&module.attributes["remote_patch_strip"], &module.attributes["sole"]), (&1.into(), &true.into()));
        assert!(!module.attributes.contains_key("label"));
        assert_eq!(
            (archive.repository.as_str(), archive.sha256().as_deref()),
            ("r~~race~go_race_llvm_amd64", Some("33f5"))
        );
    }

    #[test]
    fn local_folders_are_those_outside_of_what_is_known() {
        let dir = tempfile::tempdir().unwrap();
        let make = |path: &str| files::make_folder(&dir.path().join(path)).unwrap();
        ["base/external/made~", "workspace/sub", "elsewhere", "install/tools"].into_iter().for_each(make);
        let link = |to: &str, name: &str| {
            std::os::unix::fs::symlink(dir.path().join(to), dir.path().join("base/external").join(name)).unwrap();
        };
        link("workspace/sub", "sub~");
        link("elsewhere", "other~");
        link("install/tools", "tools");
        link("elsewhere", "bazel_tools");
        files::write(&dir.path().join("base/external/@made~.marker"), b"").unwrap();
        let known = ["workspace", "install"].map(|name| dir.path().canonicalize().unwrap().join(name));
        let external = External::read(&dir.path().join("base"), &known).unwrap();
        assert_eq!(external.local, [("other~".to_owned(), dir.path().join("elsewhere"))]);
        assert_eq!(external.made, ["made~"]);
    }
}
