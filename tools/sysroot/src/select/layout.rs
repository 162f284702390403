//! The layout table: the one place that says what a tarball contains. The cc driver relies on it.

use super::headers::serves_our_targets;
use super::inline::{IsPart, clang_part, musl_part};

/// The tarballs' names, in the order of the lock.
pub const NAMES: [&str; 9] = [
    "sysroot_library.tar.zst",
    "sysroot_llvm_amd64.tar.zst",
    "sysroot_llvm_arm64.tar.zst",
    "sysroot_lib_amd64.tar.zst",
    "sysroot_lib_arm64.tar.zst",
    "sysroot_glibc_amd64.tar.zst",
    "sysroot_glibc_arm64.tar.zst",
    "sysroot_emulator_amd64.tar.zst",
    "sysroot_kernel_arm64.tar.zst",
];

/// What a static or static-pie link names; without one of them the payload is of no use.
///
/// Not `Scrt1.o`, which is for dynamic ones.
const MUSL_FILES: [&str; 5] = ["crt1.o", "rcrt1.o", "crti.o", "crtn.o", "libc.a"];

/// Libraries that C programs customarily name (`-lm`). In musl, libc.a has what would be in them.
const CUSTOMARY: [&str; 8] =
    ["libcrypt.a", "libdl.a", "libm.a", "libpthread.a", "libresolv.a", "librt.a", "libutil.a", "libxnet.a"];

/// Names that links made for GNU's compiler use, and what they mean here. lld reads such a file as a linker script.
const SCRIPTS: [(&str, &str); 2] =
    [("libgcc_eh.a", "INPUT(-lunwind)\n"), ("libstdc++.a", "INPUT(-lc++ -lc++abi -lunwind)\n")];

/// What is in the archives for glibc, whatever else the wheel has.
const GLIBC_LICENCE: &str =
    "LGPL-2.1-or-later AND MIT AND Apache-2.0 WITH LLVM-exception AND GPL-2.0-only WITH Linux-syscall-note";

/// What emulates an arm64 machine, and what gives it the files of this one.
const EMULATOR: Programs = Programs {
    programs: &[("qemu-system-aarch64", "usr/bin/qemu-system-aarch64"), ("virtiofsd", "usr/libexec/virtiofsd")],
    packages: &[
        "qemu-system-arm",
        "virtiofsd",
        "libaio1t64",
        "libatomic1",
        "libblkid1",
        "libbpf1",
        "libc6",
        "libcap-ng0",
        "libcap2",
        "libcapstone5",
        "libdaxctl1",
        "libelf1t64",
        "libfdt1",
        "libffi8",
        "libfuse3-4",
        "libgcc-s1",
        "libglib2.0-0t64",
        "libgmp10",
        "libgnutls30t64",
        "libhogweed6t64",
        "libibverbs1",
        "libidn2-0",
        "libjpeg62-turbo",
        "libkmod2",
        "libmount1",
        "libndctl6",
        "libnettle8t64",
        "libnl-3-200",
        "libnl-route-3-200",
        "libnuma1",
        "libp11-kit0",
        "libpcre2-8-0",
        "libpixman-1-0",
        "libpmem1",
        "libpng16-16t64",
        "librdmacm1t64",
        "libsasl2-2",
        "libseccomp2",
        "libselinux1",
        "libslirp0",
        "libssl3t64",
        "libtasn1-6",
        "libudev1",
        "libunistring5",
        "liburing2",
        "libuuid1",
        "libvdeplug2t64",
        "libzstd1",
        "zlib1g",
        "gcc-14-base",
        "qemu-system-common",
    ],
};

/// Stands for a wheel of either architecture: what it is picked for is the same in both.
const EITHER_WHEEL: &str = "ziglang";

/// Where an archive has the texts of its packages' licences.
pub const LICENCES: &str = "licences/";

/// The architecture that this program runs on.
const MACHINE: &str = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };

/// What one tarball contains.
pub struct Layout {
    /// The tarball's file name.
    pub name: &'static str,
    pub(super) picks: Vec<Pick>,
    /// Folders of headers, and which of these are parts of others.
    pub(super) inline: Vec<(&'static str, IsPart)>,
    /// Folders whose common files move to the root.
    pub(super) share: Vec<&'static str>,
    /// Archives of `lib/` that are empty unless a package has them.
    pub(super) empty: &'static [&'static str],
    /// Files of ours: path and text.
    pub(super) scripts: &'static [(&'static str, &'static str)],
    /// Programs for amd64, and what they need to run.
    pub(super) programs: Option<Programs>,
    /// What is compiled and added to the tree.
    pub runtimes: Option<Runtimes>,
    /// Of the kernel's headers only what the headers of this architecture's C library include.
    pub(super) kernel_for: Option<&'static str>,
    /// The licences of what is here of the wheel, if they are not those of all that the archives have of it.
    pub wheel_licence: Option<&'static str>,
}

/// The C library that something is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    /// musl, linked statically.
    Musl,
    /// glibc, linked dynamically.
    Glibc,
}

/// The runtime libraries of C++ for one target, which are compiled when packing; and glibc's start files and stubs.
pub struct Runtimes {
    /// The C library.
    pub libc: Libc,
    /// The target.
    pub triple: String,
    /// The target's architecture, as folders have it.
    pub architecture: &'static str,
    /// Sources and headers.
    pub(super) inputs: Vec<Pick>,
}

/// Programs that are linked dynamically, for amd64.
pub(super) struct Programs {
    /// Each program's name in `bin/`, and its path in its package.
    pub(super) programs: &'static [(&'static str, &'static str)],
    /// Debian's names of the packages that have the programs, their libraries (which of their libraries are taken, the
    /// programs say), or the texts of the licences of these.
    pub(super) packages: &'static [&'static str],
}

impl Programs {
    /// The `id` of one of the packages.
    pub(super) fn id(package: &str) -> String {
        format!("{package}-amd64")
    }
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
    /// `from` is how the file's path begins, and `to` is all of the new one.
    by_prefix: bool,
}

impl Pick {
    fn file(package: String, from: String, to: &str) -> Self {
        Pick { package, from, to: to.to_owned(), executable: false, keep: str::is_empty, by_prefix: false }
    }

    fn folder(package: String, from: String, to: &str, keep: fn(&str) -> bool) -> Self {
        Pick { package, from, to: to.to_owned(), executable: false, keep, by_prefix: false }
    }

    /// A file whose path has a version in it: how that begins, and how it ends.
    fn versioned(package: &str, from: &str, to: &str, end: fn(&str) -> bool) -> Self {
        Pick { by_prefix: true, ..Pick::folder(package.to_owned(), from.to_owned(), to, end) }
    }

    /// Where the package's file `name` goes, if this pick is about it.
    pub(super) fn destination(&self, name: &str) -> Option<String> {
        let rest = name.strip_prefix(&self.from)?;
        (self.keep)(rest).then(|| if self.by_prefix { self.to.clone() } else { format!("{}{rest}", self.to) })
    }
}

impl Layout {
    /// A tarball of files of packages and nothing else.
    fn of(name: &'static str, picks: Vec<Pick>) -> Self {
        Layout {
            name,
            picks,
            inline: Vec::new(),
            share: Vec::new(),
            empty: &[],
            scripts: &[],
            programs: None,
            runtimes: None,
            kernel_for: None,
            wheel_licence: None,
        }
    }
}

/// All tarballs, in the order of [`NAMES`].
pub fn layout() -> Vec<Layout> {
    let [headers, llvm_amd64, llvm_arm64, lib_amd64, lib_arm64, glibc_amd64, glibc_arm64, emulator, kernel] = NAMES;
    vec![
        library(headers),
        llvm(llvm_amd64, "amd64"),
        llvm(llvm_arm64, "arm64"),
        lib(lib_amd64, "amd64", "x86_64"),
        lib(lib_arm64, "arm64", "aarch64"),
        glibc(glibc_amd64, "amd64", "x86_64"),
        glibc(glibc_arm64, "arm64", "aarch64"),
        Layout { programs: Some(EMULATOR), ..Layout::of(emulator, Vec::new()) },
        kernel_image(kernel),
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

/// A package's text of its licences.
fn licence(package: &str, from: &str, to: &str) -> Pick {
    Pick::file(package.to_owned(), from.to_owned(), &format!("{LICENCES}{to}"))
}

/// The licences of what the wheel has of LLVM, and of the wheel itself.
fn llvm_licences(package: &str) -> [Pick; 2] {
    [licence(package, "ziglang/lib/libcxx/LICENSE.TXT", "llvm"), licence(package, "ziglang/LICENSE", "ziglang")]
}

fn musl_licence(architecture: &str) -> Pick {
    licence(&format!("musl-dev-{architecture}"), "usr/share/doc/musl-dev/copyright", "musl")
}

/// The packages, by `id`, that a pick's package stands for.
pub(super) fn packages_of(pick: &Pick) -> Vec<String> {
    match &*pick.package {
        EITHER_WHEEL => ["amd64", "arm64"].map(ziglang).to_vec(),
        id => vec![id.to_owned()],
    }
}

/// That of them which packing on this machine reads.
pub(super) fn package_read(pick: &Pick) -> String {
    match &*pick.package {
        EITHER_WHEEL => ziglang(MACHINE),
        id => id.to_owned(),
    }
}

fn ziglang(architecture: &str) -> String {
    format!("ziglang-{architecture}")
}

fn musl_headers(architecture: &str, cpu: &str, to: &str) -> Pick {
    Pick::folder(format!("musl-dev-{architecture}"), format!("usr/include/{cpu}-linux-musl/"), to, |_| true)
}

/// The kernel's headers, those of both architectures.
fn linux_headers() -> Vec<Pick> {
    let of = |folder: &str, to: &str| wheel_folder(&format!("libc/include/{folder}-linux-any/"), to, |_| true);
    vec![of("any", "linux/include/"), of("x86", "linux/amd64/include/"), of("aarch64", "linux/arm64/include/")]
}

/// glibc's headers and the kernel's, laid out as musl's and the kernel's are.
fn glibc_headers(architecture: &str) -> Vec<Pick> {
    let own = if architecture == "amd64" { "x86" } else { "aarch64" };
    let of = |folder: &str, to: String| wheel_folder(&format!("libc/include/{folder}/"), &to, |_| true);
    vec![
        of("generic-glibc", "include/".to_owned()),
        of(&format!("{own}-linux-gnu"), format!("{architecture}/include/")),
        of("any-linux-any", "linux/include/".to_owned()),
        of(&format!("{own}-linux-any"), format!("linux/{architecture}/include/")),
    ]
}

/// The sources of libc++, libc++abi and libunwind.
fn runtime_sources() -> impl Iterator<Item = Pick> {
    ["libcxx/libc/", "libcxx/src/", "libcxxabi/include/", "libcxxabi/src/", "libunwind/include/", "libunwind/src/"]
        .into_iter()
        .map(|folder| wheel_folder(folder, folder, |_| true))
}

/// libgcc, for its arithmetic.
fn libgcc(architecture: &str, cpu: &str) -> [Pick; 2] {
    let from = format!("usr/lib/gcc/{cpu}-linux-gnu/14/libgcc.a");
    [
        Pick::file(format!("libgcc-14-dev-{architecture}"), from, "lib/libgcc.a"),
        licence(&format!("gcc-14-base-{architecture}"), "usr/share/doc/gcc-14-base/copyright", "libgcc"),
    ]
}

/// libc++'s headers.
fn cxx_headers() -> Pick {
    wheel_folder("libcxx/include/", "cxx/include/", |_| true)
}

/// A folder of the wheel's `lib`.
fn wheel_folder(folder: &str, to: &str, keep: fn(&str) -> bool) -> Pick {
    Pick::folder(EITHER_WHEEL.to_owned(), format!("ziglang/lib/{folder}"), to, keep)
}

/// `include/` with musl's headers that both architectures share, `ARCHITECTURE/include/` with the rest; `linux/` with the
/// kernel's in the same manner, and `cxx/include/` with libc++'s.
fn library(name: &'static str) -> Layout {
    let mut picks =
        vec![musl_headers("amd64", "x86_64", "amd64/include/"), musl_headers("arm64", "aarch64", "arm64/include/")];
    picks.extend(linux_headers());
    picks.push(cxx_headers());
    picks.push(musl_licence("amd64"));
    picks.extend(llvm_licences(EITHER_WHEEL));
    Layout {
        inline: vec![("amd64/include/", musl_part), ("arm64/include/", musl_part)],
        share: vec!["amd64/", "arm64/"],
        ..Layout::of(name, picks)
    }
}

/// `bin/llvm`, which runs on `architecture` and compiles for both, and `include/` with clang's own headers.
fn llvm(name: &'static str, architecture: &str) -> Layout {
    let wheel = ziglang(architecture);
    let mut program = Pick::file(wheel.clone(), "ziglang/zig".to_owned(), "bin/llvm");
    program.executable = true;
    let headers = Pick::folder(wheel.clone(), "ziglang/lib/include/".to_owned(), "include/", serves_our_targets);
    let mut picks = vec![program, headers];
    picks.extend(llvm_licences(&wheel));
    Layout { inline: vec![("include/", clang_part)], ..Layout::of(name, picks) }
}

/// `lib/`: start files and archives for links whose target is `architecture`.
fn lib(name: &'static str, architecture: &'static str, cpu: &str) -> Layout {
    let (musl, musl_lib) = (format!("musl-dev-{architecture}"), format!("usr/lib/{cpu}-linux-musl/"));
    let mut picks: Vec<Pick> = MUSL_FILES
        .iter()
        .map(|file| Pick::file(musl.clone(), format!("{musl_lib}{file}"), &format!("lib/{file}")))
        .collect();
    // Most are empty.
    picks.push(Pick::folder(musl, musl_lib, "lib/", |file| file.starts_with("lib") && file.ends_with(".a")));
    let [library, licence] = libgcc(architecture, cpu);
    picks.extend([library, musl_licence(architecture), licence]);
    picks.extend(llvm_licences(EITHER_WHEEL));
    let mut inputs = vec![musl_headers(architecture, cpu, "include/"), cxx_headers()];
    inputs.extend(linux_headers());
    inputs.extend(runtime_sources());
    Layout {
        empty: &CUSTOMARY,
        scripts: &SCRIPTS,
        runtimes: Some(Runtimes { libc: Libc::Musl, triple: format!("{cpu}-linux-musl"), architecture, inputs }),
        ..Layout::of(name, picks)
    }
}

/// glibc for the target `architecture`: `include/` and `ARCHITECTURE/include/`, headers for every version; `lib/`,
/// archives for every version; and for each version a folder, such as `2.28/`, with start files and stubs.
fn glibc(name: &'static str, architecture: &'static str, cpu: &str) -> Layout {
    let mut picks = glibc_headers(architecture);
    picks.extend(libgcc(architecture, cpu));
    picks.push(licence(EITHER_WHEEL, "ziglang/lib/libc/glibc/LICENSES", "glibc"));
    picks.extend(llvm_licences(EITHER_WHEEL));
    let mut inputs = glibc_headers(architecture);
    inputs.extend([cxx_headers(), wheel_folder("libc/glibc/", "glibc/", |_| true)]);
    inputs.extend(runtime_sources());
    Layout {
        scripts: &SCRIPTS,
        runtimes: Some(Runtimes { libc: Libc::Glibc, triple: format!("{cpu}-linux-gnu"), architecture, inputs }),
        kernel_for: Some(architecture),
        wheel_licence: Some(GLIBC_LICENCE),
        ..Layout::of(name, picks)
    }
}

/// `boot/Image` and `boot/config` of Debian's kernel for virtual machines. Its package, and what is in it, are called after
/// the kernel's version.
fn kernel_image(name: &'static str) -> Layout {
    let file = |from: &str, to: &str, end| Pick::versioned("linux-image-cloud-arm64", from, to, end);
    let any = |_: &str| true;
    let licence = format!("{LICENCES}linux");
    let picks = vec![
        file("boot/vmlinuz-", "boot/Image", any),
        file("boot/config-", "boot/config", any),
        file("usr/share/doc/linux-image-", &licence, |rest| rest.ends_with("/copyright")),
    ];
    Layout::of(name, picks)
}
