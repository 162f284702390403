//! What an archive says of itself: manifest and bill of materials.

mod common;

use std::collections::BTreeSet;

use common::{World, entries};
use serde_json::{Value, json};
use sysroot::about::{MANIFEST, Manifest, SBOM, SPDX_TEXTS};
use sysroot::digest::Digest;

const LIB: &str = "sysroot_lib_amd64.tar.zst";

/// Path, and content, of each member of a packed archive.
fn members(name: &str) -> (World, Vec<(String, u32, Vec<u8>)>) {
    let world = World::locked();
    assert!(world.pack(&["--only", name]).status.success());
    let members = entries(&world.path("out").join(name));
    (world, members)
}

fn text(members: &[(String, u32, Vec<u8>)], name: &str) -> String {
    let (_, _, content) = members.iter().find(|(path, ..)| path == name).unwrap();
    String::from_utf8(content.clone()).unwrap()
}

#[test]
fn the_manifest_has_each_member_and_its_packages() {
    let (world, files) = members(LIB);
    let listed = Manifest::members_of(&text(&files, MANIFEST)).unwrap();
    let others: Vec<_> = files.iter().filter(|(path, ..)| path != MANIFEST && path != SBOM).collect();
    assert_eq!(listed.len(), others.len());
    let file = world.path("content");
    for (member, (path, mode, content)) in listed.iter().zip(others) {
        std::fs::write(&file, content).unwrap();
        let Digest { sha256, size } = Digest::of_file(&file).unwrap();
        assert_eq!((&member.path, &member.sha256, member.size), (path, &sha256, size));
        assert_eq!(member.executable, mode & 0o111 != 0, "{path}");
    }
    let of = |path: &str| &listed.iter().find(|member| member.path == path).unwrap().packages;
    assert_eq!(*of("lib/libc.a"), ["musl-dev-amd64"]);
    assert_eq!(*of("lib/libc++.a"), ["ziglang-amd64", "ziglang-arm64"], "compiled, from either wheel");
    assert!(of("lib/libstdc++.a").is_empty(), "a file of ours");
}

#[test]
fn headers_that_architectures_share_are_of_both_packages() {
    let (_, files) = members("sysroot_library.tar.zst");
    let listed = Manifest::members_of(&text(&files, MANIFEST)).unwrap();
    let stdio = listed.iter().find(|member| member.path == "include/stdio.h").unwrap();
    assert_eq!(stdio.packages, ["musl-dev-amd64", "musl-dev-arm64"]);
}

#[test]
fn the_bill_of_materials_names_each_file_and_package() {
    let (_, files) = members(LIB);
    let sbom: Value = serde_json::from_str(&text(&files, SBOM)).unwrap();
    assert_eq!(sbom["spdxVersion"], "SPDX-2.3");
    assert_eq!(sbom["creationInfo"]["created"], "1980-01-01T00:00:00Z");
    let named: BTreeSet<&str> =
        sbom["files"].as_array().unwrap().iter().map(|file| file["fileName"].as_str().unwrap()).collect();
    let paths: Vec<String> = files.iter().map(|(path, ..)| format!("./{path}")).collect();
    let expected: BTreeSet<&str> = paths.iter().map(String::as_str).filter(|p| !p.ends_with(".json")).collect();
    assert_eq!(named, expected);
    let purls: Vec<&Value> = sbom["packages"].as_array().unwrap()[1..]
        .iter()
        .map(|package| &package["externalRefs"][0]["referenceLocator"])
        .collect();
    assert_eq!(
        purls,
        [
            "pkg:deb/debian/musl-dev@1.2?arch=amd64&distro=stable",
            "pkg:deb/debian/libgcc-14-dev@14?arch=amd64&distro=stable",
            "pkg:deb/debian/gcc-14-base@14?arch=amd64&distro=stable",
            "pkg:pypi/ziglang@0.1",
            "pkg:pypi/ziglang@0.1",
        ]
    );
    assert_eq!(sbom["packages"][0]["licenseDeclared"], json!("(MIT)"));
}

#[test]
fn licences_are_the_packages_own_texts() {
    let (_, files) = members(LIB);
    for (name, words) in
        [("llvm", "of LLVM"), ("musl", "of musl"), ("libgcc", "of libgcc"), ("ziglang", "of the wheel")]
    {
        assert!(text(&files, &format!("licences/{name}")).ends_with(words), "{name}");
    }
}

#[test]
fn each_licence_that_a_package_names_is_there_in_full() {
    let world = World::locked();
    let mut lock = world.lock();
    lock["packages"][0]["licence"] = json!("MIT AND GPL-2.0-only WITH Linux-syscall-note AND LicenseRef-ours");
    world.write_lock(&lock);
    let output = world.pack(&["--only", LIB, "--update-lock", "--accept-sizes"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let files = entries(&world.path("out").join(LIB));
    let texts: Vec<&str> = files.iter().filter_map(|(path, ..)| path.strip_prefix(SPDX_TEXTS)).collect();
    assert_eq!(texts, ["GPL-2.0-only", "Linux-syscall-note", "MIT"]);
    for (id, words) in [
        ("GPL-2.0-only", "GNU GENERAL PUBLIC LICENSE"),
        ("Linux-syscall-note", "normal system calls"),
        ("MIT", "Permission is hereby granted"),
    ] {
        assert!(text(&files, &format!("{SPDX_TEXTS}{id}")).contains(words), "{id}");
    }
}

#[test]
fn a_licence_that_spdx_does_not_know_is_an_error_that_names_the_package() {
    let world = World::locked();
    let mut lock = world.lock();
    lock["packages"][0]["licence"] = json!("the usual one");
    world.write_lock(&lock);
    let output = world.pack(&["--only", LIB, "--update-lock"]);
    assert_eq!(output.status.code(), Some(1));
    let stderr = String::from_utf8_lossy(&output.stderr);
    let id = lock["packages"][0]["id"].as_str().unwrap();
    assert!(
        stderr.contains(&format!("{id}: licence: not an expression")) && stderr.contains("the usual one"),
        "{stderr}"
    );
}
