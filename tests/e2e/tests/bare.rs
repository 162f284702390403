//! A host without a C compiler, an assembler, a linker, C headers, start files or static libraries; and one that has next to
//! nothing at all.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use e2e::Command;

/// What an emptied host has in /usr/bin: Bazel and its Java; the shell of Bazel's test-setup.sh and of rules_go's wrapper, which
/// finds it by `env`; and what Bazel tries its sandbox with.
const KEPT: [&str; 6] = ["bash", "bazel", "env", "java", "sh", "true"];

/// What is to be taken away from this machine's root.
pub struct Host {
    script: String,
}

impl Host {
    /// Looks at what the root has of C.
    ///
    /// # Panics
    ///
    /// If it has none, so that nothing would be shown; or if something of it is still there afterwards.
    pub fn new() -> Self {
        let compilers = compilers();
        let gcc = Path::new("/usr/bin/gcc").canonicalize().expect("the root's gcc");
        assert!(compilers.contains(&gcc), "the root has a compiler to take away: {compilers:?}");
        let mut away: Vec<PathBuf> = compilers.into_iter().collect();
        away.extend(["/usr/include", "/usr/lib/gcc", "/usr/libexec/gcc"].map(PathBuf::from));
        let libraries: Vec<PathBuf> = fs::read_dir("/usr/lib/x86_64-linux-gnu")
            .expect("the root's libraries")
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "a" || extension == "o"))
            .collect();
        assert!(libraries.iter().any(|path| path.ends_with("libc.a")), "the root has libraries to take away");
        away.extend(libraries);
        let words: Vec<String> = away.iter().map(|path| path.display().to_string()).collect();
        let host = Self { script: format!("rm -r {} && exec \"$@\"", words.join(" ")) };
        let prefix = host.prefix();
        let run = |words: &[&str]| Command::new(prefix[0]).args(&prefix[1..]).args(words).run();
        for gone in ["/usr/include/stdio.h", "/usr/lib/x86_64-linux-gnu/libc.a", "/usr/lib/x86_64-linux-gnu/crt1.o"] {
            assert!(Path::new(gone).exists(), "{gone} is here");
            run(&["test", "!", "-e", gone]).succeeds();
        }
        run(&["gcc", "--version"]).fails();
        run(&["ld", "--version"]).fails();
        host
    }

    /// Takes away everything that Bazel itself does not start: of /usr/bin, only [`KEPT`] stays; of Rust, Python, Perl, git and
    /// LLVM, nothing.
    ///
    /// # Panics
    ///
    /// If something of it is still there afterwards.
    pub fn emptied() -> Self {
        let in_folder = |folder: &str| {
            let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
            entries.map(|entry| entry.expect("an entry").path()).collect::<Vec<_>>()
        };
        let name = |path: &Path| path.file_name().expect("a name").to_string_lossy().into_owned();
        let mut away: Vec<PathBuf> = ["/usr/include", "/usr/lib/gcc", "/usr/libexec/gcc"].map(PathBuf::from).into();
        away.extend(in_folder("/usr/bin").into_iter().filter(|path| !KEPT.contains(&&*name(path))));
        away.extend(in_folder("/usr/sbin"));
        let gone =
            ["rust", "python", "perl", "llvm", "git-core", "librust", "libpython", "libperl", "libLLVM", "libclang"];
        for folder in ["/usr/lib", "/usr/lib/x86_64-linux-gnu"] {
            away.extend(in_folder(folder).into_iter().filter(|path| {
                let name = name(path);
                gone.iter().any(|start| name.starts_with(start)) || name.ends_with(".a") || name.ends_with(".o")
            }));
        }
        let words: Vec<String> = away.iter().map(|path| path.display().to_string()).collect();
        let host = Self { script: format!("rm -rf {} && exec \"$@\"", words.join(" ")) };
        let prefix = host.prefix();
        let run = |script: &str| Command::new(prefix[0]).args(&prefix[1..]).args(["bash", "-c", script]).run();
        for gone in ["gcc", "ld", "clang", "rustc", "cargo", "python3", "perl", "git", "sed", "cat", "ls"] {
            assert!(gone == "clang" || Path::new("/usr/bin").join(gone).exists(), "{gone} is here, to be taken away");
            run(&format!("{gone} --version")).fails();
        }
        run("cd /usr/bin && echo *").succeeds().says(&KEPT.join(" "));
        host
    }

    /// The words before a command that is to run there. The root itself is left as it is: bubblewrap lays a layer above it.
    pub fn prefix(&self) -> Vec<&str> {
        let layer = ["bwrap", "--dev-bind", "/", "/", "--overlay-src", "/usr", "--tmp-overlay", "/usr"];
        layer.into_iter().chain(["sh", "-c", &self.script, "bare"]).collect()
    }
}

/// The programs that could compile or link C in the root, found by the names that a distribution gives them.
fn compilers() -> BTreeSet<PathBuf> {
    let names = ["gcc", "g++", "cc", "c++", "cpp", "c89", "c99", "clang", "as", "ld", "collect2", "tcc", "zig"];
    let is_compiler = |name: &str| {
        let base = name.trim_start_matches("x86_64-linux-gnu-").trim_start_matches("aarch64-linux-gnu-");
        names
            .iter()
            .any(|known| base == *known || base.strip_prefix(known).is_some_and(|rest| rest.starts_with(['-', '.'])))
    };
    fs::read_dir("/usr/bin")
        .expect("/usr/bin")
        .map(|entry| entry.expect("an entry"))
        // rustc's linker is what the tools are linked with; ld.so is the loader.
        .filter(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            is_compiler(&name) && !name.starts_with("ld.lld") && name != "ld.so"
        })
        // Most are links to others: what is hidden is the program itself.
        .filter_map(|entry| entry.path().canonicalize().ok())
        .collect()
}
