//! The shortest command that shows a race again.

use std::fs;
use std::path::Path;

/// What commands need to know of the workspace and of the run that was read.
#[derive(Clone, Debug)]
pub struct Rerun {
    /// The options that choose what is built.
    options: Vec<String>,
}

/// A test to run again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'a> {
    /// Its label.
    pub label: Option<&'a str>,
    /// The import path, where there is no label.
    pub package: Option<&'a str>,
    /// The test's name, `TestA/subtest`.
    pub test: Option<&'a str>,
    /// Whether other runs of the same test had no race.
    pub sometimes: bool,
    /// The order of the tests, if it was shuffled.
    pub seed: Option<&'a str>,
}

impl Rerun {
    /// With the options of a run, or without a run (`None`) with rules_go's flag under the name of this workspace.
    pub fn new(options: Option<Vec<String>>, workspace: Option<&Path>) -> Self {
        Rerun { options: options.unwrap_or_else(|| vec![format!("--@{}//go/config:race", rules_go(workspace))]) }
    }

    /// The command, if anything is known of the test.
    pub fn command(&self, target: Target<'_>) -> Option<String> {
        // `go test -run` takes the names level by level; Bazel's filter is passed on as it is.
        let pattern = target.test.map(|test| {
            let levels: Vec<String> = test.split('/').map(|level| format!("^{}$", escaped(level))).collect();
            levels.join("/")
        });
        let Some(label) = target.label else {
            let package = target.package?;
            let run = pattern.map(|pattern| format!(" -run {}", quoted(&pattern))).unwrap_or_default();
            return Some(format!("go test -race{run} {}", quoted(package)));
        };
        let mut words = vec!["bazel".to_owned(), "test".to_owned(), label.to_owned()];
        words.extend(self.options.iter().cloned());
        words.extend(pattern.map(|pattern| format!("--test_filter={pattern}")));
        words.extend(target.seed.map(|seed| format!("--test_arg=-test.shuffle={seed}")));
        if target.sometimes {
            words.push("--runs_per_test=20".to_owned());
        }
        Some(words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "))
    }
}

fn escaped(level: &str) -> String {
    let special = |letter: char| r"\.+*?()|[]{}^$".contains(letter);
    level.chars().flat_map(|letter| special(letter).then_some('\\').into_iter().chain([letter])).collect()
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"@%+=:,./-_~^".contains(&byte);
    // A `$` at the end of a word is itself.
    let bare = word.strip_suffix('$').unwrap_or(word);
    match !word.is_empty() && !word.starts_with('~') && bare.bytes().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

/// The name that a workspace has given to rules_go: that of its `bazel_dep`, else the usual one.
fn rules_go(workspace: Option<&Path>) -> String {
    let text = workspace.and_then(|folder| fs::read_to_string(folder.join("MODULE.bazel")).ok()).unwrap_or_default();
    let own = text.split("bazel_dep(").skip(1).filter_map(|call| call.split(')').next());
    let Some(call) = own.into_iter().find(|call| call.contains("\"rules_go\"")) else {
        return "io_bazel_rules_go".to_owned();
    };
    let named = call.split("repo_name").nth(1).and_then(|rest| rest.split('"').nth(1));
    named.unwrap_or("rules_go").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_has_what_is_useful_and_no_more() {
        let rerun = Rerun::new(None, None);
        let target = Target { label: Some("//a:b_test"), test: Some("TestA"), ..Target::default() };
        let usual = "bazel test //a:b_test --@io_bazel_rules_go//go/config:race --test_filter=^TestA$";
        assert_eq!(rerun.command(target).unwrap(), usual);
        assert_eq!(rerun.command(Target { sometimes: true, ..target }).unwrap(), format!("{usual} --runs_per_test=20"));
        let seeded = Target { seed: Some("7"), ..target };
        assert_eq!(rerun.command(seeded).unwrap(), format!("{usual} --test_arg=-test.shuffle=7"));
    }

    #[test]
    fn names_are_escaped_for_the_pattern_and_for_the_shell() {
        let rerun = Rerun::new(Some(vec![]), None);
        let target = Target { label: Some("//a:b"), test: Some("TestA/it's_(x)"), ..Target::default() };
        assert_eq!(rerun.command(target).unwrap(), r"bazel test //a:b '--test_filter=^TestA$/^it'\''s_\(x\)$'");
    }

    #[test]
    fn without_a_label_it_is_go_test() {
        let target = Target { package: Some("example.com/a"), test: Some("TestA"), ..Target::default() };
        assert_eq!(Rerun::new(None, None).command(target).unwrap(), "go test -race -run ^TestA$ example.com/a");
    }

    #[test]
    fn the_flag_is_spelled_as_the_workspace_spells_it() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("MODULE.bazel"), "bazel_dep(name = \"rules_go\", version = \"0.65.0\")\n").unwrap();
        let target = Target { label: Some("//a:b"), ..Target::default() };
        assert_eq!(
            Rerun::new(None, Some(dir.path())).command(target).unwrap(),
            "bazel test //a:b --@rules_go//go/config:race"
        );
    }
}
