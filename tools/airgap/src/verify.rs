//! Whether a bundle is as it was made.

use std::fs;
use std::path::Path;

use diagnostic::{Error, Result};

use crate::contents::{self, Contents};
use crate::digest;
use crate::manifest::Manifest;
use crate::progress::Step;

/// So many damaged files are named; of more, the number is told.
const NAMED: usize = 10;

/// Reads every file of the bundle. An error names what is missing, truncated or changed. Files that the list has not are
/// left alone: Bazel adds results to the disk cache.
pub fn verify(bundle: &Path) -> Result<(Manifest, Contents)> {
    let manifest = Manifest::read(bundle)?;
    let contents = list(bundle, &manifest)?;
    let step = Step::new("verifying", Some(contents.size()));
    let differences = contents.differences(bundle, &step);
    if differences.is_empty() {
        step.done(&format!("{} files, {}", contents.0.len(), crate::progress::size(contents.size())));
        return Ok((manifest, contents));
    }
    let named = differences.iter().take(NAMED).map(|(path, what)| format!("{path} {what}"));
    let others = differences.len().checked_sub(NAMED + 1).map(|rest| format!("and {} more", rest + 1));
    Err(Error::new(format!("the bundle is damaged: {} of {} files", differences.len(), contents.0.len()))
        .fact("where", bundle.display())
        .fact("files", named.chain(others).collect::<Vec<_>>().join("\n"))
        .next("copy the bundle again; or call `airgap bundle` again on the machine with a network, which mends the one there"))
}

/// The list of files, which must be the one that the manifest means.
pub fn list(bundle: &Path, manifest: &Manifest) -> Result<Contents> {
    let path = bundle.join(contents::NAME);
    let text = fs::read(&path).map_err(|e| {
        Error::io("read", &path, e).next("copy the bundle again: this file of it is missing or cannot be read")
    })?;
    let damaged = |reason: String| {
        Error::new(format!("{} is damaged: {reason}", contents::NAME))
            .fact("where", path.display())
            .next("copy the bundle again; or call `airgap bundle` again on the machine with a network")
    };
    let sha256 = digest::of(&text);
    if sha256 != manifest.contents {
        return Err(damaged(format!("its SHA-256 is {sha256}, not {}", manifest.contents)));
    }
    Contents::parse(&String::from_utf8_lossy(&text)).map_err(damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files;

    fn bundle() -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for index in 0..12 {
            files::write(&dir.path().join(format!("files/{index:02}")), b"some").unwrap();
        }
        let contents = Contents::of(dir.path(), &Step::new("reading", None)).unwrap().to_string();
        files::write(&dir.path().join(contents::NAME), contents.as_bytes()).unwrap();
        Manifest { contents: digest::of(contents.as_bytes()), ..Manifest::default() }.write(dir.path()).unwrap();
        dir
    }

    #[test]
    fn a_bundle_as_it_was_made_is_well() {
        let (_, contents) = verify(bundle().path()).unwrap();
        assert_eq!(contents.0.len(), 12);
    }

    #[test]
    fn what_came_later_is_no_damage() {
        let bundle = bundle();
        files::write(&bundle.path().join("disk_cache/ac/later"), b"x").unwrap();
        verify(bundle.path()).unwrap();
    }

    #[test]
    fn damaged_files_are_named_up_to_a_number() {
        let bundle = bundle();
        files::write(&bundle.path().join("files/03"), b"so").unwrap();
        let error = verify(bundle.path()).unwrap_err().to_string();
        assert!(error.contains("1 of 12 files") && error.contains("files/03 is truncated: 2 of 4 bytes"), "{error}");
        files::remove(&bundle.path().join("files")).unwrap();
        let error = verify(bundle.path()).unwrap_err().to_string();
        assert!(error.contains("files/09 is missing\n") && !error.contains("files/10"), "{error}");
        assert!(error.contains("and 2 more"), "{error}");
    }

    #[test]
    fn another_list_than_the_manifests_is_damage() {
        let bundle = bundle();
        let path = bundle.path().join(contents::NAME);
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text.lines().next().unwrap()).unwrap();
        let error = verify(bundle.path()).unwrap_err().to_string();
        assert!(error.contains("contents.txt is damaged"), "{error}");
        fs::remove_file(&path).unwrap();
        let error = verify(bundle.path()).unwrap_err().to_string();
        assert!(error.contains("cannot read") && error.contains("contents.txt"), "{error}");
    }
}
