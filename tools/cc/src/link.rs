//! What a link gets: with musl a static executable, with or without a fixed address; with glibc a dynamic one, or a
//! shared library.

use std::ffi::{OsStr, OsString};

use crate::error::Error;
use crate::layout::{Layout, Libc};
use crate::request::{Link, LinkKind};

/// clang reads the host's /etc/os-release and chooses among these by the distribution that it finds there.
const FOR_EVERY_HOST: [&str; 5] = ["--hash-style=gnu", "-z", "relro", "-z", "now"];
/// What clang passes for `-static-pie`.
const STATIC_PIE: [&str; 4] = ["-pie", "--no-dynamic-linker", "-z", "text"];

/// Options before the user's own.
pub fn before(link: &Link, layout: &Layout) -> Vec<OsString> {
    let mut args: Vec<OsString> = vec![
        Layout::flag("--ld-path=", &layout.tools().join("ld.lld")),
        "-nostdlib".into(),
        Layout::flag("-L", &layout.libraries()),
    ];
    if layout.start_files() != layout.libraries() {
        args.push(Layout::flag("-L", &layout.start_files()));
    }
    let folder = match link.kind {
        LinkKind::Shared => layout.libraries(),
        _ => layout.start_files(),
    };
    let start: &[&str] = match link.kind {
        LinkKind::Relocatable => return args,
        LinkKind::Static => &["crt1.o", "crti.o"],
        LinkKind::StaticPie => &["rcrt1.o", "crti.o"],
        LinkKind::Dynamic => &["Scrt1.o"],
        LinkKind::Shared => &["finalize.o"],
    };
    // For clang every link with musl is `-static`: it would understand `-static-pie` too, but refuses it beside a `-no-pie`
    // that a later `-pie` overrides. With glibc it makes a program at a fixed address unless it is told otherwise.
    args.push(if link.kind.is_static() { "-static" } else { "-no-pie" }.into());
    args.extend(FOR_EVERY_HOST.into_iter().flat_map(for_linker));
    if link.kind == LinkKind::StaticPie {
        args.extend(STATIC_PIE.into_iter().flat_map(for_linker));
    }
    if link.start_files {
        args.extend(start.iter().flat_map(|file| for_linker(folder.join(file))));
    }
    args
}

/// Options after the user's own.
pub fn after(link: &Link, layout: &Layout) -> Vec<OsString> {
    let mut args: Vec<OsString> = Vec::new();
    if link.kind == LinkKind::Relocatable {
        return args;
    }
    if link.libraries {
        // The unwinder needs libc, and libc needs libgcc's arithmetic.
        args.push("-Wl,--start-group".into());
        if link.cxx {
            args.extend(["-lc++", "-lc++abi"].map(OsString::from));
        }
        args.extend(["-lunwind", "-lgcc"].map(OsString::from));
        if link.libc {
            args.push("-lc".into());
        }
        args.push("-Wl,--end-group".into());
        if link.libc && !link.kind.is_static() {
            // Up to glibc 2.33, what musl's one library has is in several, of which libc++ and the unwinder need some.
            args.extend(
                ["-Wl,--push-state,--as-needed", "-lpthread", "-ldl", "-lm", "-Wl,--pop-state"].map(OsString::from),
            );
        }
    }
    if link.start_files && link.kind.is_static() {
        args.extend(for_linker(layout.libraries().join("crtn.o")));
    }
    args
}

/// An option for the linker. A start file is one, too: as an input it would be compiled as C after a user's `-x c`.
fn for_linker(option: impl AsRef<OsStr>) -> [OsString; 2] {
    ["-Xlinker".into(), option.as_ref().to_os_string()]
}

/// Refuses a shared library among the inputs, where programs are static.
pub fn check_input(path: &[u8], libc: Libc) -> Result<(), Error> {
    if libc != Libc::Musl {
        return Ok(());
    }
    let name = path.rsplit(|b| *b == b'/').next().unwrap_or(path);
    let shared = name.ends_with(b".so") || name.windows(4).any(|part| part == b".so.");
    if !shared {
        return Ok(());
    }
    Err(Error::refused(
        "unsupported: a shared library as an input, but every program of this toolchain is static",
        format!("input `{}`", String::from_utf8_lossy(path)),
        "link the library's static archive (`.a`); in Bazel, `linkstatic = True` on the cc_library or cc_import that brings it",
    ))
}

/// The output would be a shared library.
pub fn no_shared(flag: &[u8]) -> Error {
    Error::refused(
        "unsupported: a shared library as output: this toolchain links static musl programs, which have no dlopen",
        format!("flag `{}`", String::from_utf8_lossy(flag)),
        "for Go, link a program (linkmode `normal`) in place of `c-shared`, `shared` or `plugin`; or a `c-archive`, with @toolchains_go_race//:c_archive among its `cdeps`; for C, link statically (`linkstatic = True`). Or build with glibc: --@toolchains_go_race//toolchain:libc=glibc",
    )
}

/// The program would be static, with glibc.
pub fn no_static(flag: &[u8]) -> Error {
    Error::refused(
        "unsupported: a static link with glibc, of which the toolchain has stubs for dynamic links only",
        format!("flag `{}`", String::from_utf8_lossy(flag)),
        "remove the flag (for Go: `static = \"on\"`, or -static in `clinkopts` or -extldflags), or build with musl, whose programs are always static: --@toolchains_go_race//toolchain:libc=musl",
    )
}

/// The program would ask for another dynamic linker than glibc's.
pub fn no_other_dynamic_linker(value: &[u8], ours: &str) -> Error {
    Error::refused(
        format!("`{}` is a path of the host: other machines may lack it", String::from_utf8_lossy(value)),
        "argument `-dynamic-linker`",
        format!("remove the flag: glibc's own is {ours} everywhere"),
    )
}

/// The program would ask for a dynamic linker.
pub fn no_dynamic_linker(flag: &[u8]) -> Error {
    Error::refused(
        "unsupported: a dynamic linker: programs of this toolchain are static and are started by the kernel alone",
        format!("flag `{}`", String::from_utf8_lossy(flag)),
        "remove the flag (for Go: `-I` in `gc_linkopts` or -ldflags)",
    )
}

/// The link would need a library of the compiler that is not in the payload.
pub fn no_runtime(flag: &[u8]) -> Error {
    Error::refused(
        "unsupported: this flag needs a runtime library of clang, and the toolchain carries none",
        format!("flag `{}` in a link", String::from_utf8_lossy(flag)),
        "remove it; Go's race detector brings its own runtime (-race, rules_go's race mode) and needs no C flag; a sanitizer with -fsanitize-trap=all needs none either",
    )
}
