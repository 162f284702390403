//! What happens at the target: one tree or none.

mod common;

use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;

use common::{Scratch, Tar, good, good_tree, tree, zst};
use unpack::Summary;

#[test]
fn a_good_archive_becomes_its_tree_with_normalised_modes() {
    let scratch = Scratch::new();
    let summary = scratch.unpack(&good()).unwrap();
    assert_eq!(summary, Summary { files: 2, folders: 3, bytes: 11 });
    assert_eq!(tree(&scratch.out()), good_tree());
    assert_eq!(scratch.names(), ["tree"], "the staging folder must be gone");
    let mode = fs::metadata(scratch.out()).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o755);
}

#[test]
fn an_archive_of_gnu_tar_and_zstd_becomes_its_tree() {
    let scratch = Scratch::new();
    let mut builder = tar::Builder::new(Vec::new());
    let content = vec![b'x'; 3 << 20];
    let mut header = tar::Header::new_gnu();
    header.set_mode(0o555);
    header.set_size(content.len() as u64);
    builder.append_data(&mut header, "big", &content[..]).unwrap();
    scratch.unpack(&zst(&builder.into_inner().unwrap())).unwrap();
    assert_eq!(tree(&scratch.out())["big"], (0o755, Some(content)));
}

#[test]
fn an_empty_existing_target_is_filled_as_bazel_makes_it() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.out()).unwrap();
    scratch.unpack(&good()).unwrap();
    assert_eq!(tree(&scratch.out()), good_tree());
}

#[test]
fn a_target_with_content_is_refused_and_untouched() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.out()).unwrap();
    fs::write(scratch.out().join("mine"), "precious").unwrap();
    let error = scratch.unpack(&good()).unwrap_err().to_string();
    assert!(error.contains("the target exists and is not empty"), "{error}");
    assert!(error.contains(scratch.out().to_str().unwrap()), "{error}");
    assert_eq!(tree(&scratch.out()).into_keys().collect::<Vec<_>>(), ["mine"]);
    assert_eq!(scratch.names(), ["tree"]);
}

#[test]
fn a_target_that_is_a_file_or_a_link_is_refused_and_untouched() {
    let scratch = Scratch::new();
    fs::write(scratch.out(), "mine").unwrap();
    let error = scratch.unpack(&good()).unwrap_err().to_string();
    assert!(error.contains("is not a folder"), "{error}");
    assert_eq!(fs::read(scratch.out()).unwrap(), b"mine");
    fs::remove_file(scratch.out()).unwrap();
    std::os::unix::fs::symlink("elsewhere", scratch.out()).unwrap();
    let error = scratch.unpack(&good()).unwrap_err().to_string();
    assert!(error.contains("is not a folder"), "{error}");
}

#[test]
fn a_target_without_a_parent_is_refused() {
    let scratch = Scratch::new();
    let mut request = scratch.request(&good(), unpack::Sha256::of(&good()));
    request.out = scratch.out().join("deeper");
    let error = unpack::unpack(&request).unwrap_err().to_string();
    assert!(error.contains("No such file") && error.contains("parent folder exists"), "{error}");
    request.out = "..".into();
    let error = unpack::unpack(&request).unwrap_err().to_string();
    assert!(error.contains("does not end in a name"), "{error}");
}

#[test]
fn an_archive_that_cannot_be_opened_is_refused() {
    let scratch = Scratch::new();
    let request = scratch.request(&good(), unpack::Sha256::of(&good()));
    fs::remove_file(scratch.archive()).unwrap();
    let error = unpack::unpack(&request).unwrap_err().to_string();
    assert!(error.contains("cannot open the archive") && error.contains("archive.tar.zst"), "{error}");
    fs::create_dir(scratch.archive()).unwrap();
    let error = unpack::unpack(&request).unwrap_err().to_string();
    assert!(error.contains("cannot read the archive"), "{error}");
}

#[test]
fn an_error_midway_leaves_an_empty_target_empty_and_a_retry_works() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.out()).unwrap();
    let bad = zst(&Tar::default().file("a", &[7; 300_000]).file("..", b"").end());
    scratch.unpack(&bad).unwrap_err();
    assert_eq!(scratch.names(), ["tree"]);
    assert!(tree(&scratch.out()).is_empty());
    scratch.unpack(&good()).unwrap();
    assert_eq!(tree(&scratch.out()), good_tree());
}

#[test]
fn the_staging_folder_of_a_killed_run_is_removed_and_a_living_one_is_not() {
    let scratch = Scratch::new();
    let folder = |name: &str| {
        let path = scratch.folder.path().join(name);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("half"), "a tree").unwrap();
        path
    };
    folder(".tree.unpack-1-0");
    let living = File::open(folder(".tree.unpack-2-0")).unwrap();
    living.lock().unwrap();
    folder(".tree.unpack-notes");
    folder(".other.unpack-1-0");
    scratch.unpack(&good()).unwrap();
    assert_eq!(scratch.names(), [".other.unpack-1-0", ".tree.unpack-2-0", ".tree.unpack-notes", "tree"]);
    assert_eq!(tree(&scratch.out()), good_tree());
}
