//! A registry of the modules that came from registries: Bazel has read their files, and says of each what it is.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};
use serde_json::{Map, Value, json};

use crate::external::Definition;
use crate::{digest, files};

/// Where what a URL stands for is found on this machine.
pub struct Sources<'a> {
    /// A `--repository_cache` that Bazel has filled: registries' files are there as well.
    pub repository_cache: &'a Path,
}

/// The registry within a bundle.
pub struct Registry {
    folder: PathBuf,
}

impl Registry {
    /// That of a bundle. It need not be there yet.
    pub fn of(bundle: &Path) -> Self {
        Registry { folder: bundle.join("registry") }
    }

    /// Adds a module that is defined so; what came from no registry is left alone.
    pub fn add(&self, definition: &Definition, sources: &Sources) -> Result<()> {
        let Some(url) = module_file_url(definition) else { return Ok(()) };
        let Some((name, version)) = name_and_version(url) else { return Ok(()) };
        let content = sources.read(url, definition.string("remote_module_file_integrity"), definition)?;
        let folder = self.folder.join("modules").join(name).join(version);
        files::write(&folder.join("MODULE.bazel"), &content)?;
        let attribute = |key: &str| definition.attributes.get(key);
        let object = |key: &str| attribute(key).and_then(Value::as_object).cloned().unwrap_or_default();
        let mut source = Map::new();
        let urls = definition.urls();
        if let Some((first, others)) = urls.split_first() {
            source.insert("url".into(), json!(first));
            if !others.is_empty() {
                source.insert("mirror_urls".into(), json!(others));
            }
        }
        for (key, from) in [("integrity", "integrity"), ("strip_prefix", "strip_prefix"), ("archive_type", "type")] {
            if let Some(value) = definition.string(from) {
                source.insert(key.into(), json!(value));
            }
        }
        let mut patches = Map::new();
        for (url, integrity) in &object("remote_patches") {
            let (file, integrity) = (last_part(url), integrity.as_str().unwrap_or_default());
            files::write(&folder.join("patches").join(file), &sources.read(url, Some(integrity), definition)?)?;
            patches.insert(file.to_owned(), json!(integrity));
        }
        if !patches.is_empty() {
            source.insert("patches".into(), patches.into());
            source.insert("patch_strip".into(), attribute("remote_patch_strip").cloned().unwrap_or(json!(0)));
        }
        let (overlaid, integrities) = (object("remote_file_urls"), object("remote_file_integrity"));
        for (path, urls) in &overlaid {
            let integrity = integrities.get(path).and_then(Value::as_str).unwrap_or_default();
            let url = urls.get(0).and_then(Value::as_str).unwrap_or_default();
            files::write(&folder.join("overlay").join(path), &sources.read(url, Some(integrity), definition)?)?;
        }
        if !overlaid.is_empty() {
            source.insert("overlay".into(), integrities.into());
        }
        files::write(&folder.join("source.json"), format!("{:#}\n", Value::from(source)).as_bytes())?;
        self.complete(name)
    }

    /// Adds the MODULE.bazel of versions that Bazel has looked at and did not take: it will look at them again. They are found
    /// beside those of `definitions`, or by what they say in the repository cache.
    pub fn add_unused(
        &self,
        versions: &BTreeSet<(String, String)>,
        definitions: &[Definition],
        sources: &Sources,
    ) -> Result<()> {
        let bases: BTreeSet<&str> = definitions
            .iter()
            .filter_map(module_file_url)
            .filter_map(|url| url.rsplit_once("/modules/").map(|(base, _)| base))
            .collect();
        let mut cached = None;
        for (name, version) in versions {
            let file = self.folder.join("modules").join(name).join(version).join("MODULE.bazel");
            if file.exists() {
                continue;
            }
            let local = bases.iter().filter_map(|base| local_path(base));
            let beside = local.map(|base| base.join("modules").join(name).join(version).join("MODULE.bazel"));
            let content = beside.filter_map(|path| fs::read(path).ok()).next();
            let content = match content {
                Some(content) => Some(content),
                None => {
                    let cached = match &mut cached {
                        Some(cached) => cached,
                        none => none.insert(sources.module_files()?),
                    };
                    cached
                        .iter()
                        .find(|text| module(text) == Some((name, version)))
                        .map(|text| text.clone().into_bytes())
                }
            };
            if let Some(content) = content {
                files::write(&file, &content)?;
                self.complete(name)?;
            }
        }
        Ok(())
    }

    /// What every registry has.
    fn complete(&self, name: &str) -> Result<()> {
        let versions: Vec<String> = files::entries(&self.folder.join("modules").join(name))?
            .iter()
            .filter(|path| path.is_dir())
            .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
            .collect();
        let metadata = json!({ "versions": versions, "yanked_versions": {} });
        let path = self.folder.join("modules").join(name).join("metadata.json");
        files::write(&path, format!("{metadata:#}\n").as_bytes())?;
        files::write(&self.folder.join("bazel_registry.json"), b"{}\n")
    }
}

impl Sources<'_> {
    fn read(&self, url: &str, integrity: Option<&str>, asks: &Definition) -> Result<Vec<u8>> {
        let cached = integrity.and_then(digest::of_integrity).map(|sha256| self.cached(&sha256));
        let path = cached.filter(|path| path.exists()).or_else(|| local_path(url));
        let path = path.ok_or_else(|| {
            Error::new("a file of a registry is not in Bazel's repository cache")
                .fact("what", url)
                .fact("asked by", &asks.repository)
                .next("call this again; if that does not help, this Bazel keeps registries' files elsewhere")
        })?;
        fs::read(&path).map_err(|e| Error::io("read", &path, e))
    }

    /// Where the repository cache has the file with this SHA-256.
    pub fn cached(&self, sha256: &str) -> PathBuf {
        self.repository_cache.join("content_addressable/sha256").join(sha256).join("file")
    }

    /// The texts in the repository cache that are a MODULE.bazel.
    fn module_files(&self) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in files::entries(&self.repository_cache.join("content_addressable/sha256"))? {
            let file = entry.join("file");
            // None is as large as that.
            if file.metadata().is_ok_and(|metadata| metadata.len() < 1 << 20)
                && let Ok(text) = fs::read_to_string(&file)
                && module(&text).is_some()
            {
                found.push(text);
            }
        }
        Ok(found)
    }
}

/// The URL of the MODULE.bazel that a registry has for it.
fn module_file_url(definition: &Definition) -> Option<&str> {
    definition.attributes.get("remote_module_file_urls")?.get(0)?.as_str()
}

/// `…/modules/NAME/VERSION/MODULE.bazel`
fn name_and_version(url: &str) -> Option<(&str, &str)> {
    url.rsplit_once("/modules/")?.1.strip_suffix("/MODULE.bazel")?.split_once('/')
}

fn last_part(url: &str) -> &str {
    url.rsplit('/').next().unwrap_or(url)
}

/// The path of a `file:` URL.
fn local_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("file://").or_else(|| url.strip_prefix("file:"))?;
    Some(PathBuf::from(path))
}

/// What a MODULE.bazel says that it is of: name and version.
pub fn module(text: &str) -> Option<(&str, &str)> {
    let call = text.lines().position(|line| line.trim_start().starts_with("module("))?;
    let start: usize = text.split_inclusive('\n').take(call).map(str::len).sum();
    let call = &text[start..];
    let call = &call[..call.find(')')?];
    let value = |key: &str| {
        let mut rest = call;
        loop {
            let at = rest.find(key)?;
            let before = rest[..at].chars().next_back();
            rest = &rest[at + key.len()..];
            if before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_') {
                continue;
            }
            if let Some(value) = rest.trim_start().strip_prefix('=') {
                let value = value.trim_start();
                let quote = value.chars().next().filter(|quote| ['"', '\''].contains(quote))?;
                return value[1..].split_once(quote).map(|(value, _)| value);
            }
        }
    };
    Some((value("name")?, value("version").unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn definition(attributes: &[(&str, Value)]) -> Definition {
        let attributes: BTreeMap<String, Value> =
            attributes.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
        Definition { repository: "a~".into(), attributes }
    }

    /// `printf abc | openssl dgst -sha256 -binary | base64`
    const ABC: &str = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";

    #[test]
    fn a_module_is_as_its_registry_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let cache = dir.path().join("cache");
        let sources = Sources { repository_cache: &cache };
        files::write(&sources.cached(&digest::of(b"abc")), b"abc").unwrap();
        let definition = definition(&[
            ("urls", json!(["https://mirror/a.zip", "https://origin/a.zip"])),
            ("integrity", json!("sha256-x")),
            ("strip_prefix", json!("a-1")),
            ("remote_module_file_urls", json!(["https://registry/modules/a/1.2/MODULE.bazel"])),
            ("remote_module_file_integrity", json!(ABC)),
            ("remote_patches", json!({ "https://registry/modules/a/1.2/patches/p.patch": ABC })),
            ("remote_patch_strip", json!(1)),
            ("remote_file_urls", json!({ "sub/BUILD": ["https://registry/modules/a/1.2/overlay/sub/BUILD"] })),
            ("remote_file_integrity", json!({ "sub/BUILD": ABC })),
        ]);
        Registry::of(dir.path()).add(&definition, &sources).unwrap();
        let read = |path: &str| fs::read_to_string(dir.path().join("registry/modules/a").join(path)).unwrap();
        for file in ["1.2/MODULE.bazel", "1.2/patches/p.patch", "1.2/overlay/sub/BUILD"] {
            assert_eq!(read(file), "abc", "{file}");
        }
        let source: Value = serde_json::from_str(&read("1.2/source.json")).unwrap();
        let expected = json!({
            "url": "https://mirror/a.zip", "mirror_urls": ["https://origin/a.zip"], "integrity": "sha256-x",
            "strip_prefix": "a-1", "patches": { "p.patch": ABC }, "patch_strip": 1, "overlay": { "sub/BUILD": ABC },
        });
        assert_eq!(source, expected);
        assert!(read("metadata.json").contains("\"1.2\""));
    }

    #[test]
    fn versions_that_were_not_taken_are_found_by_what_they_say() {
        let dir = tempfile::tempdir().unwrap();
        let cache = dir.path().join("cache");
        let sources = Sources { repository_cache: &cache };
        let text = "\"\"\"Says module( too.\"\"\"\nmodule(\n    compatibility_level = 1,\n    name = \"a\",\n    version = \"1.1\",\n)\n";
        files::write(&sources.cached(&digest::of(text.as_bytes())), text.as_bytes()).unwrap();
        let versions = [("a".to_owned(), "1.1".to_owned()), ("b".to_owned(), "2".to_owned())].into();
        Registry::of(dir.path()).add_unused(&versions, &[], &sources).unwrap();
        assert_eq!(fs::read_to_string(dir.path().join("registry/modules/a/1.1/MODULE.bazel")).unwrap(), text);
        assert!(!dir.path().join("registry/modules/b").exists());
    }

    #[test]
    fn a_file_that_nobody_has_is_an_error_that_names_it() {
        let sources = Sources { repository_cache: Path::new("/nonexistent") };
        let url = "https://registry/modules/a/1.2/MODULE.bazel";
        let definition = definition(&[("remote_module_file_urls", json!([url]))]);
        let error = Registry::of(Path::new("/nonexistent")).add(&definition, &sources).unwrap_err().to_string();
        assert!(error.contains(url) && error.contains("a~"), "{error}");
    }

    #[test]
    fn a_module_file_says_of_what_it_is() {
        assert_eq!(module("module(name = 'a', version = \"2\")"), Some(("a", "2")));
        assert_eq!(module("# module\nmodule(\n  repo_name = \"x\",\n  name=\"a\",\n)"), Some(("a", "")));
        assert_eq!(module("bazel_dep(name = \"a\", version = \"2\")"), None);
    }
}
