//! What a tarball's bytes depend on.

use sysroot::select::{Entry, Tree};
use sysroot::tarball::{MAX_LEVEL, tar_size, write};

/// 40 MB in two files: two of zstd's jobs at this level. Blocks repeat, so that it is quick, and are numbered, so
/// that where a job ends shows.
fn large_tree() -> Tree {
    let block: Vec<u8> = (0..25_000_u32).flat_map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
    let content: Vec<u8> =
        (0..200_u32).flat_map(|n| n.to_le_bytes().into_iter().chain(block.iter().copied())).collect();
    let entry = |executable| Entry { content: content.clone(), executable, packages: Vec::new() };
    Tree::from([("bin/a".to_owned(), entry(true)), ("b".to_owned(), entry(false))])
}

#[test]
fn the_number_of_workers_does_not_change_a_byte() {
    let tree = large_tree();
    let bytes = |workers| {
        let mut bytes = Vec::new();
        write(&tree, &mut bytes, MAX_LEVEL, workers, |_| {}).unwrap();
        bytes
    };
    let one = bytes(1);
    assert!(one == bytes(3), "the bytes depend on the number of workers");
}

#[test]
fn the_frame_says_how_long_its_content_is() {
    let tree = Tree::from([("a".to_owned(), Entry::ours(vec![1; 513]))]);
    let mut bytes = Vec::new();
    let digest = write(&tree, &mut bytes, MAX_LEVEL, 1, |_| {}).unwrap();
    assert_eq!(digest.size, bytes.len() as u64);
    let tar = zstd::decode_all(bytes.as_slice()).unwrap();
    assert_eq!(tar.len() as u64, tar_size(&tree));
    assert_eq!(zstd::zstd_safe::get_frame_content_size(&bytes).unwrap(), Some(tar_size(&tree)));
}
