//! What a release says of where it is: to a registry, and to its own module.

use std::collections::BTreeMap;

use release::{archive, module, registry, source};
use serde_json::{Value, json};
use sysroot::select::{Entry, Tree};

const RELEASE: &str = "toolchain/prebuilt/release.json";

fn checkout() -> Tree {
    let texts = [
        (".bcr/metadata.template.json", "{\"homepage\": \"h\", \"versions\": []}"),
        (".bcr/presubmit.yml", "bcr_test_module: {}\n"),
        ("MODULE.bazel", "module(name = \"m\", version = \"1.2.3\")\n"),
        (RELEASE, "{\"version\": 1, \"urls\": [], \"tools\": {}}"),
    ];
    texts.into_iter().map(|(path, text)| (path.to_owned(), Entry::ours(text))).collect()
}

fn json_of(tree: &Tree, path: &str) -> Value {
    serde_json::from_str(source::text(tree, path).unwrap()).unwrap()
}

#[test]
fn the_entry_names_the_archive_its_digest_and_the_first_url() {
    let urls = ["https://one.example/1.2.3/".to_owned(), "https://two.example".to_owned()];
    let entry = registry::entry(&checkout(), "1.2.3", b"", &urls).unwrap();
    let folder = "modules/toolchains_go_race";
    let source = json_of(&entry, &format!("{folder}/1.2.3/source.json"));
    // The digest of nothing.
    let integrity = "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
    let (url, prefix) = ("https://one.example/1.2.3/toolchains_go_race-1.2.3.tar.gz", "toolchains_go_race-1.2.3");
    assert_eq!(source, json!({"integrity": integrity, "strip_prefix": prefix, "url": url}));
    let metadata = json_of(&entry, &format!("{folder}/metadata.json"));
    assert_eq!(metadata, json!({"homepage": "h", "versions": ["1.2.3"]}));
    assert_eq!(entry[&format!("{folder}/1.2.3/MODULE.bazel")], checkout()["MODULE.bazel"]);
}

#[test]
fn without_a_url_no_host_is_named() {
    let entry = registry::entry(&checkout(), "1.2.3", b"", &[]).unwrap();
    let source = json_of(&entry, "modules/toolchains_go_race/1.2.3/source.json");
    assert!(source["url"].as_str().unwrap().starts_with("file:///toolchains_go_race/no-mirror/"), "{source}");
}

#[test]
fn the_module_names_its_tools_and_a_release_of_a_release_is_refused() {
    let mut tree = checkout();
    let tools = BTreeMap::from([("amd64".to_owned(), ("t.tar.gz".to_owned(), "00".to_owned()))]);
    module::complete(&mut tree, &tools, &["https://one.example".to_owned()]).unwrap();
    let expected = json!({
        "version": 1, "urls": ["https://one.example"], "tools": {"amd64": {"file": "t.tar.gz", "sha256": "00"}},
    });
    assert_eq!(json_of(&tree, RELEASE), expected);
    let error = module::complete(&mut tree, &tools, &[]).unwrap_err().to_string();
    assert!(error.contains("is not that of a checkout") && error.contains("next:"), "{error}");
}

#[test]
fn an_archive_says_nothing_of_time_owner_or_machine() {
    let packed = archive::pack(&checkout(), "m-1").unwrap();
    assert_eq!(packed, archive::pack(&checkout(), "m-1").unwrap());
    assert_eq!(packed[..10], [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255], "gzip's header: no time, no name, no system");
    let mut tar = tar::Archive::new(flate2::read::GzDecoder::new(&packed[..]));
    for entry in tar.entries().unwrap() {
        let header = entry.unwrap().header().clone();
        let numbers = (header.mtime().unwrap(), header.uid().unwrap(), header.gid().unwrap(), header.mode().unwrap());
        assert_eq!(numbers, (0, 0, 0, 0o644));
        assert!(header.path().unwrap().starts_with("m-1"), "{:?}", header.path());
    }
}
