//! How the libraries of C++ are compiled, and with what.

mod common;

use std::fs;

use common::packages::{self, wheel};
use common::{ARCHITECTURES, World, entries, stderr};

/// The text of a file of a tarball in the output folder.
fn content(world: &World, tarball: &str, name: &str) -> String {
    let mut files = entries(&world.path("out").join(tarball)).into_iter();
    let (_, _, content) = files.find(|(path, ..)| path == name).unwrap();
    String::from_utf8(content).unwrap()
}

#[test]
fn the_libraries_are_compiled_from_the_payload_alone() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    for (architecture, cpu) in ARCHITECTURES {
        let tarball = format!("sysroot_lib_{architecture}.tar.zst");
        for (library, sources) in [
            ("c++", &["libcxx/src/filesystem/path.cpp", "libcxx/src/string.cpp"][..]),
            ("c++abi", &["libcxxabi/src/cxa_guard.cpp"]),
            ("unwind", &["libunwind/src/UnwindLevel1.c", "libunwind/src/libunwind.cpp"]),
        ] {
            let archive = content(&world, &tarball, &format!("lib/lib{library}.a"));
            let members: Vec<&str> = archive.lines().collect();
            assert_eq!(members.len(), sources.len(), "{members:?}");
            for (member, source) in members.iter().zip(sources) {
                let (_, object) = member.split_once(' ').unwrap();
                assert!(object.starts_with(&format!("clang --target={cpu}-linux-musl ")), "{object}");
                let (command, found) = object.split_once(" WORLD=").unwrap();
                for option in ["-O2", "-fPIC", "-fvisibility=hidden", "-nostdlibinc", "-fno-ident", source] {
                    assert!(command.split(' ').any(|word| word == option), "{option} is missing: {command}");
                }
                assert!(
                    !command.split(' ').any(|word| word.starts_with('/')),
                    "an absolute path may end up in the object: {command}"
                );
                assert_eq!(
                    found,
                    " include/stdio.h include/bits/reg.h linux/include/linux/futex.h cxx/include/__config_site \
                     ../llvm/include/stddef.h",
                    "the environment came through, or an input was not where the command line says"
                );
            }
        }
    }
}

#[test]
fn names_of_gnus_compiler_stand_for_ours() {
    let world = World::locked();
    assert!(world.pack(&["--only", "sysroot_lib_amd64.tar.zst"]).status.success());
    let script = |name: &str| content(&world, "sysroot_lib_amd64.tar.zst", name);
    assert_eq!(script("lib/libgcc_eh.a"), "INPUT(-lunwind)\n");
    assert_eq!(script("lib/libstdc++.a"), "INPUT(-lc++ -lc++abi -lunwind)\n");
}

#[test]
fn one_target_needs_llvm_of_this_machine_only_and_says_the_same_everywhere() {
    let world = World::locked();
    fs::remove_dir_all(world.path("packages")).unwrap();
    fs::remove_file(world.path("calls")).unwrap();
    let output = world.pack(&["--only", "sysroot_lib_arm64.tar.zst"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let calls = world.calls();
    let wheels: Vec<&str> = calls.lines().filter(|call| call.starts_with("pip download")).collect();
    assert_eq!(wheels.len(), 1, "{calls}");
    assert!(wheels[0].contains(std::env::consts::ARCH), "{calls}");
    assert_eq!(
        world.payload()["tarballs"][0]["packages"],
        serde_json::json!([
            "musl-dev-arm64",
            "libgcc-14-dev-arm64",
            "gcc-14-base-arm64",
            "ziglang-amd64",
            "ziglang-arm64"
        ])
    );
}

/// Packs one tarball with these wheels, which is to fail.
fn refused(files: &dyn Fn() -> packages::Files) -> String {
    let world = World::new();
    for (_, cpu) in ARCHITECTURES {
        wheel(&world.path(&format!("registry/ziglang-{cpu}.whl")), &files());
    }
    world.pin();
    let output = world.pack(&["--update-lock", "--only", "sysroot_lib_amd64.tar.zst"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(world.out().is_empty(), "a refused pack left files");
    stderr(&output)
}

#[test]
fn a_failing_compiler_is_quoted_and_leaves_no_tarball() {
    let program = b"#!/bin/sh\necho 'path.cpp:1:1: error: no' >&2\nexit 1\n";
    let error = refused(&|| packages::ziglang_with(program.to_vec()));
    for words in [
        "the packed LLVM fails on libcxx/src/",
        "command:  llvm clang --target=x86_64-linux-musl ",
        "stderr:   path.cpp:1:1: error: no",
    ] {
        assert!(error.contains(words), "{error}");
    }
}

#[test]
fn a_wheel_without_the_sources_is_refused() {
    let without = |part: &'static str| {
        move || {
            let mut files = packages::ziglang("amd64");
            files.retain(|(name, _)| !name.contains(part));
            files
        }
    };
    let error = refused(&without("libunwind/src/"));
    assert!(error.contains("has no ziglang/lib/libunwind/src/"), "{error}");
    let error = refused(&without("libcxxabi/src/cxa_guard.cpp"));
    assert!(error.contains("there are no sources of c++abi"), "{error}");
}

#[test]
fn the_committed_lock_has_one_version_of_llvm() {
    let lock = sysroot::lock::Lock::parse(include_str!("../../../sysroot/lock.json")).unwrap();
    let version = |id| &lock.package(id).unwrap().version;
    assert_eq!(
        version("ziglang-amd64"),
        version("ziglang-arm64"),
        "sysroot_lib_* would depend on the machine that packs"
    );
}
