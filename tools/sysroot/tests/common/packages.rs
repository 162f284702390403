//! Tiny packages of the shape that the real ones have.

use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Files by path.
pub type Files = Vec<(String, Vec<u8>)>;

/// The loader that programs name.
pub const LOADER: &str = "/lib64/ld-linux-x86-64.so.2";

/// Where Debian has the libraries of amd64.
const LIBRARIES: &str = "usr/lib/x86_64-linux-gnu";

#[derive(Clone, Copy)]
pub enum Compression {
    Xz,
    Zstd,
}

/// Stands for LLVM. An object is the command line, the variables that came through, and which of its inputs the compiler
/// found; an archive is the objects' lines.
const LLVM: &str = r#"#!/bin/sh
case "$1 $2" in
  "clang --target="*)
    inputs=
    for file in include/stdio.h include/bits/reg.h linux/include/linux/futex.h cxx/include/__config_site ../llvm/include/stddef.h; do
      [ -f $file ] && inputs="$inputs $file"
    done
    for last; do :; done
    echo "$* WORLD=$WORLD$inputs" >"$last" ;;
  "ld.lld -"*)
    while [ "$1" != -o ]; do shift; done
    echo "linked" >"$2" ;;
  "ar rcsD")
    archive=$3
    shift 3
    for object; do read -r line <"$object"; echo "$object $line"; done >"$archive" ;;
  *) echo "unknown: $*" >&2; exit 1 ;;
esac
exit 0
"#;

/// A program that compresses badly and is large enough for zstd's threads.
fn program(architecture: &str) -> Vec<u8> {
    let mut state = architecture.len() as u32 + u32::from(architecture.as_bytes()[1]);
    let mut byte = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise = (0..1 << 20).map(|_| byte());
    LLVM.bytes().chain(noise).collect()
}

/// Tables in which each of glibc's libraries has one function.
fn abilists() -> Vec<u8> {
    let mut table = vec![8];
    for name in ["c", "dl", "ld", "m", "pthread", "resolv", "rt", "util"] {
        table.extend(name.bytes().chain([0]));
    }
    table.extend([2, 2, 17, 0, 2, 44, 0]);
    table.extend(b"\x02x86_64-linux-gnu\0aarch64-linux-gnu\0");
    table.extend([8, 0]);
    for library in 0..8 {
        table.extend([b'f', b'0' + library, 0, 3, 0x80 | library, 0x80]);
    }
    table.extend([0, 0, 0, 0]);
    table
}

pub fn ziglang(architecture: &str) -> Files {
    ziglang_with(program(architecture))
}

/// The wheel with this program as its LLVM.
pub fn ziglang_with(program: Vec<u8>) -> Files {
    let header = |name: &str| (format!("ziglang/lib/include/{name}"), format!("/* {name} */").into_bytes());
    let lib = |name: &str, text: &str| (format!("ziglang/lib/{name}"), text.as_bytes().to_vec());
    vec![
        lib("libc/include/any-linux-any/linux/futex.h", ""),
        lib("libc/include/x86-linux-any/asm/unistd.h", "x86"),
        lib("libc/include/aarch64-linux-any/asm/unistd.h", "aarch64"),
        lib("libc/include/generic-glibc/features.h", "#include <asm/unistd.h>\n"),
        lib("libc/include/x86-linux-gnu/bits/wordsize.h", ""),
        lib("libc/include/aarch64-linux-gnu/bits/wordsize.h", ""),
        lib("libc/glibc/LICENSES", "the licence of glibc"),
        (format!("ziglang/lib/{}", "libc/glibc/abilists"), abilists()),
        lib("libcxx/LICENSE.TXT", "the licence of LLVM"),
        ("ziglang/LICENSE".to_owned(), b"the licence of the wheel".to_vec()),
        lib("libcxx/include/__config", "/* zig patch: instead of including __config_site, flags */\n"),
        lib("libcxx/include/vector", "#include <__config>\n"),
        lib("libcxx/libc/shared/math.h", ""),
        lib("libcxx/src/string.cpp", ""),
        lib("libcxx/src/filesystem/path.cpp", ""),
        lib("libcxx/src/experimental/tzdb.cpp", ""),
        lib("libcxxabi/include/cxxabi.h", ""),
        lib("libcxxabi/src/cxa_guard.cpp", ""),
        lib("libcxxabi/src/cxa_noexception.cpp", ""),
        lib("libunwind/include/unwind.h", ""),
        lib("libunwind/src/UnwindLevel1.c", ""),
        lib("libunwind/src/libunwind.cpp", ""),
        header("stddef.h"),
        header("immintrin.h"),
        header("altivec.h"),
        header("ppc_wrappers/emmintrin.h"),
        ("ziglang/zig".to_owned(), program),
        ("ziglang/lib/std/std.zig".to_owned(), Vec::new()),
    ]
}

pub fn musl(cpu: &str, version: &str) -> Files {
    let (include, lib) = (format!("usr/include/{cpu}-linux-musl"), format!("usr/lib/{cpu}-linux-musl"));
    let mut files = vec![
        (format!("{include}/stdio.h"), b"/* common */".to_vec()),
        (format!("{include}/bits/reg.h"), cpu.as_bytes().to_vec()),
        (format!("{include}/bits/{cpu}.h"), Vec::new()),
        (format!("{lib}/musl-gcc.specs"), Vec::new()),
        (format!("{lib}/libc.so"), Vec::new()),
        ("usr/share/doc/musl-dev/copyright".to_owned(), b"the licence of musl".to_vec()),
    ];
    for name in ["crt1.o", "rcrt1.o", "Scrt1.o", "crti.o", "crtn.o", "libc.a", "libm.a"] {
        files.push((format!("{lib}/{name}"), format!("{name} {cpu} {version}").into_bytes()));
    }
    files
}

pub fn libgcc(cpu: &str) -> Files {
    let folder = format!("usr/lib/gcc/{cpu}-linux-gnu/14");
    let names = ["libgcc.a", "libgcc_eh.a", "libtsan.a", "crtbegin.o"];
    names.iter().map(|name| (format!("{folder}/{name}"), format!("{name} {cpu}\n").into_bytes())).collect()
}

pub fn gcc_base() -> Files {
    vec![("usr/share/doc/gcc-14-base/copyright".to_owned(), b"the licence of libgcc".to_vec())]
}

/// An ELF file for `machine` (62: x86-64, 183: AArch64) with these entries of its dynamic section.
pub fn elf(machine: u16, interpreter: Option<&str>, needed: &[&str], soname: Option<&str>) -> Vec<u8> {
    let (base, headers) = (0x1000_u64, 64 + 3 * 56);
    let mut strings = vec![0];
    let mut entries: Vec<(u64, u64)> = Vec::new();
    for (tag, text) in needed.iter().map(|text| (1, text)).chain(soname.iter().map(|text| (14, text))) {
        entries.push((tag, strings.len() as u64));
        strings.extend(text.bytes().chain([0]));
    }
    let interpreter_at = strings.len();
    strings.extend(interpreter.unwrap_or_default().bytes().chain([0]));
    let dynamic_at = headers + strings.len() as u64;
    entries.extend([(5, base + headers), (0, 0)]);
    let dynamic: Vec<u8> =
        entries.iter().flat_map(|(tag, value)| [tag.to_le_bytes(), value.to_le_bytes()].concat()).collect();
    let size = dynamic_at + dynamic.len() as u64;
    let segment = |kind: u32, at: u64, size: u64| {
        let mut header = [kind.to_le_bytes(), 4_u32.to_le_bytes()].concat();
        for value in [at, base + at, base + at, size, size, 1] {
            header.extend(value.to_le_bytes());
        }
        header
    };
    let mut file = b"\x7fELF\x02\x01\x01".to_vec();
    file.resize(16, 0);
    file.extend([3_u16.to_le_bytes(), machine.to_le_bytes()].concat());
    file.extend([1_u32.to_le_bytes()].concat());
    for value in [0_u64, 64, 0] {
        file.extend(value.to_le_bytes());
    }
    file.extend(0_u32.to_le_bytes());
    for value in [64_u16, 56, 3, 64, 0, 0] {
        file.extend(value.to_le_bytes());
    }
    let interpreter = interpreter.map_or((0, 0), |text| (3, text.len() as u64 + 1));
    file.extend(segment(1, 0, size));
    file.extend(segment(interpreter.0, headers + interpreter_at as u64, interpreter.1));
    file.extend(segment(2, dynamic_at, dynamic.len() as u64));
    file.extend(strings);
    file.extend(dynamic);
    file
}

/// A package of the emulator, and its links: a program that needs `libraries`; glibc with the loader; a text of licences; or
/// else a library, and one that nobody needs.
pub fn emulator(package: &str, libraries: &[&str]) -> (Files, Files) {
    let copyright = format!("usr/share/doc/{package}/copyright");
    let mut files = vec![(copyright.clone(), format!("the licence of {package}").into_bytes())];
    let mut links = Vec::new();
    let of_another = match package {
        "qemu-system-arm" => Some("qemu-system-common"),
        "libgcc-s1" | "libatomic1" => Some("gcc-14-base"),
        _ => None,
    };
    if let Some(other) = of_another {
        files.clear();
        links.push((copyright.trim_end_matches("/copyright").to_owned(), other.into()));
    }
    let sonames: Vec<String> = libraries.iter().map(|library| soname(library)).collect();
    let sonames: Vec<&str> = sonames.iter().map(String::as_str).collect();
    let program = |needed: &[&str]| elf(62, Some(LOADER), needed, None);
    match package {
        "qemu-system-arm" => files.push(("usr/bin/qemu-system-aarch64".to_owned(), program(&sonames))),
        "virtiofsd" => files.push(("usr/libexec/virtiofsd".to_owned(), program(&["libc6.so.1"]))),
        "qemu-system-common" => {}
        _ => {
            let name = soname(package);
            let library = |soname: &str| elf(62, None, &["libc6.so.1"], Some(soname));
            files.push((format!("{LIBRARIES}/{name}.2.3"), library(&name)));
            links.push((format!("{LIBRARIES}/{name}"), format!("{name}.2.3").into()));
            files.push((format!("{LIBRARIES}/{package}/plugin.so"), library("plugin.so")));
        }
    }
    if package == "libc6" {
        files.push((format!("{LIBRARIES}/ld-linux-x86-64.so.2"), elf(62, None, &[], Some("ld-linux-x86-64.so.2"))));
    }
    (files, links)
}

/// The name that the library of a package is asked for by.
pub fn soname(package: &str) -> String {
    format!("{package}.so.1")
}

/// Debian's kernel of this version, whose file begins like this; longer ones than 56 bytes are none that can be started.
pub fn kernel(version: &str, start: &[u8]) -> Files {
    let mut image = start.to_vec();
    image.resize(start.len().max(56), 0);
    image.extend(b"ARM\x64 and the rest");
    vec![
        (format!("boot/System.map-{version}"), Vec::new()),
        (format!("boot/config-{version}"), b"CONFIG_ARM64=y\n".to_vec()),
        (format!("boot/vmlinuz-{version}"), image),
        (format!("usr/share/doc/linux-image-{version}/changelog"), Vec::new()),
        (format!("usr/share/doc/linux-image-{version}/copyright"), b"the licence of Linux".to_vec()),
    ]
}

/// Writes a wheel with the files in the given order.
pub fn wheel(path: &Path, files: &[(String, Vec<u8>)]) {
    let mut archive = rawzip::ZipArchiveWriter::new(fs::File::create(path).unwrap());
    for (name, content) in files {
        let file = archive.new_file(name.as_str()).compression_method(rawzip::CompressionMethod::DEFLATE);
        let (mut entry, config) = file.start().unwrap();
        let encoder = flate2::write::DeflateEncoder::new(&mut entry, flate2::Compression::fast());
        let mut writer = config.wrap(encoder);
        writer.write_all(content).unwrap();
        let (encoder, descriptor) = writer.finish().unwrap();
        encoder.finish().unwrap();
        entry.finish(descriptor).unwrap();
    }
    archive.finish().unwrap();
}

/// Writes a Debian package with the files in the given order.
pub fn deb(path: &Path, files: &[(String, Vec<u8>)], compression: Compression) {
    deb_with_links(path, files, &[], compression);
}

/// Writes a Debian package with these files, and then these symbolic links.
pub fn deb_with_links(path: &Path, files: &[(String, Vec<u8>)], links: &[(String, Vec<u8>)], compression: Compression) {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o640);
        header.set_mtime(1_700_000_000);
        tar.append_data(&mut header, format!("./{name}"), content.as_slice()).unwrap();
    }
    for (name, target) in links {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Symlink);
        header.set_size(0);
        tar.append_link(&mut header, format!("./{name}"), std::str::from_utf8(target).unwrap()).unwrap();
    }
    let tar = tar.into_inner().unwrap();
    let (name, data) = match compression {
        Compression::Zstd => ("data.tar.zst", zstd::encode_all(tar.as_slice(), 1).unwrap()),
        Compression::Xz => {
            let mut writer = lzma_rust2::XzWriter::new(Vec::new(), lzma_rust2::XzOptions::with_preset(1)).unwrap();
            writer.write_all(&tar).unwrap();
            ("data.tar.xz", writer.finish().unwrap())
        }
    };
    let mut archive = ar::Builder::new(fs::File::create(path).unwrap());
    for (name, data) in [("debian-binary", b"2.0\n".to_vec()), (name, data)] {
        let header = ar::Header::new(name.as_bytes().to_vec(), data.len() as u64);
        archive.append(&header, data.as_slice()).unwrap();
    }
}
