//! What `sysroot pack` promises, from the outside.

mod common;

use std::fs;

use common::{World, entries, stderr};
use serde_json::json;

#[test]
fn two_packs_of_the_same_lock_give_the_same_bytes() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    let first = world.out();
    assert_eq!(first.len(), 8, "seven tarballs and payload.json");
    fs::remove_dir_all(world.path("out")).unwrap();
    fs::remove_dir_all(world.path("packages")).unwrap();
    assert!(world.pack(&["--jobs", "5"]).status.success());
    assert!(first == world.out(), "the second pack gave other bytes");
}

#[test]
fn the_tarballs_have_the_layout_that_the_driver_expects() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    let names = |tarball: &str| -> Vec<(String, u32)> {
        entries(&world.path("out").join(tarball)).into_iter().map(|(name, mode, _)| (name, mode)).collect()
    };
    let expected = |names: &[&str]| names.iter().map(|name| ((*name).to_owned(), 0o644)).collect::<Vec<_>>();
    assert_eq!(
        names("sysroot_library.tar.zst"),
        expected(&[
            "amd64/include/bits/reg.h",
            "amd64/include/bits/x86_64.h",
            "arm64/include/bits/aarch64.h",
            "arm64/include/bits/reg.h",
            "cxx/include/__config",
            "cxx/include/__config_site",
            "cxx/include/vector",
            "include/stdio.h",
            "licences/llvm",
            "licences/musl",
            "licences/spdx/MIT",
            "licences/ziglang",
            "linux/amd64/include/asm/unistd.h",
            "linux/arm64/include/asm/unistd.h",
            "linux/include/linux/futex.h",
            "manifest.json",
            "sbom.spdx.json",
        ])
    );
    let lib = [
        "crt1.o",
        "crti.o",
        "crtn.o",
        "libc++.a",
        "libc++abi.a",
        "libc.a",
        "libcrypt.a",
        "libdl.a",
        "libgcc.a",
        "libgcc_eh.a",
        "libm.a",
        "libpthread.a",
        "libresolv.a",
        "librt.a",
        "libstdc++.a",
        "libunwind.a",
        "libutil.a",
        "libxnet.a",
        "rcrt1.o",
    ];
    let licences = ["libgcc", "llvm", "musl", "spdx/MIT", "ziglang"].iter().map(|name| format!("licences/{name}"));
    let about = ["manifest.json", "sbom.spdx.json"].map(str::to_owned);
    let lib: Vec<String> = lib.iter().map(|name| format!("lib/{name}")).chain(licences).chain(about).collect();
    let lib = expected(&lib.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(names("sysroot_lib_amd64.tar.zst"), lib);
    assert_eq!(names("sysroot_lib_arm64.tar.zst"), lib);
    let mut llvm = expected(&[
        "bin/llvm",
        "include/immintrin.h",
        "include/stddef.h",
        "licences/llvm",
        "licences/spdx/MIT",
        "licences/ziglang",
        "manifest.json",
        "sbom.spdx.json",
    ]);
    llvm[0].1 = 0o755;
    assert_eq!(names("sysroot_llvm_amd64.tar.zst"), llvm);
    assert_eq!(names("sysroot_llvm_arm64.tar.zst"), llvm);
}

#[test]
fn what_is_there_and_right_is_neither_fetched_nor_packed_again() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    fs::remove_dir_all(world.path("packages")).unwrap();
    fs::write(world.path("offline"), "").unwrap();
    let calls = world.calls();
    let output = world.pack(&["--format", "json"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let summary: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let actions: Vec<_> = summary["tarballs"].as_array().unwrap().iter().map(|made| &made["action"]).collect();
    assert_eq!(actions, vec!["kept"; 7]);
    assert_eq!(calls, world.calls(), "a client was called");
    assert_eq!(world.payload()["locked"], json!(true));
}

#[test]
fn a_damaged_tarball_is_made_again() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    let before = world.out();
    fs::write(world.path("out/sysroot_library.tar.zst"), "damaged").unwrap();
    assert!(world.pack(&[]).status.success());
    assert!(before == world.out(), "the tarball was not mended");
}

#[test]
fn only_makes_the_tarballs_that_are_named() {
    let world = World::locked();
    assert!(world.pack(&["--only", "sysroot_lib_arm64.tar.zst"]).status.success());
    let names: Vec<String> = world.out().into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["payload.json", "sysroot_lib_arm64.tar.zst"]);
    let wrong = world.pack(&["--only", "sysroot_lib_riscv.tar.zst"]);
    assert_eq!(wrong.status.code(), Some(2), "an unknown name is a wrong command line");
}

#[test]
fn a_stale_lock_is_refused_and_nothing_gets_the_final_name() {
    let world = World::locked();
    let mut lock = world.lock();
    lock["tarballs"][0]["sha256"] = json!("0".repeat(64));
    world.write_lock(&lock);
    let output = world.pack(&["--only", "sysroot_library.tar.zst"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("sysroot_library.tar.zst is not what the lock pins"), "{}", stderr(&output));
    assert!(stderr(&output).contains(&"0".repeat(64)) && stderr(&output).contains("--update-lock"));
    assert!(world.out().is_empty(), "the output folder has files after a refusal");
}

#[test]
fn what_an_interrupted_pack_left_is_removed_by_the_next() {
    let world = World::locked();
    fs::create_dir_all(world.path("out/.partial-folder")).unwrap();
    fs::write(world.path("out/.partial-file"), "half a tarball").unwrap();
    assert!(world.pack(&[]).status.success());
    assert!(world.out().iter().all(|(name, _)| !name.starts_with('.')), "unfinished files are still there");
}

#[test]
fn update_lock_changes_the_tarballs_and_nothing_else() {
    let world = World::locked();
    let expected = world.lock();
    let mut stale = expected.clone();
    stale["tarballs"].as_array_mut().unwrap().remove(3);
    stale["tarballs"][0]["files"] = json!(99);
    world.write_lock(&stale);
    assert!(world.pack(&["--update-lock"]).status.success());
    assert_eq!(fs::read_to_string(world.path("lock.json")).unwrap(), format!("{expected:#}\n"));
}
