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
    let mut repository = String::new();
    for line in text.lines() {
        if let Some(name) = between(line, "fetch of repository '", "'") {
            repository = name.trim_start_matches("@@").to_owned();
        }
        if let Some(what) = missing(line) {
            let asked_by = asked_by(line).unwrap_or_else(|| match repository.as_str() {
                "" => "not told: see above".to_owned(),
                name => format!("the repository {name}"),
            });
            if !gaps.iter().any(|gap| gap.what == what) {
                gaps.push(Gap { what, asked_by });
            }
        }
    }
    gaps
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
    if let Some(path) = between(line, "/goproxy/", ": no such file").or_else(|| between(line, "goproxy/", ": ")) {
        let path = path.split(": open").next().unwrap_or(path);
        return path.split_once("/@v/").map(|(module, file)| {
            let version = file.rsplit_once('.').map_or(file, |(version, _)| version);
            format!("the Go module {module} {version}")
        });
    }
    // What nobody may download: DOWNLOADER_TEXT.
    let urls = between(line, "blocked all URLs: [", "]")?;
    // The index of SDKs is asked for and not needed: rules_go goes on without it.
    (!line.contains("WARNING")).then(|| urls.split(", ").next().unwrap_or(urls).to_owned())
}

fn asked_by(line: &str) -> Option<String> {
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
