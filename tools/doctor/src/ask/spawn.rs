//! What ran an action: `--execution_log_json_file`.

use serde_json::{Deserializer, Value};

/// The runner (`linux-sandbox`, `remote cache hit`, …) of the first action of this mnemonic.
pub fn runner(log: &str, mnemonic: &str) -> Option<String> {
    // JSON objects, one after the other.
    let mut spawns = Deserializer::from_str(log).into_iter::<Value>().map_while(Result::ok);
    spawns.find(|spawn| spawn["mnemonic"] == mnemonic)?["runner"].as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runner_is_that_of_the_mnemonic() {
        let log = "{\n  \"mnemonic\": \"Rustc\",\n  \"runner\": \"local\"\n}{\n  \"mnemonic\": \"RaceProbe\",\n  \"runner\": \"linux-sandbox\"\n}";
        assert_eq!(runner(log, "RaceProbe").as_deref(), Some("linux-sandbox"));
        assert_eq!(runner(log, "GoLink"), None);
    }
}
