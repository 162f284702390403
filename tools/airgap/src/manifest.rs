//! `bundle.json`: what was bundled, and for whom.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use diagnostic::{Error, Result};
use serde_json::{Map, Value, json};

use crate::files;

/// The file's name.
pub const NAME: &str = "bundle.json";
/// The version of the bundle's form. Another one is refused.
const FORMAT: u64 = 1;

/// All that a bundle says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The Bazel that bundled it, such as `7.7.1`.
    pub bazel: String,
    /// The workspaces that it serves.
    pub workspaces: Vec<Workspace>,
    /// SHA-256 of `contents.txt`.
    pub contents: String,
}

/// A workspace that the bundle serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Workspace {
    /// The name that its MODULE.bazel gives it, or its folder's.
    pub name: String,
    /// The platforms that it was bundled for: `linux/amd64`.
    pub platforms: BTreeSet<String>,
    /// Options and targets of Bazel's.
    pub arguments: Vec<String>,
    /// Modules that folders of the bundle stand for: name to path in the bundle.
    pub modules: BTreeMap<String, String>,
    /// The same of repositories, by their canonical names.
    pub repositories: BTreeMap<String, String>,
    /// Who asks for what is in the repository cache: SHA-256 to file name and repository.
    pub archives: BTreeMap<String, Archive>,
    /// Whether the results of its actions were bundled.
    pub warm: bool,
}

/// A download.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Archive {
    /// Its file name.
    pub file: String,
    /// The canonical name of the repository that asks for it.
    pub repository: String,
}

impl Manifest {
    /// Reads that of a bundle. An error says if it is no bundle, or one whose bundling has not ended.
    pub fn read(bundle: &Path) -> Result<Self> {
        let path = bundle.join(NAME);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let is_begun = bundle.join(crate::bundle::WORK).is_dir();
                let what = if is_begun {
                    "this bundle is incomplete: its bundling has not ended"
                } else {
                    "this is no bundle"
                };
                return Err(Error::new(what).fact("where", bundle.display()).fact("missing", NAME).next(
                    "on the machine with a network, call `airgap bundle` again with the same arguments; what it has is kept",
                ));
            }
            Err(error) => return Err(Error::io("read", &path, error)),
        };
        Self::parse(&text).map_err(|reason| {
            Error::new(format!("{NAME} is damaged: {reason}"))
                .fact("where", path.display())
                .next("copy the bundle again, or call `airgap bundle` again on the machine with a network")
        })
    }

    /// Writes it into a bundle, as the last file.
    pub fn write(&self, bundle: &Path) -> Result<()> {
        files::write(&bundle.join(NAME), format!("{:#}\n", self.to_json()).as_bytes())
    }

    /// The entry of a workspace of that name.
    pub fn workspace(&self, name: &str) -> Option<&Workspace> {
        self.workspaces.iter().find(|workspace| workspace.name == name)
    }

    /// Puts an entry in the place of the one with its name.
    pub fn replace(&mut self, workspace: Workspace) {
        self.workspaces.retain(|other| other.name != workspace.name);
        self.workspaces.push(workspace);
        self.workspaces.sort_by(|one, other| one.name.cmp(&other.name));
    }

    /// All folders that stand for modules and repositories, as paths in the bundle.
    pub fn folders(&self) -> BTreeSet<&str> {
        let all = self
            .workspaces
            .iter()
            .flat_map(|workspace| workspace.modules.values().chain(workspace.repositories.values()));
        all.map(String::as_str).collect()
    }

    fn to_json(&self) -> Value {
        let workspace = |workspace: &Workspace| {
            let archives: Map<String, Value> = workspace
                .archives
                .iter()
                .map(|(sha256, Archive { file, repository })| {
                    (sha256.clone(), json!({ "file": file, "repository": repository }))
                })
                .collect();
            json!({
                "name": workspace.name,
                "platforms": workspace.platforms,
                "arguments": workspace.arguments,
                "warm": workspace.warm,
                "modules": workspace.modules,
                "repositories": workspace.repositories,
                "archives": archives,
            })
        };
        json!({
            "format": FORMAT,
            "bazel": self.bazel,
            "contents": self.contents,
            "workspaces": self.workspaces.iter().map(workspace).collect::<Vec<_>>(),
        })
    }

    fn parse(text: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(text).map_err(|e| e.to_string())?;
        match value["format"].as_u64() {
            Some(FORMAT) => {}
            Some(other) => {
                return Err(format!("its form is {other}, and this airgap knows {FORMAT}: take the bundle's own"));
            }
            None => return Err("it has no `format`".into()),
        }
        let workspaces = value["workspaces"].as_array().ok_or("it has no `workspaces`")?;
        Ok(Manifest {
            bazel: string(&value, "bazel")?,
            contents: string(&value, "contents")?,
            workspaces: workspaces.iter().map(Workspace::parse).collect::<Result<_, _>>()?,
        })
    }
}

impl Workspace {
    fn parse(value: &Value) -> Result<Self, String> {
        let archive = |(sha256, value): (&String, &Value)| {
            let archive = Archive { file: string(value, "file")?, repository: string(value, "repository")? };
            Ok::<_, String>((sha256.clone(), archive))
        };
        Ok(Workspace {
            name: string(value, "name")?,
            platforms: strings(value, "platforms")?.into_iter().collect(),
            arguments: strings(value, "arguments")?,
            modules: map(value, "modules")?,
            repositories: map(value, "repositories")?,
            archives: object(value, "archives")?.iter().map(archive).collect::<Result<_, _>>()?,
            warm: value["warm"].as_bool().ok_or("a workspace has no `warm`")?,
        })
    }
}

fn string(value: &Value, key: &str) -> Result<String, String> {
    value[key].as_str().map(str::to_owned).ok_or_else(|| format!("it has no `{key}`"))
}

fn strings(value: &Value, key: &str) -> Result<Vec<String>, String> {
    let values = value[key].as_array().and_then(|values| values.iter().map(Value::as_str).collect::<Option<Vec<_>>>());
    Ok(values.ok_or_else(|| format!("it has no `{key}`"))?.into_iter().map(str::to_owned).collect())
}

fn object<'a>(value: &'a Value, key: &str) -> Result<&'a Map<String, Value>, String> {
    value[key].as_object().ok_or_else(|| format!("it has no `{key}`"))
}

fn map(value: &Value, key: &str) -> Result<BTreeMap<String, String>, String> {
    object(value, key)?.keys().map(|name| Ok((name.clone(), string(&value[key], name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let workspace = Workspace {
            name: "hello".into(),
            platforms: ["linux/amd64".into()].into(),
            arguments: vec!["//...".into()],
            modules: [("rules_go".into(), "modules/rules_go-1".into())].into(),
            repositories: [("rules_go~~go_sdk~main".into(), "repositories/main-2".into())].into(),
            archives: [("aa".into(), Archive { file: "a.zst".into(), repository: "r".into() })].into(),
            warm: true,
        };
        Manifest { bazel: "7.7.1".into(), workspaces: vec![workspace], contents: "cc".into() }
    }

    #[test]
    fn is_read_as_it_was_written() {
        let dir = tempfile::tempdir().unwrap();
        manifest().write(dir.path()).unwrap();
        assert_eq!(Manifest::read(dir.path()).unwrap(), manifest());
    }

    #[test]
    fn a_workspace_replaces_the_one_of_its_name() {
        let mut two = manifest();
        two.replace(Workspace { name: "a".into(), ..Workspace::default() });
        two.replace(Workspace { name: "hello".into(), ..Workspace::default() });
        let names: Vec<&str> = two.workspaces.iter().map(|workspace| workspace.name.as_str()).collect();
        assert_eq!(names, ["a", "hello"]);
        assert!(!two.workspaces[1].warm);
    }

    #[test]
    fn no_bundle_and_half_a_bundle_are_told_apart() {
        let dir = tempfile::tempdir().unwrap();
        let error = Manifest::read(dir.path()).unwrap_err().to_string();
        assert!(error.starts_with("this is no bundle"), "{error}");
        fs::create_dir(dir.path().join(crate::bundle::WORK)).unwrap();
        let error = Manifest::read(dir.path()).unwrap_err().to_string();
        assert!(error.starts_with("this bundle is incomplete"), "{error}");
    }

    #[test]
    fn damage_is_told_with_its_place() {
        let dir = tempfile::tempdir().unwrap();
        manifest().write(dir.path()).unwrap();
        let path = dir.path().join(NAME);
        let text = fs::read_to_string(&path).unwrap();
        for (damaged, reason) in [
            (&text[..text.len() / 2], "EOF"),
            (&*text.replace("\"format\": 1", "\"format\": 2"), "its form is 2"),
            (&*text.replace("\"warm\"", "\"cold\""), "no `warm`"),
            (&*text.replace("\"file\"", "\"name\""), "no `file`"),
        ] {
            fs::write(&path, damaged).unwrap();
            let error = Manifest::read(dir.path()).unwrap_err().to_string();
            assert!(error.contains("bundle.json is damaged") && error.contains(reason), "{error}");
        }
    }
}
