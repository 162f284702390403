//! What `--toolchain_resolution_debug` of Bazel 7 writes: how each toolchain type was resolved, in the order in which
//! Bazel looked at the registered toolchains.

/// How one toolchain type was resolved for one target platform.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resolution {
    /// The toolchain type's label.
    pub toolchain_type: String,
    /// The target platform's label.
    pub platform: String,
    /// The toolchains that Bazel looked at, in the order of their registration, up to the first that fits.
    pub looked_at: Vec<Candidate>,
    /// The toolchain that was found, and the execution platform, for each execution platform.
    pub selected: Vec<Selection>,
}

/// A toolchain that Bazel looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The label of its implementation.
    pub toolchain: String,
    /// Why it was passed over; none if it fits the target.
    pub rejected: Option<String>,
}

/// A toolchain with the platform that it runs on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// The label of its implementation.
    pub toolchain: String,
    /// The execution platform's label.
    pub exec: String,
}

/// Everything that Bazel said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Debug {
    resolutions: Vec<Resolution>,
    /// Each line `Target platform …: Selected execution platform …`: platform, execution platform.
    chosen: Vec<(String, String)>,
}

impl Debug {
    /// Reads Bazel's standard error. Other lines do not matter.
    pub fn read(text: &str) -> Self {
        let mut debug = Self::default();
        for line in text.lines() {
            if let Some((_, said)) = line.split_once("ToolchainResolution: ") {
                debug.take(said.trim());
            }
        }
        debug
    }

    /// Whether nothing was read.
    pub fn is_empty(&self) -> bool {
        self.resolutions.is_empty()
    }

    /// How a toolchain type was resolved for a target platform, each of them a test of its label.
    pub fn find(&self, toolchain_type: impl Fn(&str) -> bool, platform: impl Fn(&str) -> bool) -> Option<&Resolution> {
        self.resolutions.iter().find(|found| toolchain_type(&found.toolchain_type) && platform(&found.platform))
    }

    /// What was selected in the end: of the execution platforms, Bazel takes one.
    pub fn selection<'a>(&'a self, resolution: &'a Resolution) -> Option<&'a Selection> {
        let chosen = self.chosen.iter().find(|(platform, _)| *platform == resolution.platform);
        resolution
            .selected
            .iter()
            .find(|selection| chosen.is_some_and(|(_, exec)| *exec == selection.exec))
            .or(resolution.selected.first())
    }

    fn take(&mut self, said: &str) {
        if let Some(rest) = said.strip_prefix("Performing resolution of ") {
            let (toolchain_type, platform) = rest.split_once(" for target platform ").unwrap_or((rest, ""));
            let (toolchain_type, platform) = (toolchain_type.to_owned(), platform.to_owned());
            self.resolutions.push(Resolution { toolchain_type, platform, ..Resolution::default() });
        } else if let Some(rest) = said.strip_prefix("Target platform ") {
            let chosen = rest.split_once(": Selected execution platform ");
            let exec = chosen.map(|(_, rest)| rest.split(", ").next().unwrap_or_default());
            self.chosen.extend(chosen.zip(exec).map(|((platform, _), exec)| (platform.into(), exec.into())));
        } else if let Some(resolution) = self.resolutions.last_mut() {
            resolution.take(said);
        }
    }
}

impl Resolution {
    fn take(&mut self, said: &str) {
        if let Some(rest) = said.strip_prefix("Rejected toolchain ") {
            let (toolchain, reason) = rest.split_once("; ").unwrap_or((rest, ""));
            self.looked_at.push(Candidate { toolchain: toolchain.into(), rejected: Some(reason.into()) });
        } else if let Some(rest) = said.strip_prefix("Toolchain ") {
            // Bazel 7.7.1 spells `plaform`.
            if let Some((toolchain, _)) = rest.split_once(" is compatible with target ") {
                self.looked_at.push(Candidate { toolchain: toolchain.into(), rejected: None });
            }
        } else if let Some(rest) = said.strip_prefix("Selected ")
            && let Some((toolchain, exec)) = rest.split_once(" to run on execution platform ")
        {
            self.selected.push(Selection { toolchain: toolchain.into(), exec: exec.into() });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CC: &str = "@@bazel_tools//tools/cpp:toolchain_type";

    fn read() -> Debug {
        Debug::read(include_str!("../../tests/fixtures/resolution_debug.txt"))
    }

    #[test]
    fn what_was_passed_over_and_what_was_selected_is_read() {
        let debug = read();
        let found = debug.find(|name| name == CC, |platform| platform.ends_with(":linux_amd64_cgo")).unwrap();
        assert_eq!(found.looked_at.len(), 2);
        assert_eq!(found.looked_at[0].rejected.as_deref(), Some("mismatching values: armv7, android"));
        assert_eq!(found.looked_at[1].rejected, None);
        let selection = debug.selection(found).unwrap();
        assert_eq!(selection.toolchain, "@@rules_cc~~cc_configure_extension~local_config_cc//:cc-compiler-k8");
        assert_eq!(selection.exec, "@@platforms//host:host");
    }

    #[test]
    fn a_pair_without_an_execution_platform_selects_nothing() {
        let debug = read();
        let found = debug.find(|name| name == CC, |platform| platform.ends_with(":pair_arm64_amd64_musl")).unwrap();
        assert_eq!(debug.selection(found), None);
        assert_eq!(found.looked_at.len(), 1);
    }

    #[test]
    fn other_lines_are_nothing() {
        assert!(Debug::read("INFO: Analyzed 3 targets\nERROR: no such package\n").is_empty());
    }
}
