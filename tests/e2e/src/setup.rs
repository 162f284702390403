//! Where `./dev test` has put what the tests need.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// The paths that `./dev test` passes on.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The options that stand for "a machine with Bazel, rule sets, Rust and the payload": a bazelrc.
    pub bazelrc: PathBuf,
    /// A folder that outlives the run, for workspaces and output bases.
    pub cache: PathBuf,
    /// The archives of the crates that the tools are built with.
    pub crates: PathBuf,
    /// A root file system with Chromium.
    pub chromium: PathBuf,
    /// The programs of a remote execution engine.
    pub engine: PathBuf,
    /// The archive of Debian's clang 19, as `sysroot llvm` makes it.
    pub llvm19: PathBuf,
    /// The five tarballs, by their file names.
    pub payload: BTreeMap<String, PathBuf>,
    /// The packages that the payload was packed from, as `sysroot pack --packages` keeps them.
    pub packages: PathBuf,
    /// A release that was made of this repository. Only where tests of it are to run.
    pub release: PathBuf,
    /// This repository.
    pub repo: PathBuf,
    /// What the tests run in: the folder `root`, a root file system, and `packages.txt`, the names of its packages.
    pub root: PathBuf,
    /// Go's SDK for arm64, of the first of the versions.
    pub sdk_arm64: PathBuf,
    /// The Go SDKs by their versions, each a folder that can stand for rules_go's download.
    pub sdks: BTreeMap<String, PathBuf>,
    /// The packer.
    pub sysroot: PathBuf,
}

impl Setup {
    /// Reads the environment.
    ///
    /// # Panics
    ///
    /// If a variable is missing: the tests can only be run by `./dev test`.
    pub fn get() -> Self {
        crate::failure::show_at_once();
        let sdks = variable("GO_RACE_E2E_SDKS");
        Self {
            bazelrc: variable("GO_RACE_E2E_BAZELRC").into(),
            cache: variable("GO_RACE_E2E_CACHE").into(),
            crates: variable("GO_RACE_E2E_CRATES").into(),
            chromium: variable("GO_RACE_E2E_CHROMIUM").into(),
            engine: variable("GO_RACE_E2E_ENGINE").into(),
            llvm19: variable("GO_RACE_E2E_LLVM19").into(),
            payload: variable("GO_RACE_E2E_PAYLOAD")
                .split_whitespace()
                .flat_map(|folder| std::fs::read_dir(folder).expect("the payload"))
                .map(|entry| entry.expect("an entry").path())
                .filter(|path| path.extension().is_some_and(|extension| extension == "zst"))
                .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), path))
                .collect(),
            packages: variable("GO_RACE_E2E_PACKAGES").into(),
            release: variable("GO_RACE_E2E_RELEASE").into(),
            repo: PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository"),
            root: variable("GO_RACE_E2E_ROOT").into(),
            sdk_arm64: variable("GO_RACE_E2E_SDK_ARM64").into(),
            sdks: sdks
                .split_whitespace()
                .map(|pair| pair.split_once('=').expect("VERSION=FOLDER"))
                .map(|(version, folder)| (version.to_owned(), folder.into()))
                .collect(),
            sysroot: variable("GO_RACE_E2E_SYSROOT").into(),
        }
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests by ./dev test"))
}
