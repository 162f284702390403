//! What a bundle has, with sizes and who asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::contents::Contents;
use crate::manifest::Manifest;
use crate::progress::size;

/// A thing in the bundle.
struct Item {
    /// `archive`, `module`, `repository`, `Go module`, …
    kind: &'static str,
    name: String,
    bytes: u64,
    files: usize,
    asked_by: BTreeSet<String>,
}

/// The manifest and the items, as a table for people.
pub fn text(manifest: &Manifest, contents: &Contents) -> String {
    let mut text = String::new();
    for workspace in &manifest.workspaces {
        let platforms: Vec<&str> = workspace.platforms.iter().map(String::as_str).collect();
        let warm = if workspace.warm { ", with results of actions" } else { "" };
        let _ =
            writeln!(text, "{}: {} for {}{warm}", workspace.name, workspace.arguments.join(" "), platforms.join(", "));
    }
    let _ = writeln!(text, "bundled by Bazel {}\n", manifest.bazel);
    let items = items(manifest, contents);
    let name_width = items.iter().map(|item| item.name.len()).max().unwrap_or(0);
    for item in &items {
        let asked_by: Vec<&str> = item.asked_by.iter().map(String::as_str).collect();
        let line =
            format!("{:>10}  {:<10}  {:<name_width$}  {}", size(item.bytes), item.kind, item.name, asked_by.join(", "));
        let _ = writeln!(text, "{}", line.trim_end());
    }
    let _ = writeln!(text, "{:>10}  in {} files", size(contents.size()), contents.0.len());
    text
}

/// The same for programs: sizes are in bytes.
pub fn json(manifest: &Manifest, contents: &Contents) -> Value {
    let workspaces: Vec<Value> = manifest
        .workspaces
        .iter()
        .map(|workspace| {
            json!({
                "name": workspace.name, "platforms": workspace.platforms, "arguments": workspace.arguments,
                "warm": workspace.warm,
            })
        })
        .collect();
    let items: Vec<Value> = items(manifest, contents)
        .iter()
        .map(|item| {
            json!({
                "kind": item.kind, "name": item.name, "bytes": item.bytes, "files": item.files, "asked_by": item.asked_by,
            })
        })
        .collect();
    json!({ "bazel": manifest.bazel, "workspaces": workspaces, "items": items, "bytes": contents.size(),
        "files": contents.0.len() })
}

/// The largest first.
fn items(manifest: &Manifest, contents: &Contents) -> Vec<Item> {
    let mut items: BTreeMap<(&'static str, String), Item> = BTreeMap::new();
    for (path, record) in &contents.0 {
        let (kind, name) = classify(path, manifest);
        let item = items.entry((kind, name.clone())).or_insert_with(|| {
            let asked_by = asked_by(path, manifest);
            Item { kind, name, bytes: 0, files: 0, asked_by }
        });
        item.bytes += record.size;
        item.files += 1;
    }
    let mut items: Vec<Item> = items.into_values().collect();
    items.sort_by(|one, other| other.bytes.cmp(&one.bytes).then_with(|| one.name.cmp(&other.name)));
    items
}

fn classify(path: &str, manifest: &Manifest) -> (&'static str, String) {
    let parts: Vec<&str> = path.split('/').collect();
    match parts[..] {
        ["repository_cache", _, _, sha256, ..] => {
            let archive = manifest.workspaces.iter().find_map(|workspace| workspace.archives.get(sha256));
            match archive {
                Some(archive) => ("archive", archive.file.clone()),
                None => ("download", sha256[..16.min(sha256.len())].to_owned()),
            }
        }
        ["modules", folder, ..] => ("module", without_digest(folder)),
        ["repositories", folder, ..] => ("repository", without_digest(folder)),
        ["registry", "modules", module, ..] => ("registry", module.to_owned()),
        ["goproxy", ..] => {
            let module = path.trim_start_matches("goproxy/").split("/@v/").next().unwrap_or(path);
            ("Go module", module.to_owned())
        }
        ["disk_cache", ..] => ("results", "disk_cache".to_owned()),
        _ => ("file", path.to_owned()),
    }
}

/// The repositories that ask for an archive; the workspaces that need a folder.
fn asked_by(path: &str, manifest: &Manifest) -> BTreeSet<String> {
    let parts: Vec<&str> = path.splitn(5, '/').collect();
    let mut asked_by = BTreeSet::new();
    for workspace in &manifest.workspaces {
        match parts[..] {
            ["repository_cache", _, _, sha256, ..] => {
                asked_by.extend(workspace.archives.get(sha256).map(|archive| archive.repository.clone()));
            }
            ["modules" | "repositories", folder, ..] => {
                let mut all = workspace.modules.values().chain(workspace.repositories.values());
                if all.any(|path| path.split('/').nth(1) == Some(folder)) {
                    asked_by.insert(workspace.name.clone());
                }
            }
            _ => {}
        }
    }
    asked_by
}

/// Folders are named `NAME-DIGEST`.
fn without_digest(folder: &str) -> String {
    folder.rsplit_once('-').map_or(folder, |(name, _)| name).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contents::{Kind, Record};
    use crate::manifest::{Archive, Workspace};

    fn bundle() -> (Manifest, Contents) {
        let digest = "33f57a5c2add7728".repeat(4);
        let workspace = Workspace {
            name: "hello".into(),
            platforms: ["linux/amd64".into(), "linux/arm64".into()].into(),
            arguments: vec!["//...".into()],
            modules: [("rules_go".into(), "modules/rules_go-12".into())].into(),
            archives: [(digest.clone(), Archive { file: "llvm.tar.zst".into(), repository: "race~llvm".into() })]
                .into(),
            ..Workspace::default()
        };
        let manifest = Manifest { bazel: "7.7.1".into(), workspaces: vec![workspace], contents: String::new() };
        let paths = [
            (format!("repository_cache/content_addressable/sha256/{digest}/file"), 3000),
            ("repository_cache/content_addressable/sha256/aaaabbbbccccddddeeee/file".into(), 10),
            ("modules/rules_go-12/a".into(), 20),
            ("modules/rules_go-12/b".into(), 30),
            ("goproxy/example.com/m/@v/v1.zip".into(), 5),
            ("goproxy/example.com/m/@v/v1.mod".into(), 1),
            ("airgap".into(), 100),
        ];
        let record = |size| Record { sha256: String::new(), size, kind: Kind::File };
        (manifest, Contents(paths.map(|(path, size)| (path, record(size))).into()))
    }

    #[test]
    fn each_thing_is_a_line_with_its_size_and_who_asks() {
        let (manifest, contents) = bundle();
        let text = text(&manifest, &contents);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines[0], "hello: //... for linux/amd64, linux/arm64");
        let words: Vec<Vec<&str>> = lines[3..].iter().map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(words[0], ["2.93", "KiB", "archive", "llvm.tar.zst", "race~llvm"]);
        assert_eq!(words[1], ["100", "B", "file", "airgap"]);
        assert_eq!(words[2], ["50", "B", "module", "rules_go", "hello"]);
        assert_eq!(words[3], ["10", "B", "download", "aaaabbbbccccdddd"]);
        assert_eq!(words[4], ["6", "B", "Go", "module", "example.com/m"]);
        assert_eq!(words[5], ["3.09", "KiB", "in", "7", "files"]);
    }

    #[test]
    fn programs_get_bytes() {
        let (manifest, contents) = bundle();
        let json = json(&manifest, &contents);
        assert_eq!((&json["items"][0]["bytes"], &json["items"][2]["files"]), (&3000.into(), &2.into()));
        assert_eq!(json["bytes"], 3166);
    }
}
