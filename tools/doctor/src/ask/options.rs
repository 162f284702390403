//! The options that count for a build: of the command line and of every bazelrc.

use serde_json::Value;

/// Options with their values, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options(Vec<(String, String)>);

impl Options {
    /// Reads a file of Bazel's build event protocol (`--build_event_json_file`): the canonical command line in it.
    pub fn of_events(text: &str) -> Self {
        let events = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let line = events
            .map(|event| event["structuredCommandLine"].clone())
            .find(|line| line["commandLineLabel"] == "canonical")
            .unwrap_or_default();
        let sections = line["sections"].as_array().cloned().unwrap_or_default();
        let options = sections
            .iter()
            .filter(|section| section["sectionLabel"] == "command options")
            .filter_map(|section| section["optionList"]["option"].as_array())
            .flatten();
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        Self(options.map(|option| (text(&option["optionName"]), text(&option["optionValue"]))).collect())
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Every value of an option.
    pub fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(option, _)| option == name).map(|(_, value)| value.as_str())
    }

    /// The value that counts of an option that has one.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().rev().find(|(option, _)| option == name).map(|(_, value)| value.as_str())
    }

    /// The folder that stands for a repository (`--override_repository`).
    pub fn override_of(&self, repository: &str) -> Option<&str> {
        let pairs = self.values("override_repository").filter_map(|value| value.split_once('='));
        pairs.filter(|(name, _)| *name == repository).last().map(|(_, folder)| folder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_those_of_the_canonical_command_line() {
        let options = Options::of_events(include_str!("../../tests/fixtures/events.json"));
        let distdirs: Vec<_> = options.values("distdir").collect();
        assert_eq!(distdirs, ["/cache/payload", "/cache/crates"]);
        assert_eq!(options.value("repository_cache"), Some("/cache/repositories"));
        assert_eq!(options.override_of("toolchains_go_race~~race~go_race_boot"), Some("/cache/rust/boot"));
        assert_eq!(options.value("platforms"), None);
    }
}
