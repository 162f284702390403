//! Makes the release: whole, or not at all.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};
use sysroot::about::SBOM;
use sysroot::digest::Digest;
use sysroot::json;
use sysroot::lock::Lock;
use sysroot::select::Tree;

use crate::components::{self, Component};
use crate::sbom::{self, Subject};
use crate::source::MODULE;
use crate::{archive, module, payload, programs, registry, source, tools};

/// The checksums of every other file, as `sha256sum --check` reads them.
const SUMS: &str = "SHA256SUMS";

/// What a release is made of: see the command line.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The module's repository.
    pub source: PathBuf,
    /// The list of its files.
    pub files: PathBuf,
    /// The tools.
    pub programs: PathBuf,
    /// The crates' archives.
    pub crates: PathBuf,
    /// The list of Debian packages.
    pub packages: PathBuf,
    /// The folders of the payload.
    pub payload: Vec<PathBuf>,
    /// Where the files will be published.
    pub urls: Vec<String>,
    /// The folder to make.
    pub out: PathBuf,
}

/// What was made: as text, a line for each file.
#[derive(Clone, Debug)]
pub struct Summary {
    version: String,
    files: BTreeMap<String, Digest>,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{MODULE} {}", self.version)?;
        self.files.iter().try_for_each(|(path, digest)| writeln!(f, "{}  {:>10}  {path}", digest.sha256, digest.size))
    }
}

/// Makes the release.
///
/// # Errors
///
/// An input is missing or is not as it must be, or `out` has something in it already.
pub fn assemble(inputs: &Inputs) -> Result<Summary> {
    let read = |path: &Path| fs::read_to_string(path).map_err(|e| Error::io("read", path, e));
    if fs::read_dir(&inputs.out).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(
            Error::new(format!("{} is not empty", inputs.out.display())).next("name a folder that is not there")
        );
    }
    let mut tree = source::read(&inputs.source, &read(&inputs.files)?)?;
    let version = source::version(&tree)?;
    let lock = Lock::parse(source::text(&tree, "sysroot/lock.json")?)?;
    let archives = payload::find(&lock, &inputs.payload)?;
    let crates = components::crates(source::text(&tree, "third_party/crates/crates.bzl")?, &inputs.crates)?;
    let components = [crates.clone(), components::linked(&read(&inputs.packages)?)?].concat();

    let parent = inputs.out.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(|e| Error::io("create", parent, e))?;
    let partial = tempfile::Builder::new().prefix(".partial-").tempdir_in(parent);
    let partial = partial.map_err(|e| Error::io("create a folder in", parent, e))?;
    let out = Out { root: partial.path() };

    let mut digests = BTreeMap::new();
    for (arch, machine) in programs::ARCHS {
        let place = inputs.source.to_string_lossy();
        let programs = programs::read(&inputs.programs.join(arch), machine, &[&place, "bazel-out/"])?;
        let name = tools::name(arch);
        let digest = out.write(&name, &tools::pack(arch, programs, &version, &components)?)?;
        digests.insert(arch.to_owned(), (name, digest.sha256));
    }
    module::complete(&mut tree, &digests, &inputs.urls)?;
    let packed = archive::pack(&tree, &module::folder(&version))?;
    let module = format!("{}.tar.gz", module::folder(&version));
    let module_digest = out.write(&module, &packed)?;
    out.write_tree(&registry::entry(&tree, &version, &packed, &inputs.urls)?)?;
    for path in &archives {
        out.copy(path)?;
    }
    // Who builds the tools from source finds their crates in the same place.
    for Component { name, version, .. } in &crates {
        out.copy(&inputs.crates.join(format!("{name}-{version}.crate")))?;
    }

    let subjects = subjects(&version, (&module, &module_digest), &digests, &components, &lock);
    out.write(SBOM, json::to_text(&sbom::document(&format!("{MODULE} {version}"), &subjects)).as_bytes())?;
    let files = out.digests()?;
    let sums: String = files.iter().map(|(path, digest)| format!("{}  {path}\n", digest.sha256)).collect();
    out.write(SUMS, sums.as_bytes())?;
    publish(partial, &inputs.out)?;
    Ok(Summary { version, files })
}

/// What the bill of materials of the release is about.
fn subjects<'a>(
    version: &'a str,
    module: (&str, &Digest),
    digests: &BTreeMap<String, (String, String)>,
    components: &'a [Component],
    lock: &'a Lock,
) -> Vec<Subject<'a>> {
    let ours = |name: &str, sha256: &str, links| Subject {
        name: name.to_owned(),
        version,
        sha256: Some(sha256.to_owned()),
        licence: Some(tools::LICENCE),
        links,
        made_from: Vec::new(),
    };
    let tools = digests.values().map(|(name, sha256)| ours(name, sha256, components));
    let payload = lock.tarballs.iter().map(|tarball| Subject {
        name: tarball.name.clone(),
        version,
        sha256: Some(tarball.digest.sha256.clone()),
        licence: None,
        links: &[],
        made_from: lock.packages.iter().filter(|package| tarball.packages.contains(&package.id)).collect(),
    });
    [ours(module.0, &module.1.sha256, &[])].into_iter().chain(tools).chain(payload).collect()
}

/// The folder that is being made.
struct Out<'a> {
    root: &'a Path,
}

impl Out<'_> {
    fn write(&self, name: &str, content: &[u8]) -> Result<Digest> {
        let path = self.root.join(name);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
        }
        fs::write(&path, content).map_err(|e| Error::io("write", &path, e))?;
        Digest::of_file(&path)
    }

    fn write_tree(&self, tree: &Tree) -> Result<()> {
        tree.iter().try_for_each(|(path, entry)| self.write(path, &entry.content).map(|_| ()))
    }

    fn copy(&self, from: &Path) -> Result<()> {
        let to = self.root.join(from.file_name().unwrap_or_default());
        fs::copy(from, &to).map_err(|e| Error::io("copy", from, e))?;
        Ok(())
    }

    /// The digests of every file, by its path.
    fn digests(&self) -> Result<BTreeMap<String, Digest>> {
        let (mut found, mut folders) = (BTreeMap::new(), vec![self.root.to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).map_err(|e| Error::io("list", &folder, e))? {
                let path = entry.map_err(|e| Error::io("list", &folder, e))?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.root).unwrap_or(&path).to_string_lossy().into_owned();
                    found.insert(name, Digest::of_file(&path)?);
                }
            }
        }
        Ok(found)
    }
}

/// Gives the finished folder its name, and the modes that a folder to be read by all has.
fn publish(partial: tempfile::TempDir, out: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let readable = fs::Permissions::from_mode(0o755);
    fs::set_permissions(partial.path(), readable).map_err(|e| Error::io("set the mode of", partial.path(), e))?;
    // An empty folder may stand there: it is replaced.
    fs::rename(partial.path(), out).map_err(|e| Error::io("rename the finished folder to", out, e))?;
    let _ = partial.keep();
    Ok(())
}
