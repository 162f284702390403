//! The root module's MODULE.bazel, as far as the order of registrations goes: a dependency's toolchains come in the order
//! of the `bazel_dep`s, the root module's own before all of them.

/// A call in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Call {
    line: usize,
    text: String,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleFile {
    deps: Vec<Call>,
    registrations: Vec<Call>,
}

impl ModuleFile {
    /// Reads the text, without running it: calls within `include()`d files are not seen.
    pub fn read(text: &str) -> Self {
        let mut file = Self::default();
        let mut rest = text.lines().enumerate();
        while let Some((number, line)) = rest.next() {
            let start = line.trim_start();
            let calls = if start.starts_with("bazel_dep(") {
                &mut file.deps
            } else if start.starts_with("register_toolchains(") {
                &mut file.registrations
            } else {
                continue;
            };
            let mut text = line.to_owned();
            while !text.contains(')') {
                let Some((_, more)) = rest.next() else { break };
                text.push_str(more);
            }
            calls.push(Call { line: number + 1, text });
        }
        file
    }

    /// The line of the `bazel_dep` on a module.
    pub fn dep(&self, module: &str) -> Option<usize> {
        let name = format!("\"{module}\"");
        let is_named =
            |text: &str| text.split("name").any(|rest| rest.trim_start_matches([' ', '=']).starts_with(&name));
        self.deps.iter().find(|call| is_named(&call.text)).map(|call| call.line)
    }

    /// The line of the first `register_toolchains` that does not name the repository of this apparent name.
    pub fn other_registration(&self, ours: &str) -> Option<usize> {
        let ours = format!("@{ours}//");
        self.registrations.iter().find(|call| !call.text.contains(&ours)).map(|call| call.line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "module(name = \"own\")\n\
        # bazel_dep(name = \"rules_java\")\n\
        bazel_dep(name = \"rules_cc\", version = \"0.0.11\")\n\
        bazel_dep(\n    name = \"toolchains_go_race\",\n    version = \"0.1.0\",\n)\n\
        register_toolchains(\"@race//toolchain:all\")\n\
        register_toolchains(\n    \"//own:all\",\n)\n";

    #[test]
    fn the_lines_of_dependencies_are_found() {
        let file = ModuleFile::read(TEXT);
        assert_eq!((file.dep("rules_cc"), file.dep("toolchains_go_race")), (Some(3), Some(4)));
        assert_eq!(file.dep("rules_java"), None);
    }

    #[test]
    fn the_first_registration_of_others_is_found() {
        assert_eq!(ModuleFile::read(TEXT).other_registration("race"), Some(9));
        assert_eq!(ModuleFile::read(TEXT).other_registration("other"), Some(8));
    }
}
