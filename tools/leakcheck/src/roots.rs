//! Where a path of the execution root really leads.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The workspace of an output base: Bazel's note for whoever calls it there by mistake.
fn workspace_of(output_base: &Path) -> Option<PathBuf> {
    let workspace = fs::read_to_string(output_base.join("DO_NOT_BUILD_HERE")).ok()?;
    Some(PathBuf::from(workspace.trim_end_matches('\n'))).filter(|workspace| workspace.is_absolute())
}

/// The links to folders in a folder, with what they lead to.
fn linked_folders(folder: &Path) -> BTreeMap<String, PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let links = entries.filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_symlink()));
    let folder_of = |path: PathBuf| fs::canonicalize(path).ok().filter(|real| real.is_dir());
    links.filter_map(|link| Some((link.file_name().to_string_lossy().into_owned(), folder_of(link.path())?))).collect()
}

/// The folders of a build on this machine.
#[derive(Debug, Default)]
pub struct Roots {
    execution_root: PathBuf,
    inside: Vec<PathBuf>,
    external: Option<PathBuf>,
    /// Repositories that are themselves a link to a folder, with that folder: a user put it there, and it is source as the
    /// workspace is.
    overrides: BTreeMap<String, PathBuf>,
    /// Those that were met.
    met: RefCell<BTreeSet<String>>,
}

impl Roots {
    /// Bazel's `execution_root`, and the other folders that are part of the build: its output base and its workspace. Where
    /// these are not known, they are those that the execution root is of.
    pub fn new(execution_root: &Path, output_base: Option<&Path>, workspace: Option<&Path>) -> Self {
        let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        // DIR/execroot/NAME is a folder of the output base DIR.
        let output_base = output_base
            .or_else(|| execution_root.parent().filter(|folder| folder.ends_with("execroot")).and_then(Path::parent));
        let named = output_base.filter(|_| workspace.is_none()).and_then(workspace_of);
        let workspace = workspace.or(named.as_deref());
        let inside = [Some(execution_root), output_base, workspace].into_iter().flatten().map(real).collect();
        let external = output_base.map(|base| base.join("external"));
        let overrides = external.as_deref().map(linked_folders).unwrap_or_default();
        Roots { execution_root: execution_root.to_owned(), inside, external, overrides, met: RefCell::default() }
    }

    /// The file of a path of the execution root.
    pub fn file(&self, path: &str) -> PathBuf {
        match (path.strip_prefix("external/"), &self.external) {
            // The execution root only has links to the repositories of the last build.
            (Some(rest), Some(external)) => external.join(rest),
            _ => self.execution_root.join(path),
        }
    }

    /// What is outside, if the file, or a link anywhere in the folder, leads there. What is missing leads nowhere.
    pub fn outside(&self, path: &str) -> Option<PathBuf> {
        let real = fs::canonicalize(self.file(path)).ok()?;
        if !self.has(&real) {
            return Some(real);
        }
        if real.is_dir() { self.link_out_of(&real) } else { None }
    }

    /// The folders that users' overrides name, by repository: those that something led to.
    pub fn overrides(&self) -> BTreeMap<String, PathBuf> {
        let met = self.met.borrow();
        self.overrides.iter().filter(|(name, _)| met.contains(*name)).map(|(n, f)| (n.clone(), f.clone())).collect()
    }

    fn has(&self, real: &Path) -> bool {
        if self.inside.iter().any(|folder| real.starts_with(folder)) {
            return true;
        }
        let override_of = self.overrides.iter().find(|(_, folder)| real.starts_with(folder));
        self.met.borrow_mut().extend(override_of.map(|(name, _)| name.clone()));
        override_of.is_some()
    }

    fn link_out_of(&self, folder: &Path) -> Option<PathBuf> {
        let mut folders = vec![folder.to_owned()];
        let mut seen = BTreeSet::new();
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).ok()?.flatten() {
                let Ok(kind) = entry.file_type() else { continue };
                if kind.is_symlink() {
                    match fs::canonicalize(entry.path()) {
                        Ok(real) if !self.has(&real) => return Some(real),
                        _ => {}
                    }
                } else if kind.is_dir() && seen.insert(entry.path()) {
                    folders.push(entry.path());
                }
            }
        }
        None
    }
}
