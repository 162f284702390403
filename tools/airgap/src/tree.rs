//! Folders that stand for modules and repositories, copied into the bundle.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Component, Path, PathBuf};

use diagnostic::{Error, Result};

use crate::contents::Contents;
use crate::progress::Step;
use crate::{digest, files};

/// Copies the folder `from` into the bundle, to `KIND/NAME-DIGEST`, and says that path. The same content is there once.
///
/// What a link of it leads to outside is copied in the link's place; a link within leads to the same file of the copy. `.git` and
/// Bazel's convenience links are left out.
pub fn import(bundle: &Path, kind: &str, name: &str, from: &Path) -> Result<String> {
    let root = from.canonicalize().map_err(|e| Error::io("find", from, e))?;
    let work = bundle.join(crate::bundle::WORK).join("folder");
    files::remove(&work)?;
    let step = Step::new(format!("{kind}/{name}"), None);
    Copy { root: &root, step: &step, above: Vec::new() }.folder(&root, &work)?;
    let contents = Contents::of(&work, &step)?;
    let digest = &digest::of(contents.to_string().as_bytes())[..16];
    let path = format!("{kind}/{name}-{digest}");
    let place = bundle.join(&path);
    if place.is_dir() {
        files::remove(&work)?;
    } else {
        files::make_folder(&bundle.join(kind))?;
        fs::rename(&work, &place).map_err(|e| Error::io("make", &place, e))?;
    }
    step.done(&format!("{} files, {}", contents.0.len(), crate::progress::size(contents.size())));
    Ok(path)
}

struct Copy<'a> {
    root: &'a Path,
    step: &'a Step,
    /// The folders that are being copied, each within the one before: a link to one of them never ends.
    above: Vec<PathBuf>,
}

impl Copy<'_> {
    fn folder(&mut self, from: &Path, to: &Path) -> Result<()> {
        let real = from.canonicalize().map_err(|e| Error::io("find", from, e))?;
        if self.above.contains(&real) {
            return Err(Error::new(format!("{} leads to a folder above itself", from.display()))
                .next("remove that link, and call this again"));
        }
        self.above.push(real);
        files::make_folder(to)?;
        for entry in files::entries(from)? {
            let name = entry.file_name().unwrap_or_default();
            // A convenience link leads into an output base: `bazel-out`, `bazel-bin`.
            let is_convenience = name.to_string_lossy().starts_with("bazel-")
                && fs::read_link(&entry)
                    .is_ok_and(|target| target.components().any(|part| part.as_os_str() == "execroot"));
            if name != ".git" && !is_convenience {
                self.entry(&entry, &to.join(name))?;
            }
        }
        self.above.pop();
        Ok(())
    }

    fn entry(&mut self, from: &Path, to: &Path) -> Result<()> {
        if from.is_symlink() {
            let Ok(real) = from.canonicalize() else {
                // It leads nowhere here; so it does there.
                let target = fs::read_link(from).map_err(|e| Error::io("read the link", from, e))?;
                return symlink(target, to).map_err(|e| Error::io("link", to, e));
            };
            if let Ok(within) = real.strip_prefix(self.root) {
                let up = from.parent().and_then(|folder| folder.strip_prefix(self.root).ok());
                if let Some(up) = up.filter(|_| self.above.iter().all(|folder| folder.starts_with(self.root))) {
                    let up = up.components().filter(|part| matches!(part, Component::Normal(_)));
                    let target = up.map(|_| "..").collect::<PathBuf>().join(within);
                    return symlink(target, to).map_err(|e| Error::io("link", to, e));
                }
            }
        }
        if from.is_dir() {
            return self.folder(from, to);
        }
        // Others may read what is bundled, and an executable stays one.
        let metadata = from.metadata().map_err(|e| Error::io("read", from, e))?;
        if !metadata.is_file() {
            return Err(Error::new(format!("{} is neither a file nor a folder", from.display())).next("remove it"));
        }
        fs::copy(from, to).map_err(|e| Error::io("copy", from, e))?;
        let mode = if metadata.permissions().mode() & 0o100 == 0 { 0o644 } else { 0o755 };
        fs::set_permissions(to, fs::Permissions::from_mode(mode)).map_err(|e| Error::io("write", to, e))?;
        self.step.add(metadata.len());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(path: PathBuf, text: &str) {
        files::write(&path, text.as_bytes()).unwrap();
    }

    #[test]
    fn the_same_content_is_there_once() {
        let dir = tempfile::tempdir().unwrap();
        let bundle = dir.path().join("bundle");
        write(dir.path().join("one/a/b"), "x");
        write(dir.path().join("two/a/b"), "x");
        write(dir.path().join("other/a/b"), "y");
        let import = |name: &str| import(&bundle, "modules", "m", &dir.path().join(name)).unwrap();
        let (one, two, other) = (import("one"), import("two"), import("other"));
        assert_eq!(one, two);
        assert_ne!(one, other);
        assert_eq!(fs::read_to_string(bundle.join(one).join("a/b")).unwrap(), "x");
    }

    #[test]
    fn links_lead_to_the_copy_or_become_what_they_lead_to() {
        let dir = tempfile::tempdir().unwrap();
        let (bundle, from) = (dir.path().join("bundle"), dir.path().join("from"));
        write(from.join("sub/file"), "within");
        write(dir.path().join("outside/deep/file"), "outside");
        symlink(from.join("sub/file"), from.join("absolute")).unwrap();
        symlink("file", from.join("sub/relative")).unwrap();
        symlink(dir.path().join("outside"), from.join("away")).unwrap();
        symlink("nowhere", from.join("broken")).unwrap();
        let place = bundle.join(import(&bundle, "repositories", "r", &from).unwrap());
        // What is copied must not need the original.
        fs::rename(&from, dir.path().join("moved")).unwrap();
        let read = |path: &str| fs::read_to_string(place.join(path)).unwrap();
        assert_eq!([read("absolute"), read("sub/relative")], ["within", "within"]);
        assert!(place.join("absolute").is_symlink() && place.join("sub/relative").is_symlink());
        assert_eq!(read("away/deep/file"), "outside");
        assert!(!place.join("away").is_symlink());
        assert_eq!(fs::read_link(place.join("broken")).unwrap(), Path::new("nowhere"));
    }

    #[test]
    fn git_and_bazels_links_stay_away() {
        let dir = tempfile::tempdir().unwrap();
        let from = dir.path().join("from");
        write(from.join(".git/HEAD"), "x");
        write(from.join("nested/bazel-notes.txt"), "x");
        symlink("/base/execroot/_main/bazel-out", from.join("nested/bazel-out")).unwrap();
        let place = dir.path().join(import(dir.path(), "modules", "m", &from).unwrap());
        assert_eq!(files::entries(&place).unwrap(), [place.join("nested")]);
        assert_eq!(files::entries(&place.join("nested")).unwrap(), [place.join("nested/bazel-notes.txt")]);
    }

    #[test]
    fn a_link_to_above_is_an_error_and_no_endless_copy() {
        let dir = tempfile::tempdir().unwrap();
        let from = dir.path().join("from");
        write(dir.path().join("outside/file"), "x");
        symlink(dir.path().join("outside"), dir.path().join("outside/again")).unwrap();
        fs::create_dir(&from).unwrap();
        symlink(dir.path().join("outside"), from.join("away")).unwrap();
        let error = import(dir.path(), "modules", "m", &from).unwrap_err().to_string();
        assert!(error.contains("leads to a folder above itself"), "{error}");
    }

    #[test]
    fn executables_stay_executable_and_readable_by_all() {
        let dir = tempfile::tempdir().unwrap();
        let from = dir.path().join("from");
        write(from.join("tool"), "x");
        fs::set_permissions(from.join("tool"), fs::Permissions::from_mode(0o700)).unwrap();
        let place = dir.path().join(import(dir.path(), "modules", "m", &from).unwrap());
        assert_eq!(place.join("tool").metadata().unwrap().permissions().mode() & 0o777, 0o755);
    }
}
