//! Tiny packages of the shape that the real ones have.

use std::fs;
use std::io::Write as _;
use std::path::Path;

/// Files by path.
pub type Files = Vec<(String, Vec<u8>)>;

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
    let mut tar = tar::Builder::new(Vec::new());
    for (name, content) in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o640);
        header.set_mtime(1_700_000_000);
        tar.append_data(&mut header, format!("./{name}"), content.as_slice()).unwrap();
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
