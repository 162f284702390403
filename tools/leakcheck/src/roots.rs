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

/// The folders of a build on this machine.
#[derive(Debug, Default)]
pub struct Roots {
    execution_root: PathBuf,
    inside: Vec<PathBuf>,
    external: Option<PathBuf>,
    /// Repositories that are a link to a folder (a user's override), with that folder.
    overrides: RefCell<BTreeMap<String, PathBuf>>,
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
        Roots { execution_root: execution_root.to_owned(), inside, external, overrides: RefCell::default() }
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
        self.note_override(path);
        let file = self.file(path);
        let real = fs::canonicalize(&file).ok()?;
        if !self.has(&real) {
            return Some(real);
        }
        if real.is_dir() { self.link_out_of(&real) } else { None }
    }

    /// The folders that users' overrides name, by repository.
    pub fn overrides(&self) -> BTreeMap<String, PathBuf> {
        self.overrides.borrow().clone()
    }

    fn has(&self, real: &Path) -> bool {
        self.inside.iter().any(|folder| real.starts_with(folder))
            || self.overrides.borrow().values().any(|folder| real.starts_with(folder))
    }

    /// A repository that is itself a link was put there by a user: its folder is source, as the workspace is.
    fn note_override(&self, path: &str) {
        let Some(name) = path.strip_prefix("external/").and_then(|rest| rest.split('/').next()) else { return };
        let Some(external) = &self.external else { return };
        let link = external.join(name);
        if !self.overrides.borrow().contains_key(name)
            && link.is_symlink()
            && let Ok(real) = fs::canonicalize(link)
        {
            self.overrides.borrow_mut().insert(name.to_owned(), real);
        }
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
