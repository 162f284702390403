//! Repositories as `bazel mod show_repo` writes them: the call of a repository rule, in Starlark.

use std::collections::BTreeMap;

use serde_json::Value;

/// The definition of one repository.
#[derive(Clone, Debug, PartialEq)]
pub struct Repository {
    /// The repository's canonical name.
    pub name: String,
    /// The rule's name.
    pub rule: String,
    /// Attributes whose values are strings or lists of them.
    attributes: BTreeMap<String, Value>,
}

impl Repository {
    /// Reads what Bazel wrote of any number of repositories.
    pub fn read(text: &str) -> Vec<Self> {
        let mut repositories: Vec<Self> = Vec::new();
        for line in text.lines() {
            if let Some(rule) = line.strip_suffix('(').filter(|rule| is_name(rule)) {
                let rule = rule.to_owned();
                repositories.push(Self { name: String::new(), rule, attributes: BTreeMap::new() });
            } else if let (Some(repository), Some((name, value))) = (repositories.last_mut(), attribute(line)) {
                if name == "name" {
                    repository.name = value.as_str().unwrap_or_default().to_owned();
                } else {
                    repository.attributes.insert(name.to_owned(), value);
                }
            }
        }
        repositories
    }

    /// An attribute that is a string.
    pub fn string(&self, name: &str) -> Option<&str> {
        self.attributes.get(name)?.as_str()
    }

    /// An attribute that is a list of strings; an absent one is empty.
    pub fn strings(&self, name: &str) -> Vec<&str> {
        self.attributes.get(name).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

/// `  name = value,`. Strings and lists of them are written as in JSON.
fn attribute(line: &str) -> Option<(&str, Value)> {
    let (name, value) = line.strip_prefix("  ")?.strip_suffix(',')?.split_once(" = ")?;
    Some((name, serde_json::from_str(value).ok()?))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_of_archives_and_of_go_sdks_are_read() {
        let read = Repository::read(include_str!("../../tests/fixtures/show_repo.txt"));
        assert_eq!(read.len(), 3, "{read:?}");
        assert_eq!(read[0].name, "toolchains_go_race~~race~go_race_llvm_amd64");
        assert_eq!(read[0].string("file"), Some("sysroot_llvm_amd64.tar.zst"));
        assert_eq!(read[0].strings("urls"), [] as [&str; 0]);
        assert_eq!(read[1].strings("urls"), ["file:///srv/mirror/sysroot_library.tar.zst"]);
        assert_eq!(read[2].rule, "go_multiple_toolchains");
        assert_eq!(read[2].strings("sdk_versions"), ["1.27.0", "1.27.0", "1.26.7"]);
        assert_eq!(read[2].strings("goarchs"), ["", "arm64", ""]);
    }
}
