//! The module's repository: its files, and what they say of its version.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use diagnostic::{Error, Result};
use sysroot::select::{Entry, Tree};

/// The module's name.
pub const MODULE: &str = "toolchains_go_race";

/// Reads the files of the repository at `root` whose paths are the lines of `list`.
///
/// # Errors
///
/// One is missing, or is no regular file (a link would be another file elsewhere).
pub fn read(root: &Path, list: &str) -> Result<Tree> {
    let mut tree = Tree::new();
    for name in list.lines().filter(|name| !name.is_empty()) {
        let path = root.join(name);
        let metadata = path.symlink_metadata().map_err(|e| Error::io("read", &path, e))?;
        if !metadata.is_file() {
            return Err(Error::new(format!("{name} is no regular file")).next("a release has regular files only"));
        }
        let content = fs::read(&path).map_err(|e| Error::io("read", &path, e))?;
        let executable = metadata.permissions().mode() & 0o111 != 0;
        tree.insert(name.to_owned(), Entry { content, executable, packages: Vec::new() });
    }
    Ok(tree)
}

/// A text of the tree.
///
/// # Errors
///
/// It is not there, or no UTF-8.
pub fn text<'a>(tree: &'a Tree, path: &str) -> Result<&'a str> {
    let entry = tree.get(path).ok_or_else(|| Error::new(format!("the repository has no {path}")))?;
    std::str::from_utf8(&entry.content).map_err(|e| Error::new(format!("{path} is no UTF-8")).fact("reason", e))
}

/// The version that the module has.
///
/// # Errors
///
/// MODULE.bazel names none, or Cargo.toml names another one, or CHANGELOG.md has nothing about it.
pub fn version(tree: &Tree) -> Result<String> {
    let version = quoted_after(text(tree, "MODULE.bazel")?, "module(")
        .ok_or_else(|| Error::new("MODULE.bazel names no version").next("write `version = \"…\"` into module(…)"))?;
    let programs = quoted_after(text(tree, "Cargo.toml")?, "[workspace.package]").unwrap_or_default();
    if programs != version {
        return Err(Error::new("the module and its programs have different versions")
            .fact("module", format!("{version} (MODULE.bazel)"))
            .fact("programs", format!("{programs} (Cargo.toml)"))
            .next("give both the version of the release"));
    }
    let heading = format!("## {version}");
    let is_heading = |line: &str| line == heading || line.starts_with(&format!("{heading} "));
    if !text(tree, "CHANGELOG.md")?.lines().any(is_heading) {
        return Err(Error::new(format!("CHANGELOG.md says nothing of {version}"))
            .next(format!("write what is new under a heading `{heading}`")));
    }
    Ok(version.to_owned())
}

/// The value of the first line `version = "…"` after `start`.
fn quoted_after<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let text = &text[text.find(start)?..];
    let line = text.lines().map(str::trim).find(|line| line.starts_with("version = \""))?;
    line.split('"').nth(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(module: &str, cargo: &str, changes: &str) -> Tree {
        let texts = [("MODULE.bazel", module), ("Cargo.toml", cargo), ("CHANGELOG.md", changes)];
        texts.into_iter().map(|(path, text)| (path.to_owned(), Entry::ours(text))).collect()
    }

    const MODULE: &str = "module(\n    name = \"m\",\n    version = \"1.2.3\",\n)\nbazel_dep(version = \"9\")\n";
    const CARGO: &str = "[workspace.package]\nversion = \"1.2.3\"\n";

    #[test]
    fn the_version_is_the_same_everywhere() {
        assert_eq!(version(&tree(MODULE, CARGO, "# Changes\n\n## 1.2.3 (a day)\n")).unwrap(), "1.2.3");
    }

    #[test]
    fn another_version_of_the_programs_is_refused() {
        let cargo = CARGO.replace("1.2.3", "1.2.4");
        let error = version(&tree(MODULE, &cargo, "## 1.2.3\n")).unwrap_err().to_string();
        assert!(error.contains("1.2.3 (MODULE.bazel)") && error.contains("1.2.4 (Cargo.toml)"), "{error}");
    }

    #[test]
    fn a_version_without_a_word_in_the_changelog_is_refused() {
        let error = version(&tree(MODULE, CARGO, "## 1.2.30\n## 1.2\n")).unwrap_err().to_string();
        assert!(error.contains("CHANGELOG.md says nothing of 1.2.3"), "{error}");
    }
}
