//! Whether the archives that this workspace uses are there, or where they would come from; and the mirrors.

use std::collections::BTreeSet;
use std::path::PathBuf;

use diagnostic::Result;

use super::place::{Found, Places};
use super::toolchain;
use crate::ask::repository::Repository;
use crate::examine::Patient;
use crate::report::Finding;
use crate::report::Status::{Error, NotMade, Ok, Warning};

/// Judges archives and mirrors.
pub fn check(patient: &Patient) -> Vec<Finding> {
    let needed = needed(patient);
    if needed.is_empty() {
        return vec![
            Finding::new("payload.archives", NotMade, "which archives this workspace uses is not known")
                .why("no toolchain of ours was resolved"),
        ];
    }
    match repositories(patient, &needed).and_then(|repositories| Result::Ok((repositories, places(patient)?))) {
        Result::Ok((repositories, places)) => {
            let mut findings: Vec<_> =
                repositories.iter().map(|repository| archive(patient, repository, &places)).collect();
            findings.extend(mirrors(&repositories));
            findings
        }
        Err(error) => vec![
            Finding::new("payload.archives", NotMade, "Bazel did not say what our repositories are")
                .why(error.to_string()),
        ],
    }
}

/// The names of the archives of the toolchains that this workspace gets, or would get.
fn needed(patient: &Patient) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for label in toolchain::ours(patient) {
        let pair = label.rsplit_once(":cc_").and_then(|(package, pair)| Some((package, pair.split_once('_')?)));
        let Some((package, (exec, target))) = pair else { continue };
        let lib = if package.ends_with("/glibc") { "glibc" } else { "lib" };
        names.extend(["go_race_library".to_owned(), format!("go_race_llvm_{exec}"), format!("go_race_{lib}_{target}")]);
    }
    names
}

fn repositories(patient: &Patient, names: &BTreeSet<String>) -> Result<Vec<Repository>> {
    let canonical = names.iter().filter_map(|name| patient.names.own.get(name)).map(|name| format!("@@{name}"));
    let words: Vec<String> = ["mod", "show_repo"].into_iter().map(str::to_owned).chain(canonical).collect();
    Result::Ok(Repository::read(&patient.request.bazel.run(words)?.stdout))
}

fn places(patient: &Patient) -> Result<Places> {
    let bazel = &patient.request.bazel;
    let cache = match patient.options.value("repository_cache") {
        Some(folder) => folder.to_owned(),
        None => bazel.info("repository_cache")?,
    };
    Result::Ok(Places {
        external: PathBuf::from(bazel.info("output_base")?).join("external"),
        repository_cache: (!cache.is_empty()).then(|| bazel.workspace().join(cache)),
        distdirs: patient.options.values("distdir").map(|folder| bazel.workspace().join(folder)).collect(),
    })
}

fn archive(patient: &Patient, repository: &Repository, places: &Places) -> Finding {
    let file = repository.string("file").unwrap_or(&repository.name);
    let id = format!(
        "payload.{}",
        repository.string("_original_name").unwrap_or(&repository.name).trim_start_matches("go_race_")
    );
    if let Some(folder) = patient.options.override_of(&repository.name) {
        return Finding::new(id, Ok, format!("{file}: replaced by a folder"))
            .why(format!("--override_repository: {folder}"));
    }
    let (found, wrong) = places.find(repository);
    let sha256 = repository.string("sha256").unwrap_or_default();
    let finding = match found {
        Found::Here(place, path) => Finding::new(id, Ok, format!("{file}: {place}, with the right digest"))
            .fact("place", place)
            .fact("path", path.display().to_string()),
        Found::Url(url) if !patient.request.fetch => {
            Finding::new(id, NotMade, format!("{file}: not on this machine; it would come from {url}"))
                .fact("url", url)
                .next("to try whether it is there: bazel run …:doctor -- --fetch")
        }
        Found::Url(_) | Found::Nowhere if patient.request.fetch => fetched(patient, repository, id, file),
        Found::Url(_) | Found::Nowhere => {
            missing(patient, Finding::new(id, Error, format!("{file}: missing, and no mirror is named")), file)
                .why(format!("looked for SHA-256 {sha256} in Bazel's repository cache and every --distdir"))
        }
    };
    let finding = finding.fact("file", file).fact("sha256", sha256);
    wrong.iter().fold(finding, |finding, path| {
        finding.why(format!("another file of this name, with another digest: {}", path.display()))
    })
}

fn missing(patient: &Patient, finding: Finding, file: &str) -> Finding {
    finding
        .next(format!("put {file} into a folder and build with --distdir=FOLDER, or name a mirror in MODULE.bazel:"))
        .next(format!("    race = use_extension(\"@{}//extensions:race.bzl\", \"race\")", patient.names.apparent))
        .next("    race.mirror(urls = [\"https://…\"])")
}

/// Lets Bazel fetch it.
fn fetched(patient: &Patient, repository: &Repository, id: String, file: &str) -> Finding {
    let mut words = vec!["fetch".to_owned(), format!("--repo=@@{}", repository.name)];
    words.extend(patient.request.flags.iter().cloned());
    match patient.request.bazel.run(words) {
        Result::Ok(_) => Finding::new(id, Ok, format!("{file}: fetched now")),
        Err(error) => {
            let finding = Finding::new(id, Error, format!("{file}: Bazel cannot fetch it"));
            missing(patient, error.to_string().lines().filter(is_reason).fold(finding, Finding::why), file)
        }
    }
}

/// The lines of a failed fetch that say what was tried.
fn is_reason(line: &&str) -> bool {
    ["WARNING", "what:", "where:"].iter().any(|word| line.contains(word))
}

/// The folders of the archives' URLs: form, and whether those on this machine are there.
fn mirrors(repositories: &[Repository]) -> Vec<Finding> {
    let urls = repositories.iter().flat_map(|repository| repository.strings("urls"));
    let folders: BTreeSet<&str> = urls.map(|url| url.rsplit_once('/').map_or(url, |(folder, _)| folder)).collect();
    if folders.is_empty() {
        return vec![Finding::new(
            "mirror.none",
            Ok,
            "none is named: archives come from the repository cache and --distdir",
        )];
    }
    folders.into_iter().map(mirror).collect()
}

fn mirror(folder: &str) -> Finding {
    let finding =
        |status, text: &str| Finding::new("mirror.url", status, format!("{folder}: {text}")).fact("url", folder);
    match folder.split_once(':') {
        Some(("file", path)) if PathBuf::from(format!("/{}", path.trim_start_matches('/'))).is_dir() => {
            finding(Ok, "a folder of this machine")
        }
        Some(("file", _)) => {
            finding(Warning, "no such folder on this machine").next("make the folder, or mend the tag in MODULE.bazel")
        }
        Some(("https" | "http", rest)) if rest.starts_with("//") && rest.len() > 2 => {
            finding(NotMade, "not asked").why("Bazel asks it only for archives that are not on this machine (--fetch)")
        }
        _ => finding(Error, "no URL that Bazel can fetch from")
            .next("name a folder by https://…, http://… or file:///… in race.mirror"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrors_are_judged_by_their_form() {
        assert_eq!(mirror("https://mirror.example.com/race").status, NotMade);
        assert_eq!(mirror("file:///").status, Ok);
        assert_eq!(mirror("file:///no/such/folder").status, Warning);
        assert_eq!(mirror("mirror.example.com/race").status, Error);
        assert_eq!(mirror("ftp://mirror.example.com").status, Error);
    }
}
