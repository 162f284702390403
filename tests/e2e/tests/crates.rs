//! What Bazel builds the tools with is what cargo does.

use e2e::Setup;

#[test]
fn the_crates_of_the_tools_are_those_of_the_cargo_lock() {
    let repo = Setup::get().repo;
    let read = |path: &str| std::fs::read_to_string(repo.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
    let lock = read("Cargo.lock");
    let crates = read("third_party/crates/crates.bzl");
    // Lines of the form: "name": ("version", "sha256"),
    let entries: Vec<Vec<&str>> = crates
        .lines()
        .filter(|line| line.starts_with("    \""))
        .map(|line| line.split('"').skip(1).step_by(2).collect())
        .collect();
    assert!(!entries.is_empty(), "no crates in {crates}");
    for entry in entries {
        let [name, version, sha256] = entry[..] else { panic!("not a name, a version and a SHA-256: {entry:?}") };
        let found = lock.split("[[package]]").any(|package| {
            [format!("name = \"{name}\""), format!("version = \"{version}\""), format!("checksum = \"{sha256}\"")]
                .iter()
                .all(|line| package.contains(line))
        });
        assert!(found, "{name} {version} is not in Cargo.lock: run ./dev crates");
    }
}
