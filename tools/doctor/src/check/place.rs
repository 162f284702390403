//! Where an archive is, or would come from, in the order in which Bazel looks.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::ask::repository::Repository;

/// Places on this machine where Bazel looks.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// `external` of Bazel's output base.
    pub external: PathBuf,
    /// Bazel's repository cache.
    pub repository_cache: Option<PathBuf>,
    /// Each `--distdir`.
    pub distdirs: Vec<PathBuf>,
}

/// Where an archive was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// A file with the right digest: what the place is called, and the file.
    Here(&'static str, PathBuf),
    /// Nowhere on this machine; this URL is the first to be tried.
    Url(String),
    /// Nowhere.
    Nowhere,
}

impl Places {
    /// Looks for a repository's archive. The second part has files of its name whose digests are other ones.
    pub fn find(&self, repository: &Repository) -> (Found, Vec<PathBuf>) {
        let file = repository.string("file").unwrap_or_default();
        let sha256 = repository.string("sha256").unwrap_or_default();
        let urls = repository.strings("urls");
        let mut places = vec![("fetched", self.external.join(&repository.name).join(file))];
        let cached = |cache: &PathBuf| cache.join("content_addressable/sha256").join(sha256).join("file");
        places.extend(self.repository_cache.iter().map(|cache| ("in Bazel's repository cache", cached(cache))));
        places.extend(self.distdirs.iter().map(|folder| ("in a --distdir", folder.join(file))));
        let local = urls.iter().filter_map(|url| url.strip_prefix("file:"));
        places.extend(local.map(|path| ("at a mirror", PathBuf::from(format!("/{}", path.trim_start_matches('/'))))));
        let mut wrong = Vec::new();
        for (name, path) in places {
            match digest(&path) {
                Some(digest) if digest == sha256 => return (Found::Here(name, path), wrong),
                // What was fetched for another lock, Bazel fetches anew.
                Some(_) if name == "fetched" => {}
                Some(_) => wrong.push(path),
                None => {}
            }
        }
        let remote = urls.iter().find(|url| !url.starts_with("file:"));
        (remote.map_or(Found::Nowhere, |url| Found::Url((*url).to_owned())), wrong)
    }
}

/// The SHA-256 of a file, if it can be read.
fn digest(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let (mut sha256, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).ok()? {
            0 => return Some(sha256.finalize().iter().map(|byte| format!("{byte:02x}")).collect()),
            length => sha256.update(&buffer[..length]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// An archive `a.tar.zst` with the content `good`.
    fn repository(urls: &str) -> Repository {
        let sha256 = "770e607624d689265ca6c44884d0807d9b054d23c473c106c72be9de08b7376c";
        let text = format!(
            "archive_repository(\n  name = \"r\",\n  file = \"a.tar.zst\",\n  sha256 = \"{sha256}\",\n  urls = [{urls}],\n)\n"
        );
        Repository::read(&text).remove(0)
    }

    #[test]
    fn a_file_counts_only_with_the_right_digest() {
        let dir = tempfile::tempdir().unwrap();
        let (bad, good) = (dir.path().join("bad"), dir.path().join("good"));
        for (folder, content) in [(&bad, "bad"), (&good, "good")] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("a.tar.zst"), content).unwrap();
        }
        let places = Places { distdirs: vec![bad.clone(), good.clone()], ..Places::default() };
        let (found, wrong) = places.find(&repository(""));
        assert_eq!(found, Found::Here("in a --distdir", good.join("a.tar.zst")));
        assert_eq!(wrong, [bad.join("a.tar.zst")]);
    }

    #[test]
    fn a_mirror_on_this_machine_is_looked_into_and_another_is_named() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.tar.zst"), "good").unwrap();
        let url = format!("file://{}/a.tar.zst", dir.path().display());
        let (found, _) = Places::default().find(&repository(&format!("\"{url}\"")));
        assert_eq!(found, Found::Here("at a mirror", dir.path().join("a.tar.zst")));
        let (found, _) = Places::default().find(&repository("\"https://mirror.example.com/a.tar.zst\""));
        assert_eq!(found, Found::Url("https://mirror.example.com/a.tar.zst".into()));
        assert_eq!(Places::default().find(&repository("")).0, Found::Nowhere);
    }
}
