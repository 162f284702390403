//! Makes a bundle, on a machine with a network.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

use bazel::Bazel;
use diagnostic::{Error, Result};
use rustix::fs::{FlockOperation, flock};
use serde_json::Value;

use crate::contents::Contents;
use crate::external::{self, Definition, External};
use crate::manifest::{self, Archive, Manifest, Workspace};
use crate::progress::{self, Step};
use crate::registry::{Registry, Sources, module};
use crate::{contents, digest, files, gaps, place, shown, tree, verify};

/// What only bundling needs: it is there until the bundle is whole.
pub const WORK: &str = ".work";
/// Held while a bundle is made.
pub const LOCK: &str = ".lock";

/// Bazel's exit codes: the build is well and a test failed, and nothing is a test.
const TESTS_FAILED: i32 = 3;
const NO_TESTS: i32 = 4;

/// Options of every command's, `--NAME=VALUE`, by which modules are found.
const MODULE_OPTIONS: [&str; 7] = [
    "--allow_yanked_versions",
    "--distdir",
    "--lockfile_mode",
    "--override_module",
    "--override_repository",
    "--registry",
    "--repo_env",
];

/// What is to be bundled.
pub struct Request {
    /// Bazel in the workspace.
    pub bazel: Bazel,
    /// The bundle's folder: new, empty, or a bundle, which gets more.
    pub out: PathBuf,
    /// The platforms, `linux/amd64` or `linux/arm64`; with none, this machine's.
    pub platforms: Vec<String>,
    /// Options and targets of `bazel test`.
    pub arguments: Vec<String>,
    /// Whether the results of the actions are bundled, too.
    pub warm: bool,
}

/// The platforms that can be built for, as users write them.
pub const PLATFORMS: [&str; 2] = ["linux/amd64", "linux/arm64"];

/// The platform of this machine.
fn here() -> &'static str {
    if env::consts::ARCH == "aarch64" { "linux/arm64" } else { "linux/amd64" }
}

/// Makes the bundle, or adds to it.
pub fn bundle(request: &Request) -> Result<()> {
    let out = &request.out;
    let workspace =
        request.bazel.workspace().canonicalize().map_err(|e| Error::io("find", request.bazel.workspace(), e))?;
    let _lock = take(out, &workspace)?;
    let mut manifest = begin(out)?;
    let name = name_of(&workspace)?;
    let work = Work::new(request, workspace, name)?;

    let mut entry = Workspace {
        name: work.name.clone(),
        platforms: work.platforms.iter().map(|(name, _)| name.clone()).collect(),
        arguments: request.arguments.clone(),
        warm: request.warm,
        ..Workspace::default()
    };
    for (platform, options) in &work.platforms {
        progress::begin(&format!("what {} needs for {platform}", work.name));
        work.analyze(options)?;
    }
    if request.warm {
        for (platform, options) in &work.platforms {
            progress::begin(&format!("the results of {}'s actions for {platform}", work.name));
            work.build(platform, options)?;
        }
    }

    progress::begin("the bundle");
    let external = External::read(&work.output_base, &work.known)?;
    for (repository, folder) in &external.local {
        work.import(&mut entry, repository, folder)?;
    }
    let definitions = work.definitions(&external.made)?;
    let sources = Sources { repository_cache: &out.join("repository_cache") };
    for definition in &definitions {
        Registry::of(out).add(definition, &sources)?;
        if let Some((sha256, archive)) = archive(definition).filter(|(sha256, _)| sources.cached(sha256).exists()) {
            entry.archives.insert(sha256, archive);
        }
    }
    Registry::of(out).add_unused(&work.versions()?, &definitions, &sources)?;
    work.go_modules()?;

    work.rehearse(&mut entry)?;
    manifest.bazel = work.release.clone();
    manifest.replace(entry);
    work.stop()?;
    finish(out, manifest)
}

/// Checks that the folder may become a bundle, and takes it for this process alone.
fn take(out: &Path, workspace: &Path) -> Result<File> {
    files::make_folder(out)?;
    let real = out.canonicalize().map_err(|e| Error::io("find", out, e))?;
    if real.starts_with(workspace) {
        return Err(Error::new("the bundle would lie in the workspace, where Bazel would take it for packages")
            .fact("bundle", real.display())
            .fact("workspace", workspace.display())
            .next("name a folder outside of the workspace"));
    }
    let found = files::entries(out)?;
    let is_ours = [manifest::NAME, WORK, LOCK].iter().any(|name| out.join(name).exists());
    if !found.is_empty() && !is_ours {
        return Err(Error::new("this folder is neither empty nor a bundle")
            .fact("where", real.display())
            .next("name a folder that is new, empty, or a bundle that is to have more"));
    }
    let path = out.join(LOCK);
    let lock = File::create(&path).map_err(|e| Error::io("make", &path, e))?;
    flock(&lock, FlockOperation::NonBlockingLockExclusive).map_err(|_| {
        Error::new("another `airgap bundle` is at work on this bundle")
            .fact("where", real.display())
            .next("wait for its end")
    })?;
    Ok(lock)
}

/// What the bundle has had so far. From now on it counts as incomplete; what is damaged of it is taken away.
fn begin(out: &Path) -> Result<Manifest> {
    let (whole, begun) = (out.join(manifest::NAME), out.join(WORK).join(manifest::NAME));
    files::make_folder(&out.join(WORK))?;
    let mut manifest = Manifest::default();
    if whole.exists() {
        manifest = Manifest::read(out)?;
        mend(out, &manifest)?;
        fs::rename(&whole, &begun).map_err(|e| Error::io("move", &whole, e))?;
    } else if begun.exists() {
        manifest = Manifest::read(&out.join(WORK))?;
    }
    let program = Path::new("/proc/self/exe");
    let content = fs::read(program).map_err(|e| Error::io("read", program, e))?;
    let copy = out.join("airgap");
    files::write(&copy, &content)?;
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(&copy, fs::Permissions::from_mode(0o755)).map_err(|e| Error::io("write", &copy, e))?;
    files::write(&out.join(place::DOWNLOADER), place::DOWNLOADER_TEXT.as_bytes())?;
    Ok(manifest)
}

/// Takes away what is damaged, so that it is made anew: a file, or the folder of which it is a part.
fn mend(out: &Path, manifest: &Manifest) -> Result<()> {
    let step = Step::new("verifying what is there", None);
    let damaged = match verify::list(out, manifest) {
        Ok(contents) => contents.differences(out, &step),
        Err(error) => {
            progress::warn(&format!("{error}"));
            files::entries(out)?
                .iter()
                .filter_map(|path| Some((path.file_name()?.to_str()?.to_owned(), String::new())))
                .filter(|(name, _)| {
                    ["repository_cache", "modules", "repositories", "goproxy", "registry", "disk_cache"]
                        .contains(&&**name)
                })
                .collect()
        }
    };
    let number = damaged.len();
    for (path, _) in damaged {
        let parts: Vec<&str> = path.split('/').collect();
        let depth = match parts[0] {
            "modules" | "repositories" => 2,
            "repository_cache" => 4,
            _ => parts.len(),
        };
        files::remove(&out.join(parts[..depth.min(parts.len())].join("/")))?;
    }
    step.done(&if number == 0 {
        "as it was made".into()
    } else {
        format!("{number} files are damaged, and made anew")
    });
    Ok(())
}

/// Writes the list and the manifest, and takes away what nothing needs any more.
fn finish(out: &Path, mut manifest: Manifest) -> Result<()> {
    let folders = manifest.folders();
    for kind in ["modules", "repositories"] {
        for folder in files::entries(&out.join(kind))? {
            let path = folder.strip_prefix(out).unwrap_or(&folder).to_string_lossy().into_owned();
            if !folders.contains(path.as_str()) {
                files::remove(&folder)?;
            }
        }
    }
    let step = Step::new("listing", None);
    let contents = Contents::of(out, &step)?;
    let text = contents.to_string();
    files::write(&out.join(contents::NAME), text.as_bytes())?;
    manifest.contents = digest::of(text.as_bytes());
    manifest.write(out)?;
    files::remove(&out.join(WORK))?;
    step.done(&format!("{} files, {}", contents.0.len(), progress::size(contents.size())));
    Ok(())
}

/// The name by which a bundle knows a workspace: that of its module, or of its folder.
pub fn name_of(workspace: &Path) -> Result<String> {
    let path = workspace.join("MODULE.bazel");
    let text = fs::read_to_string(&path).map_err(|e| {
        Error::io("read", &path, e).next("go to a workspace with a MODULE.bazel, or name one by --workspace")
    })?;
    let folder = workspace.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(module(&text).map_or(folder, |(name, _)| name.to_owned()))
}

/// The archive that a repository downloads.
fn archive(definition: &Definition) -> Option<(String, Archive)> {
    let sha256 = definition.sha256()?;
    let urls = definition.urls();
    let of_url = urls.first().and_then(|url| url.rsplit('/').next());
    let file = definition.string("file").or(of_url).unwrap_or(&definition.repository).to_owned();
    Some((sha256, Archive { file, repository: definition.repository.clone() }))
}

/// Bazel at work for the bundle, in an output base that starts empty.
struct Work<'a> {
    request: &'a Request,
    /// The bundle's folder, without links in its path.
    out: PathBuf,
    name: String,
    output_base: PathBuf,
    /// The platforms, with the options that choose them.
    platforms: Vec<(String, Vec<String>)>,
    /// What is on the other side as well: the workspace, and what Bazel brings.
    known: Vec<PathBuf>,
    release: String,
    lock_file: KeptFile,
}

impl<'a> Work<'a> {
    fn new(request: &'a Request, workspace: PathBuf, name: String) -> Result<Self> {
        let out = request.out.canonicalize().map_err(|e| Error::io("find", &request.out, e))?;
        let output_base = out.join(WORK).join(format!("output_base-{name}"));
        let lock_file = KeptFile::new(workspace.join("MODULE.bazel.lock"));
        let mut work = Work {
            request,
            out,
            name,
            platforms: Vec::new(),
            known: vec![workspace],
            release: String::new(),
            output_base,
            lock_file,
        };
        // A first question of a server that is about to start, so that a workspace that does not load says so here.
        let info = work.ask(&["info"], &["install_base", "output_base"])?;
        let value = |key: &str| {
            let line = info.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
            line.map(str::to_owned)
                .ok_or_else(|| Error::new(format!("`bazel info` says no {key}")).fact("stdout", &info))
        };
        work.release = request.bazel.run(["--version"])?.stdout.trim().trim_start_matches("bazel ").to_owned();
        work.known.extend([Path::new(&value("install_base")?).join("embedded_tools"), value("output_base")?.into()]);
        work.platforms = work.platform_options()?;
        Ok(work)
    }

    fn startup(&self) -> Vec<String> {
        vec![format!("--output_base={}", self.output_base.display())]
    }

    /// The options by which everything that is downloaded gets into the bundle.
    fn options(&self) -> Vec<String> {
        vec![format!("--repository_cache={}", self.out.join("repository_cache").display())]
    }

    /// Of the request's options, those that say where modules come from: every command of Bazel's knows them.
    fn module_options(&self) -> impl Iterator<Item = String> {
        let is_one = |argument: &&String| MODULE_OPTIONS.iter().any(|name| argument.split('=').next() == Some(name));
        self.request.arguments.iter().filter(is_one).cloned()
    }

    /// What a command of Bazel's that builds nothing prints.
    fn ask(&self, command: &[&str], words: &[&str]) -> Result<String> {
        let words = words.iter().map(|&word| word.to_owned());
        let command = command.iter().map(|&word| word.to_owned());
        let options = self.options().into_iter().chain(self.module_options());
        Ok(self.request.bazel.run(self.startup().into_iter().chain(command).chain(options).chain(words))?.stdout)
    }

    /// This machine's platform needs no option: users give none. The others are rules_go's, with cgo, which race mode needs.
    fn platform_options(&self) -> Result<Vec<(String, Vec<String>)>> {
        let mut names = self.request.platforms.clone();
        if names.is_empty() {
            names.push(here().to_owned());
        }
        let mut rules_go = None;
        let mut platforms = Vec::new();
        for name in names {
            let arch = PLATFORMS.iter().find(|known| **known == name).and_then(|name| name.split('/').nth(1));
            let Some(arch) = arch else {
                return Err(Error::new(format!("unknown platform {name:?}"))
                    .next(format!("name one of {}, or several with commas between", PLATFORMS.join(", "))));
            };
            if platforms.iter().any(|(other, _)| *other == name) {
                continue;
            }
            let mut options = Vec::new();
            if name != here() {
                let rules_go = match &mut rules_go {
                    Some(rules_go) => rules_go,
                    none => none.insert(self.rules_go()?),
                };
                options.push(format!("--platforms=@{rules_go}//go/toolchain:linux_{arch}_cgo"));
            }
            platforms.push((name, options));
        }
        Ok(platforms)
    }

    /// The name by which the workspace knows rules_go.
    fn rules_go(&self) -> Result<String> {
        let mapping = self.ask(&["mod", "dump_repo_mapping"], &[""])?;
        let mapping: Value = serde_json::from_str(mapping.trim()).unwrap_or_default();
        let mut names = mapping.as_object().into_iter().flatten();
        let found = names.find(|(_, canonical)| canonical.as_str().and_then(external::module_of) == Some("rules_go"));
        found.map(|(name, _)| name.clone()).ok_or_else(|| {
            Error::new("the workspace has no rules_go, whose platforms are needed to build for another one")
                .fact("workspace", self.request.bazel.workspace().display())
                .next("add `bazel_dep(name = \"rules_go\", …)` to MODULE.bazel; or leave --platform out, and give `--platforms=…` \
                       among Bazel's options")
        })
    }

    /// Has Bazel fetch everything that building and testing needs.
    fn analyze(&self, platform: &[String]) -> Result<()> {
        let (status, said) = self.show("test", &["--nobuild".to_owned()], platform)?;
        if is_analyzed(status, &said) { Ok(()) } else { Err(self.failed(status)) }
    }

    /// Has Bazel build, and test for this machine's platform, so that the disk cache gets all results.
    fn build(&self, platform: &str, options: &[String]) -> Result<()> {
        let command = if platform == here() { "test" } else { "build" };
        let cache = format!("--disk_cache={}", self.out.join("disk_cache").display());
        let warm: Vec<String> =
            [cache].into_iter().chain(place::WARM_OPTIONS.map(|name| format!("--{name}"))).collect();
        let (status, _) = self.show(command, &warm, options)?;
        match status.code() {
            Some(0 | NO_TESTS) => Ok(()),
            Some(TESTS_FAILED) => {
                progress::warn("a test failed: its result is not in the bundle, all others are");
                Ok(())
            }
            _ => Err(self.failed(status)),
        }
    }

    /// Runs a command of Bazel's with what the request asks for, where people see it.
    fn show(&self, command: &str, own: &[String], platform: &[String]) -> Result<(ExitStatus, String)> {
        let options = self.options();
        let words = [command.to_owned()].into_iter().chain(shown::options().iter().map(|&option| option.to_owned()));
        let words = self.startup().into_iter().chain(words).chain(options).chain(own.iter().cloned());
        let words = words.chain(platform.iter().cloned()).chain(self.request.arguments.iter().cloned());
        let bazel = &self.request.bazel;
        let child = shown::start(bazel.command(words).stdout(io::stderr())).map_err(|reason| bazel.not_run(reason))?;
        shown::read(child)
    }

    fn failed(&self, status: ExitStatus) -> Error {
        Error::new(format!("Bazel failed ({status}); it says why above"))
            .fact("workspace", self.request.bazel.workspace().display())
            .next("mend it, and call this again: what was fetched is kept")
    }

    /// Puts the folder of a repository into the bundle, which then stands for it.
    fn import(&self, entry: &mut Workspace, repository: &str, folder: &Path) -> Result<()> {
        let out = &self.out;
        match external::module_of(repository) {
            Some(module) => entry.modules.insert(module.to_owned(), tree::import(out, "modules", module, folder)?),
            None => {
                entry.repositories.insert(repository.to_owned(), tree::import(out, "repositories", repository, folder)?)
            }
        };
        Ok(())
    }

    fn definitions(&self, repositories: &[String]) -> Result<Vec<Definition>> {
        let options: Vec<String> = self.options().into_iter().chain(self.module_options()).collect();
        external::definitions(&self.request.bazel, &self.startup(), &options, repositories)
    }

    /// Every version of a module that Bazel has looked at.
    fn versions(&self) -> Result<BTreeSet<(String, String)>> {
        let graph = self.ask(&["mod", "graph"], &["--output=json", "--include_unused"])?;
        let mut versions = BTreeSet::new();
        collect_versions(&serde_json::from_str(&graph).unwrap_or_default(), &mut versions);
        Ok(versions)
    }

    /// Copies the Go modules that gazelle's repositories have downloaded: the go command's download cache is a GOPROXY.
    fn go_modules(&self) -> Result<()> {
        for repository in files::entries(&self.output_base.join("external"))? {
            let cache = repository.join("pkg/mod/cache/download");
            if repository.to_string_lossy().ends_with("bazel_gazelle_go_repository_cache") && cache.is_dir() {
                let step = Step::new("goproxy", None);
                let number = copy_go_modules(&cache, &self.out.join("goproxy"), &step)?;
                step.done(&format!("{number} files"));
            }
        }
        Ok(())
    }

    /// Analyses once more, in an empty output base, without a network, and with the bundle alone. What cannot be made from downloads
    /// (a rule that calls git, a download without a checksum) is put into the bundle as the folder that it became here.
    fn rehearse(&self, entry: &mut Workspace) -> Result<()> {
        let output_base = self.out.join(WORK).join("rehearsal");
        files::remove(&output_base)?;
        for (platform, options) in &self.platforms {
            loop {
                let step = Step::new(format!("rehearsal for {platform}"), None);
                let (is_well, said) = self.rehearsal(&output_base, entry, options)?;
                if is_well {
                    step.done("nothing is missing");
                    break;
                }
                let missing: Vec<String> = gaps::repositories(&said)
                    .into_iter()
                    .filter(|name| {
                        !entry.repositories.contains_key(name) && self.output_base.join("external").join(name).is_dir()
                    })
                    .filter(|name| external::module_of(name).is_none_or(|module| !entry.modules.contains_key(module)))
                    .collect();
                step.done(&match missing.len() {
                    0 => "something is missing".to_owned(),
                    number => {
                        format!("{number} repositories cannot be made without a network, and are taken as folders")
                    }
                });
                if missing.is_empty() {
                    return Err(Error::new("the build would need more than can be bundled")
                        .fact("workspace", self.request.bazel.workspace().display())
                        .fact("platform", platform)
                        .fact("missing", gaps::told(&gaps::gaps(&said)))
                        .fact("stderr", end_of(&said))
                        .next("an extension that downloads without a checksum, or a registry in .bazelrc without a MODULE.bazel.lock, \
                               cannot be bundled: see docs/airgap.md"));
                }
                for repository in missing {
                    self.import(entry, &repository, &self.output_base.join("external").join(&repository))?;
                }
            }
        }
        files::remove(&output_base)
    }

    fn rehearsal(&self, output_base: &Path, entry: &Workspace, platform: &[String]) -> Result<(bool, String)> {
        let bazelrc = self.out.join(WORK).join("rehearsal.bazelrc");
        files::write(&bazelrc, place::bazelrc(&self.out, entry).as_bytes())?;
        let words = [
            format!("--bazelrc={}", bazelrc.display()),
            "--batch".into(),
            format!("--output_base={}", output_base.display()),
            "test".into(),
            "--nobuild".into(),
        ];
        // The registry is the bundle's.
        let arguments = self.request.arguments.iter().filter(|argument| !argument.starts_with("--registry="));
        let words = words.iter().chain(platform).chain(arguments);
        let program = env::current_exe().map_err(|e| Error::new(format!("cannot tell where this program is: {e}")))?;
        let isolated = Bazel::new(program, self.request.bazel.workspace());
        let bazel = self.request.bazel.program().as_os_str();
        let prefix = ["isolated".as_ref(), "--".as_ref(), bazel];
        let (mut answer, mut status) =
            isolated.attempt(prefix.into_iter().chain(words.clone().map(|word| word.as_ref())))?;
        if status.code() == Some(crate::cli::NOT_ISOLATED.into()) {
            progress::warn(&format!("the rehearsal is not isolated from the network: {}", answer.stderr.trim()));
            (answer, status) = self.request.bazel.attempt(words)?;
        }
        Ok((is_analyzed(status, &answer.stderr), answer.stderr))
    }

    /// Stops Bazel, whose output base can then be taken away, and leaves the workspace as it was.
    fn stop(self) -> Result<()> {
        self.lock_file.restore()
    }
}

impl Drop for Work<'_> {
    fn drop(&mut self) {
        // Where all went well, it has been stopped already, and there is none.
        let _ = self.request.bazel.attempt(self.startup().into_iter().chain(["shutdown".to_owned()]));
    }
}

/// Whether `bazel test --nobuild` analysed everything: it then ends with 1, since there is nothing that it could test.
fn is_analyzed(status: ExitStatus, said: &str) -> bool {
    matches!(status.code(), Some(0 | NO_TESTS))
        || status.code() == Some(1) && said.contains("Build completed successfully")
}

/// A file of the workspace's that Bazel may change while it works for the bundle.
struct KeptFile {
    path: PathBuf,
    content: Option<Vec<u8>>,
}

impl KeptFile {
    fn new(path: PathBuf) -> Self {
        KeptFile { content: fs::read(&path).ok(), path }
    }

    fn restore(&self) -> Result<()> {
        match &self.content {
            Some(content) if fs::read(&self.path).ok().as_ref() != Some(content) => files::write(&self.path, content),
            Some(_) => Ok(()),
            None => files::remove(&self.path),
        }
    }
}

impl Drop for KeptFile {
    fn drop(&mut self) {
        // Where all went well, it has been restored already.
        let _ = self.restore();
    }
}

/// Copies what a GOPROXY serves; sums of the checksum database and locks are nothing of that.
fn copy_go_modules(from: &Path, to: &Path, step: &Step) -> Result<usize> {
    let mut number = 0;
    for entry in files::entries(from)? {
        let name = entry.file_name().unwrap_or_default();
        let target = to.join(name);
        if entry.is_dir() {
            if name != "sumdb" {
                number += copy_go_modules(&entry, &target, step)?;
            }
        } else if ["info", "mod", "zip", "ziphash"]
            .iter()
            .any(|kind| entry.extension().is_some_and(|found| found == *kind))
        {
            let content = fs::read(&entry).map_err(|e| Error::io("read", &entry, e))?;
            files::write(&target, &content)?;
            step.add(content.len() as u64);
            number += 1;
        }
    }
    Ok(number)
}

fn collect_versions(value: &Value, versions: &mut BTreeSet<(String, String)>) {
    if let (Some(name), Some(version)) =
        (value["name"].as_str(), value["version"].as_str().filter(|version| !version.is_empty()))
    {
        versions.insert((name.to_owned(), version.to_owned()));
    }
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect_versions(value, versions)),
        Value::Object(values) => values.values().for_each(|value| collect_versions(value, versions)),
        _ => {}
    }
}

fn end_of(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(20)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workspace_is_called_as_its_module_or_as_its_folder() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("folder");
        files::write(&folder.join("MODULE.bazel"), b"module(name = \"team\")\n").unwrap();
        assert_eq!(name_of(&folder).unwrap(), "team");
        files::write(&folder.join("MODULE.bazel"), b"# nothing\n").unwrap();
        assert_eq!(name_of(&folder).unwrap(), "folder");
        let error = name_of(dir.path()).unwrap_err().to_string();
        assert!(error.contains("MODULE.bazel") && error.contains("--workspace"), "{error}");
    }

    #[test]
    fn no_folder_of_somebody_elses_becomes_a_bundle() {
        let dir = tempfile::tempdir().unwrap();
        let (out, workspace) = (dir.path().join("out"), dir.path().join("workspace"));
        files::make_folder(&workspace).unwrap();
        files::write(&out.join("thesis.txt"), b"x").unwrap();
        let error = take(&out, &workspace).unwrap_err().to_string();
        assert!(error.contains("neither empty nor a bundle"), "{error}");
        let error = take(&workspace.join("out"), &workspace.canonicalize().unwrap()).unwrap_err().to_string();
        assert!(error.contains("in the workspace"), "{error}");
    }

    #[test]
    fn one_at_a_time_makes_a_bundle() {
        let dir = tempfile::tempdir().unwrap();
        let (out, workspace) = (dir.path().join("out"), dir.path().join("workspace"));
        let held = take(&out, &workspace).unwrap();
        let error = take(&out, &workspace).unwrap_err().to_string();
        assert!(error.contains("another `airgap bundle` is at work"), "{error}");
        drop(held);
        take(&out, &workspace).unwrap();
    }

    #[test]
    fn the_workspaces_lock_file_is_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("MODULE.bazel.lock");
        let kept = KeptFile::new(path.clone());
        fs::write(&path, "new").unwrap();
        drop(kept);
        assert!(!path.exists());
        fs::write(&path, "old").unwrap();
        let kept = KeptFile::new(path.clone());
        fs::write(&path, "new").unwrap();
        drop(kept);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn damage_goes_with_the_folder_that_it_is_in() {
        let dir = tempfile::tempdir().unwrap();
        let write = |path: &str| files::write(&dir.path().join(path), b"some").unwrap();
        let all = ["modules/a-1/sub/x", "modules/b-1/x", "goproxy/m/@v/1.zip", "goproxy/m/@v/1.mod"];
        all.into_iter().for_each(write);
        let contents = Contents::of(dir.path(), &Step::new("", None)).unwrap().to_string();
        files::write(&dir.path().join(contents::NAME), contents.as_bytes()).unwrap();
        let manifest = Manifest { contents: digest::of(contents.as_bytes()), ..Manifest::default() };
        for path in ["modules/a-1/sub/x", "goproxy/m/@v/1.zip"] {
            fs::write(dir.path().join(path), "so").unwrap();
        }
        mend(dir.path(), &manifest).unwrap();
        let there = all.map(|path| dir.path().join(path).exists());
        assert_eq!(there, [false, true, false, true]);
        assert!(!dir.path().join("modules/a-1").exists());
    }

    #[test]
    fn versions_are_found_anywhere_in_the_graph() {
        let graph = serde_json::json!({
            "key": "<root>", "name": "", "version": "",
            "dependencies": [{ "name": "a", "version": "1", "dependencies": [{ "name": "b", "version": "2" }] }],
        });
        let mut versions = BTreeSet::new();
        collect_versions(&graph, &mut versions);
        assert_eq!(versions, [("a".into(), "1".into()), ("b".into(), "2".into())].into());
    }
}
