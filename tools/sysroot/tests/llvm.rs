//! `sysroot llvm`, from the outside, on tiny ELF files of the shape that the real ones have.

mod common;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use common::packages::{Compression, Files, LOADER, deb, elf};
use common::{entries, stderr};
use tempfile::TempDir;

/// A folder with an LLVM as Debian has it, in a tree of links.
fn debian(root: &Path) {
    let write = |path: &str, content: Vec<u8>| {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    };
    let program = |needed: &[&str]| elf(62, Some(LOADER), needed, None);
    let (llvm, lib) = ("usr/lib/llvm-19", "usr/lib/x86_64-linux-gnu");
    write(&format!("{llvm}/bin/clang"), program(&["libclang-cpp.so.19.1", "libc.so.6"]));
    write(&format!("{llvm}/bin/lld"), program(&["libLLVM.so.19.1", "libc.so.6", "ld-linux-x86-64.so.2"]));
    write(&format!("{llvm}/bin/llvm-ar"), program(&["libLLVM.so.19.1"]));
    write(&format!("{llvm}/bin/clang-format"), b"other".to_vec());
    symlink("lld", root.join(llvm).join("bin/ld.lld")).unwrap();
    fs::create_dir_all(root.join("usr/bin")).unwrap();
    symlink("../lib/llvm-19/bin/clang", root.join("usr/bin/clang-19")).unwrap();
    write(&format!("{llvm}/lib/clang/19/include/stddef.h"), b"#include <__stddef_size_t.h>\n".to_vec());
    write(&format!("{llvm}/lib/clang/19/include/__stddef_size_t.h"), b"size_t\n".to_vec());
    write(&format!("{llvm}/lib/clang/19/include/altivec.h"), b"other".to_vec());
    write(&format!("{llvm}/lib/clang/19/include/ppc_wrappers/mm.h"), b"other".to_vec());
    write(&format!("{lib}/libclang-cpp.so.19.1"), elf(62, None, &["libLLVM.so.19.1"], Some("libclang-cpp.so.19.1")));
    write(&format!("{lib}/libLLVM.so.19.1"), elf(62, None, &["libxml2.so.2", "libc.so.6"], Some("libLLVM.so.19.1")));
    write(&format!("{lib}/libxml2.so.2.9.14"), elf(62, None, &["libc.so.6"], Some("libxml2.so.2")));
    symlink("libxml2.so.2.9.14", root.join(lib).join("libxml2.so.2")).unwrap();
    write(&format!("{lib}/libc.so.6"), elf(62, None, &["ld-linux-x86-64.so.2"], Some("libc.so.6")));
    write("usr/lib/aarch64-linux-gnu/libc.so.6", elf(183, None, &[], Some("libc.so.6")));
    write(&format!("{lib}/ld-linux-x86-64.so.2"), elf(62, None, &[], Some("ld-linux-x86-64.so.2")));
    write(&format!("{lib}/libunused.so.1"), elf(62, None, &[], None));
    write("usr/share/doc/llvm-19/copyright", b"the licence of LLVM".to_vec());
    symlink("llvm-19", root.join("usr/share/doc/clang-19")).unwrap();
}

struct World {
    dir: TempDir,
}

impl World {
    fn new() -> Self {
        let world = World { dir: TempDir::new().unwrap() };
        debian(&world.path("root"));
        world
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn llvm(&self, inputs: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sysroot"));
        command.args(["llvm", "--exec", "amd64", "--out", "out.tar.zst"]).args(inputs).current_dir(self.dir.path());
        command.output().unwrap()
    }

    /// It fails with these words, and nothing is left.
    #[track_caller]
    fn refuses(&self, inputs: &[&str], words: &[&str]) {
        let output = self.llvm(inputs);
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let error = stderr(&output);
        for word in words.iter().chain(&["next:"]) {
            assert!(error.contains(word), "no {word:?} in {error}");
        }
        let left: Vec<_> = fs::read_dir(self.dir.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert!(
            left.iter().all(|name| !name.to_string_lossy().contains("partial") && name != "out.tar.zst"),
            "{left:?}"
        );
    }
}

const MEMBERS: [(&str, u32); 11] = [
    ("bin/clang", 0o755),
    ("bin/ld.lld", 0o755),
    ("bin/llvm-ar", 0o755),
    ("include/stddef.h", 0o644),
    ("lib/ld.so", 0o755),
    ("lib/libLLVM.so.19.1", 0o644),
    ("lib/libc.so.6", 0o644),
    ("lib/libclang-cpp.so.19.1", 0o644),
    ("lib/libxml2.so.2", 0o644),
    ("licences/clang-19", 0o644),
    ("licences/llvm-19", 0o644),
];

#[track_caller]
fn has_members(archive: &Path) {
    let entries = entries(archive);
    let members: Vec<(&str, u32)> = entries.iter().map(|(path, mode, _)| (path.as_str(), *mode)).collect();
    assert_eq!(members, [&MEMBERS[..], &[("manifest.json", 0o644)]].concat());
    assert_eq!(entries[3].2, b"size_t\n");
}

#[test]
fn a_lower_level_is_as_whole_and_no_smaller() {
    let world = World::new();
    let [small, fast] = [&[][..], &["--level", "1"]].map(|level| {
        let output = world.llvm(&[&["root"], level].concat());
        assert!(output.status.success(), "{}", stderr(&output));
        has_members(&world.path("out.tar.zst"));
        fs::metadata(world.path("out.tar.zst")).unwrap().len()
    });
    assert!(small < fast, "{small} and {fast} bytes");
    for level in ["0", "20", "high"] {
        let output = world.llvm(&["root", "--level", level]);
        assert_eq!(output.status.code(), Some(2), "{output:?}");
        assert!(stderr(&output).contains("--level"), "{}", stderr(&output));
    }
}

#[test]
fn a_dynamic_llvm_brings_its_loader_and_every_library() {
    let world = World::new();
    let output = world.llvm(&["root"]);
    assert!(output.status.success(), "{}", stderr(&output));
    has_members(&world.path("out.tar.zst"));
    let text = String::from_utf8(output.stdout).unwrap();
    let sha256 = sysroot::digest::Digest::of_file(&world.path("out.tar.zst")).unwrap().sha256;
    for words in ["in 12 files", "dynamic: lib/ld.so", &format!("    sha256 = \"{sha256}\""), "name = \"llvm_amd64\""] {
        assert!(text.contains(words), "no {words} in {text}");
    }
    let verify = Command::new(env!("CARGO_BIN_EXE_sysroot")).arg("verify").arg(world.path("out.tar.zst")).output();
    assert!(verify.unwrap().status.success());
    // The same again is the same again.
    fs::rename(world.path("out.tar.zst"), world.path("first.tar.zst")).unwrap();
    assert!(world.llvm(&["root"]).status.success());
    assert_eq!(fs::read(world.path("first.tar.zst")).unwrap(), fs::read(world.path("out.tar.zst")).unwrap());
}

#[test]
fn tars_are_read_as_folders_are() {
    let world = World::new();
    for (option, name) in [("-cf", "a.tar"), ("-czf", "a.tar.gz"), ("-cJf", "a.tar.xz"), ("--zstd -cf", "a.tar.zst")] {
        let options = option.split(' ');
        let made =
            Command::new("tar").args(options).args([name, "-C", "root", "."]).current_dir(world.dir.path()).status();
        assert!(made.unwrap().success());
        let output = world.llvm(&[name]);
        assert!(output.status.success(), "{name}: {}", stderr(&output));
        has_members(&world.path("out.tar.zst"));
    }
}

#[test]
fn debian_packages_add_up_and_the_used_ones_bring_their_licences() {
    let world = World::new();
    let missing = "usr/lib/x86_64-linux-gnu/libxml2.so.2";
    fs::remove_file(world.path("root").join(missing)).unwrap();
    fs::remove_file(world.path("root").join(format!("{missing}.9.14"))).unwrap();
    world.refuses(&["root"], &["no input has the library libxml2.so.2", "asked by: libLLVM.so.19.1"]);
    let library: Files = vec![
        (missing.to_owned(), elf(62, None, &["libc.so.6"], Some("libxml2.so.2"))),
        ("usr/share/doc/libxml2/copyright".to_owned(), b"the licence of libxml2".to_vec()),
    ];
    deb(&world.path("libxml2_2.9_amd64.deb"), &library, Compression::Xz);
    let unused: Files = vec![("usr/share/doc/unused/copyright".to_owned(), b"the licence of nothing".to_vec())];
    deb(&world.path("unused_1_amd64.deb"), &unused, Compression::Zstd);
    let output = world.llvm(&["root", "libxml2_2.9_amd64.deb", "unused_1_amd64.deb"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let licences: Vec<String> = entries(&world.path("out.tar.zst"))
        .into_iter()
        .filter_map(|(path, ..)| path.strip_prefix("licences/").map(str::to_owned))
        .collect();
    assert_eq!(licences, ["clang-19", "libxml2", "llvm-19"]);
}

#[test]
fn a_static_llvm_has_no_libraries() {
    let world = World::new();
    for program in ["clang", "lld", "llvm-ar"] {
        let program = world.path("root/usr/lib/llvm-19/bin").join(program);
        fs::write(program, elf(62, None, &[], None)).unwrap();
    }
    let output = world.llvm(&["root"]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("\nstatic\n"), "{output:?}");
    assert!(entries(&world.path("out.tar.zst")).iter().all(|(path, ..)| !path.starts_with("lib/")));
}

#[test]
fn bad_inputs_are_told_and_leave_nothing() {
    let world = World::new();
    let bin = world.path("root/usr/lib/llvm-19/bin");
    fs::write(world.path("a.rpm"), "").unwrap();
    world.refuses(&["a.rpm"], &["not an input that this program reads", "a.rpm", "a folder, a .deb"]);
    fs::create_dir(world.path("empty")).unwrap();
    world.refuses(&["empty"], &["no input has the program clang", "bin/clang-VERSION"]);
    let lost = world.llvm(&["lost.deb"]);
    assert!(lost.status.code() == Some(1) && stderr(&lost).contains("cannot open lost.deb"), "{lost:?}");
    fs::write(world.path("damaged.tar.xz"), "no archive").unwrap();
    let damaged = world.llvm(&["root", "damaged.tar.xz"]);
    assert!(damaged.status.code() == Some(1) && stderr(&damaged).contains("damaged.tar.xz"), "{damaged:?}");

    debian(&world.path("other/opt"));
    fs::write(world.path("other/opt/usr/lib/llvm-19/bin/clang"), "other").unwrap();
    world.refuses(&["root", "other"], &["several programs clang", "opt/usr/lib/llvm-19/bin/clang"]);
    let (clang, ar) = (fs::read(bin.join("clang")).unwrap(), fs::read(bin.join("llvm-ar")).unwrap());
    fs::write(bin.join("clang"), elf(183, Some(LOADER), &[], None)).unwrap();
    world.refuses(&["root"], &["clang is no program for amd64"]);
    fs::write(bin.join("clang"), elf(62, Some("/lib/ld-musl-x86_64.so.1"), &["libc.so"], None)).unwrap();
    for program in ["lld", "llvm-ar"] {
        fs::copy(bin.join("clang"), bin.join(program)).unwrap();
    }
    world.refuses(&["root"], &["musl's dynamic loader is not supported", "ld-musl-x86_64.so.1"]);
    fs::write(bin.join("clang"), &clang).unwrap();
    fs::write(bin.join("lld"), &ar).unwrap();
    fs::write(bin.join("llvm-ar"), elf(62, None, &[], None)).unwrap();
    world.refuses(&["root"], &["not the same dynamic loader", "llvm-ar:", "none: it is static"]);
    fs::write(bin.join("llvm-ar"), &ar).unwrap();

    let copy = world.path("root/usr/lib/llvm-19/lib/libLLVM.so.19.1");
    fs::write(&copy, elf(62, None, &[], Some("libLLVM.so.19.1"))).unwrap();
    world.refuses(&["root"], &["several libraries libLLVM.so.19.1", "llvm-19/lib/libLLVM.so.19.1", "asked by:"]);
    fs::remove_file(copy).unwrap();
    fs::remove_file(world.path("root/usr/lib/llvm-19/lib/clang/19/include/stddef.h")).unwrap();
    world.refuses(&["root"], &["no input has clang's own headers"]);

    let mut command = Command::new(env!("CARGO_BIN_EXE_sysroot"));
    command.args(["llvm", "--exec", "amd64", "--out", "out.tar", "root"]).current_dir(world.dir.path());
    assert!(stderr(&command.output().unwrap()).contains("ends in .tar.zst"));
}
