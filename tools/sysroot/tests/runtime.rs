//! What is compiled into the payload's `libgcc_eh.a`, and with what.

mod common;

use std::fs;

use common::packages::{self, Compression, deb, wheel};
use common::{ARCHITECTURES, World, entries, stderr};

/// The text of a file of a tarball in the output folder.
fn content(world: &World, tarball: &str, name: &str) -> String {
    let mut files = entries(&world.path("out").join(tarball)).into_iter();
    let (_, _, content) = files.find(|(path, ..)| path == name).unwrap();
    String::from_utf8(content).unwrap()
}

#[test]
fn the_unwinder_gets_one_object_compiled_from_the_payload_alone() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    for (architecture, cpu) in ARCHITECTURES {
        let tarball = format!("sysroot_lib_{architecture}.tar.zst");
        let archive = content(&world, &tarball, "lib/libgcc_eh.a");
        let members: Vec<&str> = archive.lines().collect();
        let [old, new] = members[..] else {
            panic!("expected what was there and one more: {members:?}");
        };
        assert_eq!(old, format!("libgcc_eh.a {cpu}"));
        let (name, object) = new.split_once(' ').unwrap();
        assert_eq!(name, "dl_find_object.o");
        let start = format!("clang --target={cpu}-linux-musl ");
        assert!(object.starts_with(&start), "{object}");
        let (command, found) = object.split_once(" WORLD=").unwrap();
        for option in ["-O2", "-fPIC", "-fvisibility=hidden", "-nostdinc", "-fno-ident"] {
            assert!(command.split(' ').any(|word| word == option), "{option} is missing: {command}");
        }
        assert!(
            !command.split(' ').any(|word| word.starts_with('/')),
            "an absolute path may end up in the object: {command}"
        );
        assert_eq!(
            found, " dl_find_object.c include/stdio.h include/bits/reg.h ../llvm/include/stddef.h",
            "the environment came through, or an input was not where the command line says"
        );
    }
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
        serde_json::json!(["musl-dev-arm64", "libgcc-14-dev-arm64", "ziglang-amd64", "ziglang-arm64"])
    );
}

#[test]
fn a_libgcc_that_brings_the_object_itself_is_refused() {
    let world = World::new();
    let mut libgcc = packages::libgcc("x86_64");
    for (_, content) in &mut libgcc {
        content.extend_from_slice(b"dl_find_object.o of-its-own\n");
    }
    let path = world.path("registry/libgcc-14-dev_14_amd64.deb");
    deb(&path, &libgcc, Compression::Xz);
    world.pin();
    let output = world.pack(&["--update-lock"]);
    assert_eq!(output.status.code(), Some(1));
    for words in ["dl_find_object.o is not what was added to lib/libgcc_eh.a", "tarball:  sysroot_lib_amd64.tar.zst"] {
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    assert!(!world.path("out/sysroot_lib_amd64.tar.zst").exists());
}

#[test]
fn a_failing_compiler_is_quoted_and_leaves_no_tarball() {
    let world = World::new();
    for (_, cpu) in ARCHITECTURES {
        let program = b"#!/bin/sh\necho 'dl_find_object.c:1:1: error: no' >&2\nexit 1\n";
        wheel(&world.path(&format!("registry/ziglang-{cpu}.whl")), &packages::ziglang_with(program.to_vec()));
    }
    world.pin();
    let output = world.pack(&["--update-lock", "--only", "sysroot_lib_amd64.tar.zst"]);
    assert_eq!(output.status.code(), Some(1));
    for words in [
        "the packed LLVM cannot make dl_find_object.o for lib/libgcc_eh.a",
        "command:  llvm clang --target=x86_64-linux-musl ",
        "stderr:   dl_find_object.c:1:1: error: no",
    ] {
        assert!(stderr(&output).contains(words), "{}", stderr(&output));
    }
    assert!(world.out().is_empty(), "a refused pack left files");
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
