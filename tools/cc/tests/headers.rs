//! Every public header of the payload, a test each: musl's compile and link, in C and C++; libc++'s and the kernel's
//! compile; for both targets.
//!
//! Feature `payload`; `TOOLCHAINS_GO_RACE_TREES` names the folder of the trees, as for the tests in `real.rs`. The tests
//! are made of what is there, hence the harness of their own.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use libtest_mimic::{Arguments, Failed, Trial};

const TARGETS: [&str; 2] = ["amd64", "arm64"];

/// Headers of the kernel that need others before them, as in every distribution's copy.
const AFTER: [(&str, &str); 9] = [
    ("asm-generic/ucontext.h", "signal.h"),
    ("asm/ucontext.h", "signal.h"),
    ("linux/errqueue.h", "time.h"),
    ("linux/hdlc/ioctl.h", "net/if.h"),
    ("linux/omapfb.h", "stddef.h"),
    ("linux/phonet.h", "sys/socket.h"),
    ("linux/sctp.h", "netinet/in.h"),
    ("linux/sysctl.h", "stddef.h"),
    ("linux/usb/audio.h", "stddef.h"),
];

/// Headers of the kernel that no program can include, as the kernel exports them, and clang's words for that.
const UNUSABLE: [(&str, &str); 6] = [
    // Types of Xen's own headers, which the kernel doesn't export.
    ("xen/evtchn.h", "unknown type name 'domid_t'"),
    ("xen/gntdev.h", "unknown type name 'grant_ref_t'"),
    ("xen/privcmd.h", "'xen/interface/xen.h' file not found"),
    // It defines types of the C library, and needs others of them.
    ("linux/coda.h", "unknown type name 'int64_t'"),
    // <linux/soundcard.h> includes it.
    ("linux/patchkey.h", "patchkey.h included directly"),
    // Of amd64 only: it includes <asm/a.out.h>.
    ("linux/a.out.h", "'asm/a.out.h' file not found"),
];

fn main() -> ExitCode {
    let trees: PathBuf = std::env::var_os("TOOLCHAINS_GO_RACE_TREES")
        .expect("TOOLCHAINS_GO_RACE_TREES names the folder of the trees")
        .into();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("headers");
    fs::create_dir_all(&folder).expect("the tests' own folder");
    let compiler = Compiler { trees, folder };

    let mut trials = Vec::new();
    for name in compiler.c_headers() {
        let compiler = compiler.clone();
        trials.push(Trial::test(format!("musl <{name}>"), move || compiler.links(&name)));
    }
    for name in compiler.cxx_headers() {
        let compiler = compiler.clone();
        trials.push(Trial::test(format!("libc++ <{name}>"), move || compiler.compiles_cxx(&name)));
    }
    for name in compiler.linux_headers() {
        let compiler = compiler.clone();
        trials.push(Trial::test(format!("Linux <{name}>"), move || compiler.compiles_for_linux(&name)));
    }
    // A payload without headers would have no failing test.
    for (library, least) in [("musl", 180), ("libc++", 90), ("Linux", 1000)] {
        let found = trials.iter().filter(|trial| trial.name().starts_with(library)).count();
        assert!(found >= least, "{found} headers of {library}, expected {least} or more");
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

#[derive(Clone)]
struct Compiler {
    trees: PathBuf,
    folder: PathBuf,
}

impl Compiler {
    /// Those that a program may name: `bits/` is musl's own business.
    fn c_headers(&self) -> BTreeSet<String> {
        let mut names = self.names("headers", "");
        names.retain(|name| !name.starts_with("bits/"));
        names
    }

    fn linux_headers(&self) -> BTreeSet<String> {
        self.names("linux", "linux")
    }

    /// Those without `__` before their names, and those of C that libc++ has too.
    fn cxx_headers(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        collect(&self.trees.join("cxx/cxx/include"), "", &mut names);
        names.retain(|name| !name.starts_with("__") && !name.starts_with("ext/") && !name.starts_with("experimental/"));
        names
    }

    fn names(&self, tree: &str, below: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for target in TARGETS {
            let folder = self.trees.join(format!("{tree}_{target}")).join(below);
            for include in [folder.join("include"), folder.join(target).join("include")] {
                collect(&include, "", &mut names);
            }
        }
        names
    }

    fn links(&self, name: &str) -> Result<(), Failed> {
        for target in TARGETS {
            for (tool, language) in [("cc", "c"), ("c++", "c++")] {
                let source = format!("#include <{name}>\nint main(void) {{ return 0; }}\n");
                self.run(target, tool, &["-Wall", "-x", language], name, &source)?;
            }
        }
        Ok(())
    }

    fn compiles_cxx(&self, name: &str) -> Result<(), Failed> {
        for target in TARGETS {
            for standard in ["-std=c++17", "-std=c++23"] {
                let source = format!("#include <{name}>\n");
                self.run(target, "c++", &["-fsyntax-only", "-Wall", standard, "-x", "c++"], name, &source)?;
            }
        }
        Ok(())
    }

    fn compiles_for_linux(&self, name: &str) -> Result<(), Failed> {
        for target in TARGETS {
            if name.starts_with("asm/") && !self.has_asm(target, name) {
                continue; // Of the other architecture.
            }
            let before = AFTER.iter().find(|(late, _)| *late == name);
            let before = before.map_or(String::new(), |(_, first)| format!("#include <{first}>\n"));
            let source = format!("{before}#include <{name}>\n");
            let result = self.run(target, "cc", &["-fsyntax-only", "-x", "c"], name, &source);
            match (UNUSABLE.iter().find(|(unusable, _)| *unusable == name), result) {
                (None, result) => result?,
                (Some(_), Ok(())) if name == "linux/a.out.h" && target == "amd64" => {}
                (Some(_), Ok(())) => return Err(format!("{target}: it compiles: take it off the list").into()),
                (Some((_, why)), Err(failed)) if failed.message().is_some_and(|text| text.contains(why)) => {}
                (Some(_), Err(failed)) => return Err(failed),
            }
        }
        Ok(())
    }

    fn has_asm(&self, target: &str, name: &str) -> bool {
        let linux = self.trees.join(format!("linux_{target}/linux"));
        linux.join("include").join(name).exists() || linux.join(target).join("include").join(name).exists()
    }

    fn run(&self, target: &str, tool: &str, args: &[&str], name: &str, source: &str) -> Result<(), Failed> {
        // musl and libc++ have headers of the same names, and tests run at the same time.
        let file = self.folder.join(format!("{}_{}", args.join(""), name.replace('/', "_")));
        fs::write(&file, source)?;
        let output = Command::new(self.trees.join("bin").join(target).join(tool))
            .args(args)
            .arg(&file)
            .arg("-o")
            .arg(file.with_extension(format!("{target}.out")))
            .current_dir(&self.folder)
            .output()?;
        match output.status.success() {
            true => Ok(()),
            false => {
                let stderr = String::from_utf8_lossy(&output.stderr);
                Err(format!("{target}: {tool} {}:\n{stderr}", args.join(" ")).into())
            }
        }
    }
}

/// The files below `folder`, by their paths in it.
fn collect(folder: &Path, prefix: &str, names: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), names);
        } else {
            names.insert(format!("{prefix}{name}"));
        }
    }
}
