//! Labels as Bazel writes them, and whose they are.

/// The repository's part of a canonical label: `rules_cc~` of `@@rules_cc~//cc:defs`. Bazel leaves it out for the main one.
pub fn repository(label: &str) -> &str {
    label.strip_prefix("@@").unwrap_or(label).split("//").next().unwrap_or_default()
}

/// The module that a canonical repository name belongs to: `rules_cc` of `rules_cc~~cc_configure_extension~local_config_cc`.
///
/// `~` separates the parts up to Bazel 7, `+` from Bazel 8 on; `_main` and the empty name are the root module's.
pub fn module(repository: &str) -> Option<&str> {
    let name = repository.split(['~', '+']).next().unwrap_or_default();
    (!name.is_empty() && name != "_main").then_some(name)
}

/// Who a toolchain is from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Owner {
    /// This module.
    Ours,
    /// The machine: its compiler was found by a module's extension, or it is run by an absolute path.
    Host,
    /// The root module.
    Root,
    /// Another module, by its name.
    Module(String),
}

impl Owner {
    /// The owner of the toolchain of this label, where this module's repository is `ours`, and whose compiler, if it is
    /// known, is the given one.
    pub fn of(label: &str, ours: &str, compiler: Option<&str>) -> Self {
        let repository = repository(label);
        if repository == ours {
            Self::Ours
        } else if compiler.is_some_and(|path| path.starts_with('/')) || repository.contains("cc_configure_extension") {
            Self::Host
        } else {
            module(repository).map_or(Self::Root, |name| Self::Module(name.to_owned()))
        }
    }

    /// Its name in JSON.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Ours => "ours",
            Self::Host => "host",
            Self::Root => "root",
            Self::Module(_) => "module",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_are_told_apart_with_the_separators_of_every_bazel() {
        let of = |label| Owner::of(label, "toolchains_go_race~", None);
        assert_eq!(of("@@toolchains_go_race~//toolchain:cc_amd64_amd64"), Owner::Ours);
        assert_eq!(of("@@rules_cc~~cc_configure_extension~local_config_cc//:cc-compiler-k8"), Owner::Host);
        assert_eq!(of("@@rules_cc++cc_configure_extension+local_config_cc//:cc-compiler-k8"), Owner::Host);
        assert_eq!(of("@@toolchains_llvm~~llvm~llvm//:cc"), Owner::Module("toolchains_llvm".into()));
        assert_eq!(of("@@//own:cc"), Owner::Root);
        assert_eq!(of("//own:cc"), Owner::Root);
        assert_eq!(Owner::of("//toolchain:cc_amd64_amd64", "", None), Owner::Ours);
    }

    #[test]
    fn whoever_runs_a_compiler_by_an_absolute_path_runs_the_hosts() {
        assert_eq!(Owner::of("@@//own:cc", "ours~", Some("/usr/bin/clang")), Owner::Host);
        assert_eq!(Owner::of("@@//own:cc", "ours~", Some("external/llvm/bin/clang")), Owner::Root);
    }
}
