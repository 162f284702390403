//! What the user asks the compiler for.

use crate::error::Error;
use crate::flags::is_one_of;
use crate::layout::{Arch, Layout, Libc, Tool};
use crate::link;
use crate::linker;
use crate::roots::Roots;
use crate::scan::Piece;

/// Options with which clang stops before the link.
const STOPS: &[&str] = &[
    "-c",
    "-S",
    "-E",
    "-M",
    "-MM",
    "-fsyntax-only",
    "--compile",
    "--assemble",
    "--preprocess",
    "--dependencies",
    "--user-dependencies",
    "--precompile",
    "--analyze",
    "-emit-ast",
    "-verify-pch",
];
/// Options with which clang answers a question and does nothing else.
const QUESTIONS: &[&str] = &["--version", "--help", "-help", "--help-hidden", "-dumpmachine", "-dumpversion"];
/// Options that make objects which call a runtime library of clang's.
const NEEDS_RUNTIME: &[&str] =
    &["-fprofile-arcs", "-fprofile-generate", "-fcs-profile-generate", "-fprofile-instr-generate", "-fxray-instrument"];

/// The same, of which a link may have these all the same: `bazel coverage` has rules_go pass it to every link, and Go's own
/// coverage needs nothing of clang's. Clang must not see it, for it would link the runtime (whatever `-noprofilelib` says).
/// Objects that do need the runtime are an error of lld's, which names its functions.
pub const COVERAGE: &[&str] = &["--coverage", "-coverage"];

/// What a link makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkKind {
    /// An executable at a fixed address.
    Static,
    /// An executable that relocates itself.
    StaticPie,
    /// An executable that needs glibc, at a fixed address or not: clang's business.
    Dynamic,
    /// A shared library that needs glibc.
    Shared,
    /// An object file (`-r`).
    Relocatable,
}

impl LinkKind {
    /// Whether what it makes needs nothing to start.
    pub fn is_static(self) -> bool {
        matches!(self, Self::Static | Self::StaticPie)
    }
}

/// A link, and what the user leaves to the driver in it.
#[derive(Debug)]
pub struct Link {
    /// What it makes.
    pub kind: LinkKind,
    /// No `-nostartfiles`.
    pub start_files: bool,
    /// No `-nodefaultlibs`.
    pub libraries: bool,
    /// No `-nolibc`.
    pub libc: bool,
    /// Called as `c++`, and no `-nostdlib++`.
    pub cxx: bool,
    /// `--coverage`.
    pub coverage: bool,
}

/// What the user asks for.
#[derive(Debug)]
pub struct Request {
    /// The link, when clang comes to it.
    pub link: Option<Link>,
    /// No `-nostdinc`.
    pub c_headers: bool,
    /// No `-nostdinc++`, and none of the above.
    pub cxx_headers: bool,
    /// Some input is C++, by its name or by `-x`.
    pub cxx_input: bool,
}

/// Reads a command line, and refuses what cannot be done or must not be.
pub fn read(pieces: &[Piece], layout: &Layout, roots: &Roots) -> Result<Request, Error> {
    let glibc = layout.libc != Libc::Musl;
    let mut link = Link {
        kind: LinkKind::Static,
        start_files: true,
        libraries: true,
        libc: true,
        cxx: layout.tool == Tool::Cxx,
        coverage: false,
    };
    let (mut stops, mut inputs, mut sources, mut relocatable) = (false, false, false, false);
    let (mut c_headers, mut cxx_headers, mut cxx_input) = (true, true, false);
    // The flags that only a link must refuse.
    let (mut shared, mut fixed, mut runtime, mut coverage, mut trap) = (None, None, None, None, false);
    let mut for_linker: Vec<Vec<u8>> = Vec::new();

    for piece in pieces {
        let (flag, value, spelled) = match *piece {
            Piece::Option { flag, value, spelled } => (flag, value, spelled),
            Piece::Input(path) => {
                inputs = true;
                sources |= !is_object(path);
                cxx_input |= is_cxx(path);
                continue;
            }
        };
        match flag {
            _ if is_one_of(flag, STOPS) => stops = true,
            _ if is_one_of(flag, QUESTIONS) || flag.starts_with(b"-print-") || flag.starts_with(b"--print-") => {
                stops = true
            }
            b"-Wl," => {
                inputs = true;
                for_linker.extend(value.unwrap_or_default().split(|b| *b == b',').map(<[u8]>::to_vec));
            }
            b"-Xlinker" | b"--for-linker" => {
                inputs = true;
                for_linker.extend(value.map(<[u8]>::to_vec));
            }
            b"-l" => inputs = true,
            b"-static" | b"--static" | b"-static-pie" | b"--static-pie" if glibc => fixed = Some(spelled),
            b"-pie" | b"--pie" | b"-static-pie" | b"--static-pie" => link.kind = LinkKind::StaticPie,
            b"-no-pie" | b"--no-pie" => link.kind = LinkKind::Static,
            b"-r" => relocatable = true,
            b"-nostdlib" | b"--no-standard-libraries" => (link.start_files, link.libraries) = (false, false),
            b"-nostartfiles" => link.start_files = false,
            b"-nodefaultlibs" => link.libraries = false,
            b"-nostdlib++" => link.cxx = false,
            b"-nolibc" => link.libc = false,
            b"-nostdinc++" => cxx_headers = false,
            b"-x" | b"--language" => cxx_input |= value.is_some_and(|language| language.starts_with(b"c++")),
            b"-nostdinc" | b"--no-standard-includes" | b"-nostdlibinc" => c_headers = false,
            b"-shared" | b"--shared" | b"-dynamiclib" | b"-bundle" => shared = Some(spelled),
            b"-fsanitize" => runtime = Some(spelled),
            b"-fno-sanitize" if value == Some(b"all") => runtime = None,
            b"-fsanitize-trap" => trap = true,
            _ if is_one_of(flag, COVERAGE) => coverage = Some(spelled),
            _ if is_one_of(flag, NEEDS_RUNTIME) => runtime = Some(spelled),
            _ => refuse(flag, value, spelled, layout)?,
        }
    }
    let linking = !stops && inputs;
    if linking {
        for piece in pieces {
            if let Piece::Input(path) = piece {
                link::check_input(path, layout.libc)?;
            }
        }
        let options = linker::checked(&for_linker, layout, roots, false)?;
        if glibc {
            if let Some(flag) = fixed {
                return Err(link::no_static(flag));
            }
            link.kind = if shared.is_some() || options.shared { LinkKind::Shared } else { LinkKind::Dynamic };
        } else if let Some(flag) = shared {
            return Err(link::no_shared(flag));
        }
        if let Some(flag) = runtime.filter(|_| !trap).or(coverage.filter(|_| sources)) {
            return Err(link::no_runtime(flag));
        }
        link.coverage = coverage.is_some();
        if relocatable || options.relocatable {
            link.kind = LinkKind::Relocatable;
        }
    }
    Ok(Request { link: linking.then_some(link), c_headers, cxx_headers: cxx_headers && c_headers, cxx_input })
}

/// Whether clang takes a file of this name for C++.
fn is_cxx(path: &[u8]) -> bool {
    let extension = path.rsplit(|b| *b == b'.').next().unwrap_or_default();
    [&b"cc"[..], b"cp", b"cxx", b"cpp", b"CPP", b"c++", b"C", b"CC", b"CXX", b"ii", b"hh", b"hpp", b"hxx", b"H"]
        .contains(&extension)
}

/// Whether a link takes a file of this name as it is.
fn is_object(path: &[u8]) -> bool {
    let extension = path.rsplit(|b| *b == b'.').next().unwrap_or_default();
    [&b"a"[..], b"lo", b"o", b"so", b"syso"].contains(&extension)
}

/// Refuses what would take another target, another linker or the machine's own processor.
fn refuse(flag: &[u8], value: Option<&[u8]>, spelled: &[u8], layout: &Layout) -> Result<(), Error> {
    let spelled = String::from_utf8_lossy(spelled);
    let text = String::from_utf8_lossy(value.unwrap_or_default());
    let place = format!("argument `{spelled}`");
    match flag {
        b"-target" | b"--target" if !means_target(&text, layout) => Err(Error::refused(
            format!("the target `{text}` contradicts this compiler, which is for {}", layout.triple()),
            place,
            "remove the flag and choose the target by the platform (--platforms=…), or outside Bazel by bin/amd64/cc or bin/arm64/cc",
        )),
        b"-m32" | b"-mx32" | b"-m16" => Err(Error::refused(
            format!("a 32-bit target contradicts this compiler, which is for {}", layout.triple()),
            place,
            "remove the flag: Go's race detector is for 64-bit targets only",
        )),
        b"-march" | b"-mcpu" | b"-mtune" if text == "native" => Err(Error::refused(
            "`native` takes the processor of the machine that builds: the result differs from machine to machine",
            place,
            "name the processor, such as -march=x86-64-v3 or -mcpu=neoverse-n1",
        )),
        b"-fuse-ld" if !matches!(&*text, "" | "lld" | "ld.lld") => Err(Error::refused(
            format!("invalid linker name in argument '{spelled}': the toolchain has lld and no other linker"),
            place,
            "remove the flag, or say -fuse-ld=lld",
        )),
        b"--ld-path" => Err(Error::refused("the toolchain links with its own lld", place, "remove the flag")),
        // clang takes these for a folder name and so ignores them.
        b"-B" if matches!(&*text, "static" | "dynamic" | "symbolic") => Ok(()),
        b"-B" => Err(Error::refused(
            "-B lets clang find other programs and start files than the toolchain's own",
            format!("argument `-B{text}`"),
            "remove the flag",
        )),
        b"--config" | b"-specs" | b"--specs" => Err(Error::refused(
            "a file with further options, which nobody can check",
            place,
            "write the options into the build: copts, linkopts, or cgo's CFLAGS and LDFLAGS",
        )),
        _ => Ok(()),
    }
}

/// Whether a triple is the target's, in any usual spelling: `x86_64-linux-musl`, `aarch64-unknown-linux-musl`, `arm64-linux`.
fn means_target(triple: &str, layout: &Layout) -> bool {
    let mut parts = triple.split('-');
    let arch = match parts.next() {
        Some("x86_64" | "amd64") => Arch::Amd64,
        Some("aarch64" | "arm64") => Arch::Arm64,
        _ => return false,
    };
    let rest: Vec<&str> = parts.filter(|part| !matches!(*part, "unknown" | "pc")).collect();
    let libc = if layout.libc == Libc::Musl { "musl" } else { "gnu" };
    arch == layout.target && (rest == ["linux"] || rest == ["linux", libc])
}
