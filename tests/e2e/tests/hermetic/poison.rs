//! An environment that leads every C compiler and Go astray, and proof that it does.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use e2e::{Bazel, Command, Output, Setup, Workspace};
use tempfile::TempDir;

/// Tools that a build could find by `PATH`.
const TOOLS: [&str; 24] = [
    "gcc",
    "g++",
    "cc",
    "c++",
    "cpp",
    "clang",
    "clang++",
    "ld",
    "ld.lld",
    "ld.gold",
    "ld.bfd",
    "lld",
    "as",
    "ar",
    "nm",
    "ranlib",
    "strip",
    "objcopy",
    "pkg-config",
    "go",
    "gofmt",
    "zig",
    "rustc",
    "cargo",
];

/// What C and C++ include sooner or later.
const HEADERS: [&str; 12] = [
    "stdio.h",
    "stdlib.h",
    "stddef.h",
    "stdint.h",
    "string.h",
    "errno.h",
    "pthread.h",
    "unistd.h",
    "signal.h",
    "string",
    "vector",
    "cstddef",
];

/// What a link takes, and what GNU's compiler itself loads.
const LIBRARIES: [&str; 14] = [
    "libc.a",
    "libc.so",
    "libpthread.a",
    "libpthread.so",
    "libgcc.a",
    "libgcc_eh.a",
    "libc++.a",
    "libstdc++.a",
    "crt1.o",
    "crti.o",
    "crtn.o",
    "libmpfr.so.6",
    "libmpc.so.3",
    "libgmp.so.10",
];

/// Notes each program that loads it.
const PRELOAD: &str = r#"
#include <fcntl.h>
#include <unistd.h>
__attribute__((constructor)) static void note(void) {
  char name[4096];
  ssize_t length = readlink("/proc/self/exe", name, sizeof name - 1);
  int file = open(NOTES, O_WRONLY | O_APPEND | O_CREAT, 0666);
  if (length < 0 || file < 0) return;
  name[length] = '\n';
  if (write(file, name, length + 1) < 0) _exit(99);
  close(file);
}
"#;

/// The folder of the poison, and the variables that lead there.
pub struct Poison {
    dir: TempDir,
}

impl Poison {
    /// Makes all of it.
    pub fn new() -> Self {
        let poison = Self { dir: tempfile::tempdir().expect("a folder") };
        for (folder, names, text) in [
            ("include", &HEADERS[..], "#error POISON\n"),
            ("lib", &LIBRARIES, "POISON\n"),
            (
                "home/.config",
                &["clang.cfg", "clang++.cfg", "x86_64-unknown-linux-musl-clang.cfg"],
                "-DPOISON -include poison.h\n",
            ),
        ] {
            fs::create_dir_all(poison.path(folder)).expect("a folder");
            for name in names {
                fs::write(poison.path(folder).join(name), text).expect("a file");
            }
        }
        fs::create_dir(poison.path("bin")).expect("a folder");
        for name in TOOLS {
            let script = poison.path("bin").join(name);
            let calls = poison.path("calls");
            let text =
                format!("#!/bin/sh\necho {name} \"$@\" >>{}\necho POISON {name} >&2\nexit 99\n", calls.display());
            fs::write(&script, text).expect("a script");
            fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).expect("a script");
        }
        let (source, library) = (poison.path("preload.c"), poison.path("preload.so"));
        fs::write(&source, PRELOAD).expect("a file");
        let notes = format!("-DNOTES=\"{}\"", poison.path("preloaded").display());
        Command::new("/usr/bin/gcc").args(["-shared", "-fPIC", &notes, "-o"]).args([library, source]).run().succeeds();
        // The home that the system knows of the user, should a program ask it in place of HOME.
        let user = format!("stranger:x:1234:1234::{}:/bin/sh\n", poison.path("home").display());
        fs::write(poison.path("passwd"), user).expect("a file");
        poison
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir().join(name)
    }

    /// The environment variables.
    pub fn variables(&self) -> Vec<(&'static str, String)> {
        let path = |name: &str| self.path(name).display().to_string();
        let flags = format!("-I{0} -include {0}/stdio.h -DPOISON", path("include"));
        let compiler = |name: &str| path(&format!("bin/{name}"));
        vec![
            ("PATH", format!("{}:/usr/bin", path("bin"))),
            ("HOME", path("home")),
            ("USER", "stranger".into()),
            ("TZ", "Pacific/Kiritimati".into()),
            ("LANG", "de_DE.UTF-8".into()),
            ("LC_ALL", "de_DE.UTF-8".into()),
            ("CC", compiler("gcc")),
            ("CXX", compiler("g++")),
            ("LD", compiler("ld")),
            ("AR", compiler("ar")),
            ("CPATH", path("include")),
            ("C_INCLUDE_PATH", path("include")),
            ("CPLUS_INCLUDE_PATH", path("include")),
            ("LIBRARY_PATH", path("lib")),
            ("COMPILER_PATH", path("bin")),
            ("GCC_EXEC_PREFIX", path("lib/")),
            ("LD_LIBRARY_PATH", path("lib")),
            ("LD_RUN_PATH", path("lib")),
            ("LD_PRELOAD", path("preload.so")),
            ("CPPFLAGS", flags.clone()),
            ("CFLAGS", flags.clone()),
            ("CXXFLAGS", flags.clone()),
            ("LDFLAGS", format!("-L{}", path("lib"))),
            ("CGO_ENABLED", "0".into()),
            ("CGO_CPPFLAGS", flags.clone()),
            ("CGO_CFLAGS", flags.clone()),
            ("CGO_CXXFLAGS", flags),
            ("CGO_LDFLAGS", format!("-L{} -lpoison", path("lib"))),
            ("GOFLAGS", "-poison".into()),
            ("GOROOT", path("goroot")),
            ("GOAMD64", "v3".into()),
            ("GOTOOLCHAIN", "go1.99.0".into()),
            ("CCC_OVERRIDE_OPTIONS", "+-DPOISON +--poison".into()),
            ("SOURCE_DATE_EPOCH", "1".into()),
        ]
    }

    /// Bazel with all of it, by another user on a host of another name.
    pub fn applied_to<'a>(&self, workspace: &'a Workspace, output_base: &Path) -> Bazel<'a> {
        let passwd = self.path("passwd").display().to_string();
        let bazel = workspace.bazel().fresh(output_base).by(&[
            "bwrap",
            "--dev-bind",
            "/",
            "/",
            "--unshare-user",
            "--uid",
            "1234",
            "--gid",
            "1234",
            "--unshare-uts",
            "--hostname",
            "elsewhere",
            "--ro-bind",
            &passwd,
            "/etc/passwd",
        ]);
        self.variables().into_iter().fold(bazel, |bazel, (name, value)| bazel.env(name, &value))
    }

    /// The calls of the tools in its PATH.
    pub fn calls(&self) -> String {
        fs::read_to_string(self.path("calls")).unwrap_or_default()
    }

    /// The programs that loaded its library.
    pub fn preloaded_into(&self) -> BTreeSet<String> {
        let notes = fs::read_to_string(self.path("preloaded")).unwrap_or_default();
        notes.lines().map(str::to_owned).collect()
    }
}

/// A build with the host's tools in an environment that is poisoned by the named variables alone.
struct HostsBuild {
    poison: Poison,
    work: TempDir,
}

impl HostsBuild {
    fn new() -> Self {
        let work = tempfile::tempdir().expect("a folder");
        fs::write(work.path().join("main.c"), "#include <stdio.h>\nint main(void) { return puts(\"\") < 0; }\n")
            .expect("a file");
        let go = "package main\n\n// #include <stdlib.h>\nimport \"C\"\n\nfunc main() { C.free(nil) }\n";
        fs::create_dir(work.path().join("go")).expect("a folder");
        fs::write(work.path().join("go/main.go"), go).expect("a file");
        fs::write(work.path().join("go/go.mod"), "module example.com/poison\n\ngo 1.25\n").expect("a file");
        Self { poison: Poison::new(), work }
    }

    fn run(&self, variables: &[&str], words: &[&str]) -> Output {
        let cache = self.work.path().join("cache").display().to_string();
        let command = Command::new("/usr/bin/env").args(["-i", "PATH=/usr/bin"]);
        // The poison of PATH has the host's own tools behind it.
        let all = self.poison.variables();
        let poison =
            all.iter().filter(|(name, _)| variables.contains(name)).map(|(name, value)| format!("{name}={value}"));
        command
            .args(["CGO_ENABLED=1", "GOPROXY=off", &format!("GOCACHE={cache}"), &format!("GOPATH={cache}/path")])
            .args(poison)
            .args(words)
            .dir(self.work.path())
            .run()
    }
}

#[test]
fn the_poison_works_on_the_hosts_compilers() {
    let host = HostsBuild::new();
    let gcc = ["/usr/bin/gcc", "main.c", "-o", "main"];
    let gcc_by_path = ["gcc", "main.c", "-o", "main"];
    let go = Setup::get().sdks["1.27.0"].join("bin/go").display().to_string();
    let go = [&*go, "-C", "go", "build", "-o", "../main"];
    for (variable, words) in [
        ("PATH", &gcc_by_path[..]),
        ("CPATH", &gcc),
        ("C_INCLUDE_PATH", &gcc),
        ("LIBRARY_PATH", &gcc),
        ("COMPILER_PATH", &gcc),
        ("LD_LIBRARY_PATH", &gcc),
        ("CC", &go),
        ("CGO_CFLAGS", &go),
        ("CGO_CPPFLAGS", &go),
        ("CGO_LDFLAGS", &go),
        ("CGO_ENABLED", &go),
        ("GOFLAGS", &go),
        ("GOROOT", &go),
        ("GOTOOLCHAIN", &go),
    ] {
        host.run(&[], words).succeeds();
        let output = host.run(&[variable], words);
        assert!(output.code != Some(0), "{variable} is no poison: {output}");
    }
    assert!(!host.poison.calls().is_empty(), "calls are not recorded");
    host.run(&["LD_PRELOAD"], &gcc).succeeds();
    let loaded = host.poison.preloaded_into();
    assert!(loaded.iter().any(|program| program.contains("gcc")), "{loaded:?}");
}
