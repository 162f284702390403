//! Same lock, same bytes.

use std::collections::BTreeMap;
use std::fs;

use e2e::{Command, Setup, sha256};

/// The digests that the lock has of the tarballs: those of the pack that a maintainer made, on another machine.
fn locked(setup: &Setup) -> BTreeMap<String, String> {
    let lock = fs::read_to_string(setup.repo.join("sysroot/lock.json")).expect("the lock");
    let lock: serde_json::Value = serde_json::from_str(&lock).expect("the lock");
    let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    let tarballs = lock["tarballs"].as_array().expect("tarballs");
    tarballs.iter().map(|tarball| (text(&tarball["name"]), text(&tarball["sha256"]))).collect()
}

/// This machine has packed all of them itself.
#[test]
fn a_pack_on_this_machine_gives_the_bytes_of_the_lock() {
    let setup = Setup::get();
    let packed: BTreeMap<String, String> =
        setup.payload.iter().map(|(name, path)| (name.clone(), sha256(&fs::read(path).expect("a tarball")))).collect();
    assert_eq!(packed.len(), 9, "nine tarballs");
    assert_eq!(packed, locked(&setup));
}

/// And so it does once more. (Packing all takes minutes; the test above has the others.)
#[test]
fn a_second_pack_gives_the_same_bytes() {
    let setup = Setup::get();
    let out = tempfile::tempdir().expect("a folder");
    let name = "sysroot_lib_amd64.tar.zst";
    Command::new(&setup.sysroot)
        .args(["pack", "--lock"])
        .arg(setup.repo.join("sysroot/lock.json"))
        .arg("--packages")
        .arg(&setup.packages)
        .arg("--out")
        .arg(out.path())
        .args(["--only", name])
        .run()
        .succeeds();
    let (first, second) = (fs::read(&setup.payload[name]).unwrap(), fs::read(out.path().join(name)).unwrap());
    assert!(first == second, "{name} differs between two packs");
}
