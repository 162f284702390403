//! The layout table: the one place that says what a tarball contains. The cc driver relies on it.

use super::headers::serves_our_targets;

/// The tarballs' names, in the order of the lock.
pub const NAMES: [&str; 5] = [
    "sysroot_library.tar.zst",
    "sysroot_llvm_amd64.tar.zst",
    "sysroot_llvm_arm64.tar.zst",
    "sysroot_lib_amd64.tar.zst",
    "sysroot_lib_arm64.tar.zst",
];

/// What a static or static-pie link names; without one of them the payload is of no use.
const MUSL_FILES: [&str; 6] = ["crt1.o", "rcrt1.o", "Scrt1.o", "crti.o", "crtn.o", "libc.a"];

/// Libraries that C programs customarily name (`-lm`). In musl, libc.a has what would be in them.
const CUSTOMARY: [&str; 8] =
    ["libcrypt.a", "libdl.a", "libm.a", "libpthread.a", "libresolv.a", "librt.a", "libutil.a", "libxnet.a"];

/// The architecture that this program runs on.
const MACHINE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };

/// What one tarball contains.
pub struct Layout {
    /// The tarball's file name.
    pub name: &'static str,
    pub(super) picks: Vec<Pick>,
    /// Folders whose common files move to the root.
    pub(super) share: Vec<&'static str>,
    /// Archives of `lib/` that are empty unless a package has them.
    pub(super) empty: &'static [&'static str],
    /// The triple for which `sysroot/runtime` is compiled and added to the tree's `libgcc_eh.a`.
    pub target: Option<String>,
    /// The C library's headers for that.
    pub(super) target_headers: Vec<Pick>,
}

/// Files of one package that go to one place.
pub(super) struct Pick {
    pub(super) package: String,
    /// A file, or with a `/` at its end a folder.
    pub(super) from: String,
    pub(super) to: String,
    pub(super) executable: bool,
    /// Which files of the folder, by their path in it.
    keep: fn(&str) -> bool,
}

impl Pick {
    fn file(package: String, from: String, to: &str) -> Self {
        Pick { package, from, to: to.to_owned(), executable: false, keep: str::is_empty }
    }

    fn folder(package: String, from: String, to: &str, keep: fn(&str) -> bool) -> Self {
        Pick { package, from, to: to.to_owned(), executable: false, keep }
    }

    /// Where the package's file `name` goes, if this pick is about it.
    pub(super) fn destination(&self, name: &str) -> Option<String> {
        let rest = name.strip_prefix(&self.from)?;
        (self.keep)(rest).then(|| format!("{}{rest}", self.to))
    }
}

impl Layout {
    /// A tarball of files of packages and nothing else.
    fn of(name: &'static str, picks: Vec<Pick>) -> Self {
        Layout { name, picks, share: Vec::new(), empty: &[], target: None, target_headers: Vec::new() }
    }
}

/// The five tarballs, in the order of [`NAMES`].
pub fn layout() -> Vec<Layout> {
    let [headers, llvm_amd64, llvm_arm64, lib_amd64, lib_arm64] = NAMES;
    vec![
        library(headers),
        llvm(llvm_amd64, "amd64"),
        llvm(llvm_arm64, "arm64"),
        lib(lib_amd64, "amd64", "x86_64"),
        lib(lib_arm64, "arm64", "aarch64"),
    ]
}

/// `bin/llvm` and clang's headers for the machine that packs.
pub fn llvm_of_this_machine() -> Layout {
    let [_, llvm_amd64, llvm_arm64, ..] = NAMES;
    let name = match MACHINE {
        "arm64" => llvm_arm64,
        _ => llvm_amd64,
    };
    llvm(name, MACHINE)
}

/// The packages that have LLVM, by `id`, one an architecture.
pub(super) fn llvm_packages() -> [String; 2] {
    ["amd64", "arm64"].map(ziglang)
}

fn ziglang(architecture: &str) -> String {
    format!("ziglang-{architecture}")
}

fn musl_headers(architecture: &str, cpu: &str, to: &str) -> Pick {
    Pick::folder(format!("musl-dev-{architecture}"), format!("usr/include/{cpu}-linux-musl/"), to, |_| true)
}

/// musl's headers: `include/` for what both architectures share, `ARCHITECTURE/include/` for the rest.
fn library(name: &'static str) -> Layout {
    let picks =
        vec![musl_headers("amd64", "x86_64", "amd64/include/"), musl_headers("arm64", "aarch64", "arm64/include/")];
    Layout { share: vec!["amd64/", "arm64/"], ..Layout::of(name, picks) }
}

/// `bin/llvm`, which runs on `architecture` and compiles for both, and `include/` with clang's own headers.
fn llvm(name: &'static str, architecture: &str) -> Layout {
    let wheel = ziglang(architecture);
    let mut program = Pick::file(wheel.clone(), "ziglang/zig".to_owned(), "bin/llvm");
    program.executable = true;
    let headers = Pick::folder(wheel, "ziglang/lib/include/".to_owned(), "include/", serves_our_targets);
    Layout::of(name, vec![program, headers])
}

/// `lib/`: start files and archives for links whose target is `architecture`.
fn lib(name: &'static str, architecture: &str, cpu: &str) -> Layout {
    let (musl, gcc) = (format!("musl-dev-{architecture}"), format!("libgcc-14-dev-{architecture}"));
    let (musl_lib, gcc_lib) = (format!("usr/lib/{cpu}-linux-musl/"), format!("usr/lib/gcc/{cpu}-linux-gnu/14/"));
    let mut picks: Vec<Pick> = MUSL_FILES
        .iter()
        .map(|file| Pick::file(musl.clone(), format!("{musl_lib}{file}"), &format!("lib/{file}")))
        .collect();
    // Most are empty.
    picks.push(Pick::folder(musl, musl_lib, "lib/", |file| file.starts_with("lib") && file.ends_with(".a")));
    for file in ["libgcc.a", "libgcc_eh.a"] {
        picks.push(Pick::file(gcc.clone(), format!("{gcc_lib}{file}"), &format!("lib/{file}")));
    }
    Layout {
        empty: &CUSTOMARY,
        target: Some(format!("{cpu}-linux-musl")),
        target_headers: vec![musl_headers(architecture, cpu, "include/")],
        ..Layout::of(name, picks)
    }
}
