//! What `sysroot pack` promises, from the outside.

mod common;

use std::fs;

use common::packages::{self, Compression, deb, soname};
use common::{World, entries, libraries, stderr};
use serde_json::{Value, json};

const EMULATOR: &str = "sysroot_emulator_amd64.tar.zst";
const KERNEL: &str = "sysroot_kernel_arm64.tar.zst";

#[test]
fn two_packs_of_the_same_lock_give_the_same_bytes() {
    let world = World::locked();
    assert!(world.pack(&[]).status.success());
    let first = world.out();
    assert_eq!(first.len(), 10, "nine tarballs and payload.json");
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
fn the_emulator_has_its_loader_its_libraries_and_their_licences_and_nothing_else() {
    let world = World::locked();
    assert!(world.pack(&["--only", EMULATOR]).status.success());
    let files = entries(&world.path("out").join(EMULATOR));
    let mut expected: Vec<String> =
        ["bin/qemu-system-aarch64", "bin/virtiofsd", "lib/ld.so", "licences/qemu-system-arm", "licences/virtiofsd"]
            .map(str::to_owned)
            .to_vec();
    for library in libraries() {
        expected.extend([format!("lib/{}", soname(&library)), format!("licences/{library}")]);
    }
    expected.extend(["licences/spdx/MIT", "manifest.json", "sbom.spdx.json"].map(str::to_owned));
    expected.sort();
    assert_eq!(files.iter().map(|(name, ..)| name.clone()).collect::<Vec<_>>(), expected);
    let executable: Vec<&str> =
        files.iter().filter(|(_, mode, _)| *mode == 0o755).map(|(name, ..)| name.as_str()).collect();
    assert_eq!(executable, ["bin/qemu-system-aarch64", "bin/virtiofsd", "lib/ld.so"]);
    let text = |name: &str| {
        let (.., content) = files.iter().find(|(path, ..)| path == name).unwrap();
        String::from_utf8_lossy(content).into_owned()
    };
    assert_eq!(text("licences/libaio1t64"), "the licence of libaio1t64");
    assert_eq!(text("licences/libgcc-s1"), "the licence of libgcc", "of the package that its folder is a link to");
    assert_eq!(text("licences/qemu-system-arm"), "the licence of qemu-system-common");
    let manifest: Value = serde_json::from_str(&text("manifest.json")).unwrap();
    let from = |name: &str| {
        let members = manifest["members"].as_array().unwrap();
        members.iter().find(|member| member["path"] == name).unwrap()["packages"].clone()
    };
    assert_eq!(from("lib/ld.so"), json!(["libc6-amd64"]));
    assert_eq!(from("licences/libgcc-s1"), json!(["gcc-14-base-amd64"]));
}

#[test]
fn an_emulator_without_a_library_is_refused_and_so_is_a_package_that_it_does_not_need() {
    let refused = |world: &World, words: &[&str]| {
        world.pin();
        let output = world.pack(&["--update-lock", "--only", EMULATOR]);
        assert_eq!(output.status.code(), Some(1));
        let stderr = stderr(&output);
        for word in words.iter().chain(&["tarball:  sysroot_emulator_amd64", "next:", "select/layout.rs"]) {
            assert!(stderr.contains(word), "the error lacks {word:?}: {stderr}");
        }
        assert!(world.out().is_empty(), "an archive was made");
    };
    let world = World::new();
    world.emulator("qemu-system-arm", &[libraries(), vec!["libnew2".to_owned()]].concat());
    refused(&world, &["no input has the library libnew2.so.1", "asked by: qemu-system-aarch64", "apt-file search"]);
    let fewer: Vec<String> =
        libraries().into_iter().filter(|name| !["libaio1t64", "libc6"].contains(&name.as_str())).collect();
    world.emulator("qemu-system-arm", &fewer);
    refused(&world, &["packages have nothing that the programs need", "packages: libaio1t64\n"]);
    world.emulator("qemu-system-arm", &libraries());
    let other = world.path("registry/virtiofsd_2_amd64.deb");
    deb(&other, &packages::gcc_base(), Compression::Xz);
    refused(&world, &["no package has the program usr/libexec/virtiofsd"]);
    world.emulator("virtiofsd", &[]);
    deb(&world.path("registry/qemu-system-common_2_amd64.deb"), &[], Compression::Xz);
    refused(&world, &["no package has usr/share/doc/qemu-system-arm/copyright", "a link in place of that folder"]);
}

#[test]
fn the_kernel_has_names_without_its_version() {
    let world = World::locked();
    assert!(world.pack(&["--only", KERNEL]).status.success());
    let files = entries(&world.path("out").join(KERNEL));
    let names: Vec<&str> = files.iter().map(|(name, ..)| name.as_str()).collect();
    let about = ["licences/linux", "licences/spdx/MIT", "manifest.json", "sbom.spdx.json"];
    assert_eq!(names, [&["boot/Image", "boot/config"][..], &about].concat());
    let (.., licence) = files.iter().find(|(name, ..)| name == "licences/linux").unwrap();
    assert_eq!(licence, b"the licence of Linux");
    let (.., sbom) = files.last().unwrap();
    let purl = "pkg:deb/debian/linux-image-6.1%2Bdeb-cloud-arm64@6.1%2Bdeb-cloud-arm64-1?arch=arm64";
    assert!(String::from_utf8_lossy(sbom).contains(purl), "{}", String::from_utf8_lossy(sbom));
}

#[test]
fn a_kernel_that_is_compressed_is_refused() {
    let world = World::new();
    world.kernel(common::KERNEL, &[b"MZ\0\0zimg".as_slice(), &[0; 99]].concat());
    world.pin();
    let output = world.pack(&["--update-lock", "--only", KERNEL]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = stderr(&output);
    for word in ["boot/Image is no kernel", "expected: the bytes ARMd at 56", r"begins with MZ\x00\x00zimg", "next:"] {
        assert!(stderr.contains(word), "the error lacks {word:?}: {stderr}");
    }
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
    assert_eq!(actions, vec!["kept"; 9]);
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
