//! glibc's part of a link, for each version: start files, what is linked statically, and stubs.

use std::fs;
use std::path::Path;

use diagnostic::{Error, Result};

use super::library::{OPTIONS, headers};
use super::{Compiler, in_parallel, made};
use crate::glibc::{self, AbiList, LIBRARIES, MINORS, Version};
use crate::select::{Entry, Runtimes, Tree};

/// Where the inputs have the wheel's folder of glibc.
const SOURCES: &str = "glibc";

/// The table of symbols, in that folder.
const ABILISTS: &str = "glibc/abilists";

/// What a shared library begins with: it has its own destructors run when it is unloaded.
const FINALIZE: (&str, &str) = ("finalize.c", include_str!("../../../../sysroot/runtime/finalize.c"));

/// Sources that are linked statically whatever the version is.
const NONSHARED: [&str; 4] =
    ["stdlib/atexit.c", "stdlib/at_quick_exit.c", "sysdeps/pthread/pthread_atfork.c", "debug/stack_chk_fail_local.c"];

/// Up to 2.32, libc.so has no `stat` and its like, but functions that these call.
const STATS: [&str; 10] = [
    "io/fstat-2.32.c",
    "io/fstat64-2.32.c",
    "io/fstatat-2.32.c",
    "io/fstatat64-2.32.c",
    "io/lstat-2.32.c",
    "io/lstat64-2.32.c",
    "io/mknod-2.32.c",
    "io/mknodat-2.32.c",
    "io/stat-2.32.c",
    "io/stat64-2.32.c",
];
const LAST_WITH_STATS: u8 = 32;

/// Up to 2.33, a program runs its own constructors.
const INIT: &str = "csu/elf-init-2.33.c";
const LAST_WITH_INIT: u8 = 33;

/// What glibc's own build defines and gives for such sources (`Makeconfig`, `Makerules`).
const C_OPTIONS: [&str; 11] = [
    "-std=gnu11",
    "-fgnu89-inline",
    "-fmerge-all-constants",
    "-frounding-math",
    "-fno-common",
    "-fmath-errno",
    "-ftls-model=initial-exec",
    "-DNO_INITFINI",
    "-DLIBC_NONSHARED=1",
    "-DPIC",
    "-DTOP_NAMESPACE=glibc",
];
const ASSEMBLER_OPTIONS: [&str; 5] = ["-DPIC", "-DSHARED", "-DTOP_NAMESPACE=glibc", "-DASSEMBLER", "-Wa,--noexecstack"];

/// A set of start files and static parts: what versions have in common.
struct Period {
    minors: std::ops::RangeInclusive<u8>,
    start: &'static str,
    nonshared: Vec<&'static str>,
}

fn periods() -> [Period; 3] {
    let with = |more: &[&'static str]| NONSHARED.iter().chain(more).copied().collect::<Vec<_>>();
    let both = [&STATS[..], &[INIT]].concat();
    [
        Period { minors: *MINORS.start()..=LAST_WITH_STATS, start: "start-2.33.S", nonshared: with(&both) },
        Period { minors: LAST_WITH_STATS + 1..=LAST_WITH_INIT, start: "start-2.33.S", nonshared: with(&[INIT]) },
        Period { minors: LAST_WITH_INIT + 1..=*MINORS.end(), start: "start.S", nonshared: with(&[]) },
    ]
}

impl Compiler {
    /// For each version a folder with start files, `libc_nonshared.a` and stubs; and `lib/finalize.o`.
    pub(super) fn glibc(&self, runtimes: &Runtimes, inputs: &Tree, work: &Path, jobs: u32) -> Result<Tree> {
        let mut tree = Tree::new();
        let (name, text) = FINALIZE;
        put(work, name, text)?;
        self.compile(runtimes, work, &[], &[], name, "finalize.o")?;
        tree.insert("lib/finalize.o".to_owned(), made(work, "finalize.o", &[])?);

        let packages = &table(inputs)?.packages;
        for period in periods() {
            let files = self.static_parts(&period, runtimes, work, packages, jobs)?;
            for minor in period.minors {
                tree.extend(files.iter().map(|(name, entry)| (format!("2.{minor}/{name}"), entry.clone())));
            }
        }

        let stubs: Vec<(u8, &glibc::Library)> =
            MINORS.flat_map(|minor| LIBRARIES.iter().map(move |library| (minor, library))).collect();
        let abilist = AbiList::parse(&table(inputs)?.content)?;
        for minor in [*MINORS.start(), *MINORS.end()] {
            if !abilist.versions().contains(&Version(2, minor, 0))
                || abilist.versions().last() > Some(&Version(2, *MINORS.end(), 0))
            {
                return Err(Error::new("the wheel's table of glibc's symbols has other versions")
                    .fact("expected", format!("up to 2.{}", MINORS.end()))
                    .fact("actual", abilist.versions().last().map(Version::to_string).unwrap_or_default())
                    .next("follow it in MINORS (tools/sysroot/src/glibc.rs) and in toolchain/glibc_versions.bzl"));
            }
        }
        in_parallel(jobs, &stubs, |(minor, library)| self.stub(*minor, library, &abilist, runtimes, work))?;
        for (minor, library) in stubs {
            if library.is_gone(minor) {
                // For whoever says -lpthread.
                tree.insert(format!("2.{minor}/lib{}.a", library.name), Entry::ours(*b"!<arch>\n"));
            } else {
                let name = format!("2.{minor}/{}", library.file(runtimes.architecture));
                tree.insert(name.clone(), made(work, &name, packages)?);
            }
        }
        for minor in MINORS {
            let script = glibc::libc_script(runtimes.architecture);
            tree.insert(format!("2.{minor}/libc.so"), Entry::ours(script));
        }
        Ok(tree)
    }

    /// `Scrt1.o` and `libc_nonshared.a`.
    fn static_parts(
        &self,
        period: &Period,
        runtimes: &Runtimes,
        work: &Path,
        packages: &[String],
        jobs: u32,
    ) -> Result<Vec<(&'static str, Entry)>> {
        let minor = *period.minors.start();
        let object = |source: &str| format!("2.{minor}_{}.o", source.replace(['/', '.'], "_"));
        let version = format!("-D__GLIBC_MINOR__={minor}");
        let common = [version.as_str(), "-D_LIBC_REENTRANT", "-DMODULE_NAME=libc"];
        let folders = folders(runtimes);
        let symbols = ["-include", "glibc/include/libc-modules.h", "-include", "glibc/include/libc-symbols.h"];
        in_parallel(jobs, &period.nonshared, |source| {
            let options = [&C_OPTIONS[..], &common, &symbols].concat();
            self.compile(runtimes, work, &folders, &options, &format!("{SOURCES}/{source}"), &object(source))
        })?;

        let cpu = runtimes.triple.split('-').next().unwrap_or_default();
        let start = format!("{SOURCES}/sysdeps/{cpu}/{}", period.start);
        let assembler = [&ASSEMBLER_OPTIONS[..], &common].concat();
        let with_symbols = [&assembler[..], &symbols].concat();
        self.compile(runtimes, work, &folders, &with_symbols, &start, &object("start"))?;
        let with_csu: Vec<String> = [vec!["glibc/csu".to_owned()], folders.clone()].concat();
        self.compile(runtimes, work, &with_csu, &assembler, "glibc/csu/abi-note.S", &object("note"))?;
        self.compile(runtimes, work, &folders, &common, "glibc/csu/init.c", &object("init"))?;
        let (crt, archive) = (format!("2.{minor}_Scrt1.o"), format!("2.{minor}_nonshared.a"));
        let mut words = vec!["ld.lld".to_owned(), "-r".to_owned(), "-o".to_owned(), crt.clone()];
        words.extend(["start", "note", "init"].map(object));
        self.run(work, &words, &crt)?;
        let objects: Vec<String> = period.nonshared.iter().map(|source| object(source)).collect();
        Ok(vec![
            ("Scrt1.o", made(work, &crt, packages)?),
            ("libc_nonshared.a", self.join(work, &archive, &objects, packages)?),
        ])
    }

    fn compile(
        &self,
        runtimes: &Runtimes,
        work: &Path,
        folders: &[String],
        options: &[&str],
        source: &str,
        object: &str,
    ) -> Result<()> {
        let mut words = vec!["clang".to_owned(), format!("--target={}", runtimes.triple)];
        words.extend(OPTIONS.iter().chain(options).map(|option| (*option).to_owned()));
        words.extend(folders.iter().map(|folder| format!("-I{folder}")));
        words.extend([source, "-o", object].map(str::to_owned));
        self.run(work, &words, source)
    }

    /// Makes a stub, under its name in the tree.
    fn stub(
        &self,
        minor: u8,
        library: &glibc::Library,
        abilist: &AbiList,
        runtimes: &Runtimes,
        work: &Path,
    ) -> Result<()> {
        if library.is_gone(minor) {
            return Ok(());
        }
        let version = Version(2, minor, 0);
        let symbols = abilist.symbols(library.name, &runtimes.triple, version)?;
        let name = format!("2.{minor}/{}", library.file(runtimes.architecture));
        let [assembly, object, script] = ["s", "o", "map"].map(|end| format!("{name}.{end}"));
        put(work, &assembly, &glibc::assembly(&symbols, library.name == "c"))?;
        put(work, &script, &glibc::version_script(abilist.versions(), version))?;
        self.compile(runtimes, work, &[], &[], &assembly, &object)?;
        let words = [
            "ld.lld",
            "-shared",
            "-s",
            "--build-id=none",
            "--hash-style=gnu",
            "-zmax-page-size=4096",
            "-soname",
            library.soname(runtimes.architecture),
            "--version-script",
            &script,
            "-o",
            &name,
            &object,
        ];
        self.run(work, &words.map(str::to_owned), &name)
    }
}

fn table(inputs: &Tree) -> Result<&Entry> {
    inputs.get(ABILISTS).ok_or_else(|| {
        Error::new("the wheel has no table of glibc's symbols")
            .fact("expected", "ziglang/lib/libc/glibc/abilists")
            .next("the wheel changed its layout: follow it in tools/sysroot/src/runtimes/glibc.rs")
    })
}

/// The folders of glibc's sources that have headers, in the order in which its own build searches them: the special before
/// the general.
fn folders(runtimes: &Runtimes) -> Vec<String> {
    let architectures: &[&str] = match runtimes.architecture {
        "arm64" => &["aarch64"],
        _ => &["x86_64", "x86"],
    };
    let mut folders = vec![format!("{SOURCES}/include")];
    let mut sysdeps = |folder: &str, below: &str| {
        folders.extend(architectures.iter().map(|own| format!("{SOURCES}/sysdeps/{folder}{own}{below}")));
    };
    sysdeps("unix/sysv/linux/", "");
    sysdeps("", "/nptl");
    let general =
        ["unix/sysv/linux/generic", "unix/sysv/linux/include", "unix/sysv/linux", "nptl", "pthread", "unix/sysv"];
    folders.extend(general.map(|folder| format!("{SOURCES}/sysdeps/{folder}")));
    folders.extend(architectures.iter().map(|own| format!("{SOURCES}/sysdeps/unix/{own}")));
    folders.push(format!("{SOURCES}/sysdeps/unix"));
    folders.extend(architectures.iter().map(|own| format!("{SOURCES}/sysdeps/{own}")));
    folders.extend([format!("{SOURCES}/sysdeps/generic"), SOURCES.to_owned()]);
    folders.extend(headers(runtimes));
    folders
}

fn put(work: &Path, name: &str, text: &str) -> Result<()> {
    let path = work.join(name);
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|e| Error::io("create", parent, e))?;
    }
    fs::write(&path, text).map_err(|e| Error::io("write", &path, e))
}
