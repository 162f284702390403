//! What the resolved toolchains say of themselves: RaceResolutionInfo of `//tools/doctor/resolution`.

use std::collections::BTreeMap;

use serde_json::Value;

/// The expression of `bazel cquery --output=starlark` that prints what [`Facts::read`] reads.
pub const EXPRESSION: &str = r#""\n".join([json.encode({"target": str(target.label), "facts": info.facts}) for name, info in providers(target).items() if name.endswith("%RaceResolutionInfo")])"#;

/// Facts, by target and name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts(BTreeMap<String, BTreeMap<String, String>>);

impl Facts {
    /// Reads the lines of `cquery`. A target that failed has none.
    pub fn read(text: &str) -> Self {
        let mut all = BTreeMap::new();
        for line in text.lines().filter(|line| line.starts_with('{')) {
            let Ok(value) = serde_json::from_str::<Value>(line) else { continue };
            let facts = value["facts"].as_object().into_iter().flatten();
            let facts = facts.filter_map(|(name, fact)| Some((name.clone(), fact.as_str()?.to_owned()))).collect();
            all.insert(value["target"].as_str().unwrap_or_default().to_owned(), facts);
        }
        Self(all)
    }

    /// A fact of the target whose label passes the test.
    pub fn get(&self, target: impl Fn(&str) -> bool, name: &str) -> Option<&str> {
        self.0.iter().find(|(label, _)| target(label))?.1.get(name).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_are_found_by_target_and_name() {
        let facts = Facts::read(
            "{\"facts\":{\"compiler\":\"/usr/bin/gcc\"},\"target\":\"@@ours~//a:cc_amd64\"}\n\n\
             {\"facts\":{},\"target\":\"@@ours~//a:tools_amd64\"}\n",
        );
        assert_eq!(facts.get(|label| label.ends_with(":cc_amd64"), "compiler"), Some("/usr/bin/gcc"));
        assert_eq!(facts.get(|label| label.ends_with(":tools_amd64"), "compiler"), None);
    }
}
