//! What a build missed, read from what Bazel said.

use std::collections::BTreeSet;

/// Something that the bundle has not got.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap {
    /// What it is: a URL, a module, an archive, a Go module.
    pub what: String,
    /// The repository, module or target that asks for it, if Bazel says.
    pub asked_by: String,
}

/// The gaps, in the order in which Bazel tells them.
pub fn gaps(text: &str) -> Vec<Gap> {
    let text = without_colors(text);
    let mut gaps: Vec<Gap> = Vec::new();
    let mut repository = None;
    for line in text.lines() {
        repository = between(line, "fetch of repository '", "'").or(repository);
        let Some(what) = missing(line) else { continue };
        if !gaps.iter().any(|gap| gap.what == what) {
            let asks = repository.map(|name| name.trim_start_matches("@@")).map(|name| match target(&text, name) {
                Some(target) => format!("the repository {name}, which {target} needs"),
                None => format!("the repository {name}"),
            });
            gaps.push(Gap {
                what,
                asked_by: module(line).or(asks).unwrap_or_else(|| "what Bazel names above".to_owned()),
            });
        }
    }
    gaps
}

/// The target that needs a repository: `FILE:1:2: //a:b depends on @@repository//:c in repository @@repository which failed to
/// fetch`.
fn target<'a>(text: &'a str, repository: &str) -> Option<&'a str> {
    let depends = format!(" depends on @@{repository}//");
    let (before, _) = text.lines().find_map(|line| line.split_once(&depends))?;
    before.rsplit(' ').next()
}

/// The canonical names of repositories that could not be made.
pub fn repositories(text: &str) -> BTreeSet<String> {
    let text = without_colors(text);
    let mut names = BTreeSet::new();
    for line in text.lines() {
        for (start, end) in [("fetch of repository '", "'"), ("no such package '@@", "//"), ("in repository @@", " ")] {
            let name = between(line, start, end).map(|name| name.trim_start_matches("@@"));
            if let Some(name) = name.filter(|name| !name.is_empty() && !name.contains('/')) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

fn missing(line: &str) -> Option<String> {
    // What our own extension says of an archive.
    if let Some(name) = between(line, "toolchains_go_race: the archive ", " is missing") {
        return Some(format!("the archive {name}"));
    }
    // A module that no registry has.
    if let Some(module) = between(line, "module ", " not found in registries") {
        return Some(format!("the module {}", module.rsplit(' ').next().unwrap_or(module)));
    }
    // A Go module, as the go command says of a GOPROXY that is a folder.
    if let Some(path) = between(line, "/goproxy/", ": no such file") {
        return path.split_once("/@v/").map(|(module, file)| {
            let version = file.rsplit_once('.').map_or(file, |(version, _)| version);
            format!("the Go module {module} {version}")
        });
    }
    // What nobody may download: DOWNLOADER_TEXT.
    let urls = between(line, "blocked all URLs: [", "]").filter(|_| !line.contains("WARNING"))?;
    let url = urls.split(", ").next().unwrap_or(urls);
    // By which rules_go finds an SDK.
    let index =
        if url.starts_with("https://go.dev/dl/") { "a Go SDK, and the index that has its digest: " } else { "" };
    Some(format!("{index}{url}"))
}

/// Who asks for a module.
fn module(line: &str) -> Option<String> {
    let chain = between(line, "in module dependency chain ", ": module")?;
    Some(chain.rsplit(" -> ").nth(1).map_or_else(
        || "MODULE.bazel".into(),
        |module| match module {
            "<root>" => "MODULE.bazel".to_owned(),
            module => format!("the module {module}"),
        },
    ))
}

fn between<'a>(line: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(start)?;
    rest.split_once(end).map(|(found, _)| found)
}

/// Without the escape sequences by which Bazel colours and overwrites on a terminal.
fn without_colors(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        plain += before;
        rest = after.split_once(|letter: char| letter.is_ascii_alphabetic()).map_or("", |(_, rest)| rest);
    }
    plain + rest
}

/// The gaps as lines: what, and who asks.
pub fn told(gaps: &[Gap]) -> String {
    let lines: Vec<String> = gaps.iter().map(|gap| format!("{}, asked for by {}", gap.what, gap.asked_by)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Gap {
        <[Gap; 1]>::try_from(gaps(text)).unwrap()[0].clone()
    }

    // What Bazel 7.7.1 said, without the middle of long paths.

    const ARCHIVE: &str = r#"ERROR: /base/external/r~/extensions/private/archive_repository.bzl:24:37: An error occurred during the fetch of repository 'toolchains_go_race~~race~go_race_lib_arm64':
   Traceback (most recent call last):
Error in fail:
toolchains_go_race: the archive sysroot_lib_arm64.tar.zst is missing.
  what:  no source had a file with SHA-256 0d3ffe84303deab6901fc62636c57df2b427de316d4a77abd2b107fef39cd026.
ERROR: no such package '@@toolchains_go_race~~race~go_race_lib_arm64//':
toolchains_go_race: the archive sysroot_lib_arm64.tar.zst is missing.
ERROR: /base/external/r~/toolchain/BUILD.bazel:169:14: @@r~//toolchain:lib_arm64 depends on @@toolchains_go_race~~race~go_race_lib_arm64//:archive in repository @@toolchains_go_race~~race~go_race_lib_arm64 which failed to fetch. no such package '@@toolchains_go_race~~race~go_race_lib_arm64//':
"#;

    const DOWNLOAD: &str = r#"ERROR: /base/external/bazel_tools/tools/build_defs/repo/http.bzl:136:45: An error occurred during the fetch of repository '_main~_repo_rules~zz':
   Traceback (most recent call last):
Error in download_and_extract: java.io.IOException: Cache miss and no url specified - Configured URL rewriter blocked all URLs: [https://example.com/zz.tar.gz, https://mirror.example.com/zz.tar.gz] - it is not in the bundle
ERROR: /work/uses/BUILD.bazel:1:10: //uses:uses depends on @@_main~_repo_rules~zz//:file in repository @@_main~_repo_rules~zz which failed to fetch. no such package '@@_main~_repo_rules~zz//': java.io.IOException: Cache miss and no url specified - Configured URL rewriter blocked all URLs: [https://example.com/zz.tar.gz, https://mirror.example.com/zz.tar.gz] - it is not in the bundle
"#;

    const MODULE: &str = "\u{1b}[31m\u{1b}[1mERROR: \u{1b}[0mError computing the main repository mapping: in module dependency chain <root> -> nowhere@1.2.3: module nowhere@1.2.3 not found in registries:
* file:///bundle/registry/modules/nowhere/1.2.3/MODULE.bazel: not found
";

    const SDK: &str = r#"WARNING: Download from https://go.dev/dl/?mode=json&include=all failed: Configured URL rewriter blocked all URLs: [https://go.dev/dl/?mode=json&include=all] - it is not in the bundle
ERROR: /base/external/rules_go~/go/private/sdk.bzl:586:26: An error occurred during the fetch of repository 'rules_go~~go_sdk~other':
Error in download: java.io.IOException: Configured URL rewriter blocked all URLs: [https://go.dev/dl/?mode=json&include=all, https://golang.google.cn/dl/?mode=json&include=all] - it is not in the bundle
ERROR: /work/tally/BUILD.bazel:10:8: //tally:tally_test depends on @@rules_go~~go_sdk~other//:go_linux_amd64-impl in repository @@rules_go~~go_sdk~other which failed to fetch. no such package '@@rules_go~~go_sdk~other//': java.io.IOException: Configured URL rewriter blocked all URLs: [https://go.dev/dl/?mode=json&include=all, https://golang.google.cn/dl/?mode=json&include=all] - it is not in the bundle
"#;

    #[test]
    fn an_archive_is_named_with_who_needs_it() {
        let gap = one(ARCHIVE);
        assert_eq!(gap.what, "the archive sysroot_lib_arm64.tar.zst");
        let asked_by =
            "the repository toolchains_go_race~~race~go_race_lib_arm64, which @@r~//toolchain:lib_arm64 needs";
        assert_eq!(gap.asked_by, asked_by);
    }

    #[test]
    fn a_download_is_named_by_its_first_url() {
        let gap = one(DOWNLOAD);
        assert_eq!(gap.what, "https://example.com/zz.tar.gz");
        assert_eq!(gap.asked_by, "the repository _main~_repo_rules~zz, which //uses:uses needs");
    }

    #[test]
    fn a_module_is_named_with_the_module_that_asks() {
        let gap = one(MODULE);
        assert_eq!((gap.what.as_str(), gap.asked_by.as_str()), ("the module nowhere@1.2.3", "MODULE.bazel"));
        let deeper = MODULE.replace("<root> -> nowhere", "<root> -> a@1 -> nowhere");
        assert_eq!(one(&deeper).asked_by, "the module a@1");
    }

    #[test]
    fn an_sdk_is_called_one() {
        let gap = one(SDK);
        assert_eq!(gap.what, "a Go SDK, and the index that has its digest: https://go.dev/dl/?mode=json&include=all");
        assert_eq!(gap.asked_by, "the repository rules_go~~go_sdk~other, which //tally:tally_test needs");
    }

    const GO_MODULE: &str = r#"ERROR: /base/external/gazelle~/internal/go_repository.bzl:333:13: An error occurred during the fetch of repository 'gazelle~~go_deps~com_github_google_uuid':
Error in fail: gazelle~~go_deps~com_github_google_uuid: fetch_repo: github.com/google/uuid@v1.6.0: reading file:///media/bundle/goproxy/github.com/google/uuid/@v/v1.6.0.info: no such file or directory
exit status 1
ERROR: gazelle~~go_deps~com_github_google_uuid: fetch_repo: github.com/google/uuid@v1.6.0: reading file:///media/bundle/goproxy/github.com/google/uuid/@v/v1.6.0.info: no such file or directory
"#;

    #[test]
    fn a_go_module_is_named_with_its_version() {
        let gap = one(GO_MODULE);
        assert_eq!(gap.what, "the Go module github.com/google/uuid v1.6.0");
        assert_eq!(gap.asked_by, "the repository gazelle~~go_deps~com_github_google_uuid");
    }

    #[test]
    fn other_failures_are_no_gaps() {
        assert_eq!(gaps("ERROR: /work/a.go:1:2: undefined: x\nERROR: Build did NOT complete successfully\n"), []);
    }

    #[test]
    fn repositories_that_cannot_be_made_are_found() {
        assert_eq!(repositories(SDK), ["rules_go~~go_sdk~other".to_owned()].into());
        assert_eq!(repositories(DOWNLOAD), ["_main~_repo_rules~zz".to_owned()].into());
        assert_eq!(repositories(MODULE), [].into());
    }
}
