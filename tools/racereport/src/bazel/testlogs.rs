//! The tree of test logs (`bazel-testlogs`), as Bazel's test runner lays it out.
//!
//! `PACKAGE/TARGET/test.log`, with `shard_1_of_2`, `run_1_of_5` or `shard_1_of_2_run_1_of_5` as one more folder, and
//! `test_attempts/attempt_1.log` beside it for the attempts before the last (Bazel's TestActionBuilder and TestRunnerAction).

use std::fs;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};

use super::{Log, Origin};

/// How deep a tree may be.
const DEPTH: usize = 64;

/// Every log below `tree`, in the order of their paths. `workspace` tells where packages begin.
pub fn logs(tree: &Path, workspace: Option<&Path>) -> Result<Vec<Log>> {
    let (mut found, mut folders) = (Vec::new(), vec![(tree.to_owned(), 0)]);
    let platform = platform_of(tree);
    while let Some((folder, depth)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|reason| Error::io("list", &folder, reason))? {
            let path = entry.map_err(|reason| Error::io("list", &folder, reason))?.path();
            if path.is_dir() && depth < DEPTH {
                folders.push((path, depth + 1));
            } else if path.extension().is_some_and(|extension| extension == "log")
                && let Ok(inside) = path.strip_prefix(tree)
                && let Some(origin) = origin(inside, workspace, &platform)
            {
                found.push(Log { path, origin });
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The trees of a workspace: that of `bazel-testlogs`, and those of other configurations, as `go_test(race = "on")` has one.
pub fn trees(workspace: &Path) -> Vec<PathBuf> {
    let main = workspace.join("bazel-testlogs");
    let mut trees: Vec<PathBuf> = main.is_dir().then_some(main.clone()).into_iter().collect();
    // bazel-testlogs is a link to bazel-out/CONFIGURATION/testlogs.
    let Ok(real) = fs::canonicalize(&main) else { return trees };
    let Some(out) = real.parent().and_then(Path::parent) else { return trees };
    let entries = fs::read_dir(out).into_iter().flatten().flatten();
    let others = entries.map(|entry| entry.path().join("testlogs")).filter(|path| path.is_dir());
    let mut others: Vec<PathBuf> =
        others.filter(|path| fs::canonicalize(path).is_ok_and(|path| path != real)).collect();
    others.sort();
    trees.extend(others);
    trees
}

/// The folder of the configuration: `k8-fastbuild` of `…/bazel-out/k8-fastbuild/testlogs`.
fn platform_of(tree: &Path) -> String {
    let real = fs::canonicalize(tree).unwrap_or_else(|_| tree.to_owned());
    let mut parts = real.iter().skip_while(|part| *part != "bazel-out").skip(1);
    parts.next().map(|part| part.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Whose log a path of the tree is: None if it is no test's.
fn origin(inside: &Path, workspace: Option<&Path>, platform: &str) -> Option<Origin> {
    let mut parts: Vec<String> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let mut origin = Origin { platform: platform.to_owned(), ..Origin::default() };
    let file = parts.pop()?;
    if let Some(attempt) = file.strip_prefix("attempt_").and_then(|rest| rest.strip_suffix(".log")) {
        origin.attempt = attempt.parse().ok()?;
        parts.pop().filter(|folder| folder == "test_attempts")?;
    } else if file != "test.log" {
        return None;
    }
    if let Some((shard, run)) = parts.last().and_then(|folder| numbers(folder)) {
        (origin.shard, origin.run) = (shard, run);
        parts.pop();
    }
    origin.label = label(&parts, workspace);
    Some(origin)
}

/// The shard and the run of `shard_1_of_2_run_3_of_4`, of which either half may be missing.
fn numbers(folder: &str) -> Option<(u32, u32)> {
    let words: Vec<&str> = folder.split('_').collect();
    let number = |kind: &str, words: &[&str]| match words {
        [first, number, "of", _] if *first == kind => number.parse().ok(),
        _ => None,
    };
    match words.len() {
        4 => number("shard", &words).map(|shard| (shard, 0)).or_else(|| number("run", &words).map(|run| (0, run))),
        8 => Some((number("shard", &words[..4])?, number("run", &words[4..])?)),
        _ => None,
    }
}

/// The label of a folder of the tree. Where the package ends, only the workspace knows; else at the last folder.
fn label(parts: &[String], workspace: Option<&Path>) -> Option<String> {
    let (repository, parts) = match parts {
        [first, repository, rest @ ..] if first == "external" => (format!("@@{repository}"), rest),
        _ => (String::new(), parts),
    };
    let is_package = |length: &usize| {
        let folder = workspace.map(|folder| folder.join(parts[..*length].join("/")));
        folder.is_some_and(|folder| ["BUILD.bazel", "BUILD"].iter().any(|file| folder.join(file).is_file()))
    };
    let usual = parts.len().checked_sub(1)?;
    let length = if repository.is_empty() { (0..=usual).rev().find(is_package).unwrap_or(usual) } else { usual };
    Some(format!("{repository}//{}:{}", parts[..length].join("/"), parts[length..].join("/")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str, workspace: Option<&Path>) -> (String, u32, u32, u32) {
        let origin = origin(Path::new(path), workspace, "").unwrap();
        (origin.label.unwrap(), origin.shard, origin.run, origin.attempt)
    }

    #[test]
    fn paths_say_whose_log_it_is() {
        for (path, label, shard, run, attempt) in [
            ("a/b/c_test/test.log", "//a/b:c_test", 0, 0, 0),
            ("c_test/test.log", "//:c_test", 0, 0, 0),
            ("a/c_test/shard_2_of_3/test.log", "//a:c_test", 2, 0, 0),
            ("a/c_test/run_4_of_5/test.log", "//a:c_test", 0, 4, 0),
            ("a/c_test/shard_2_of_3_run_4_of_5/test_attempts/attempt_1.log", "//a:c_test", 2, 4, 1),
            ("external/other~/a/c_test/test.log", "@@other~//a:c_test", 0, 0, 0),
        ] {
            assert_eq!(of(path, None), (label.to_owned(), shard, run, attempt), "{path}");
        }
        assert!(origin(Path::new("a/c_test/other.log"), None, "").is_none());
    }

    #[test]
    fn a_target_may_have_a_slash_in_its_name() {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir_all(dir.path().join("a")).unwrap();
        fs::write(dir.path().join("a/BUILD.bazel"), "").unwrap();
        assert_eq!(of("a/b/c_test/test.log", Some(dir.path())).0, "//a:b/c_test");
    }
}
