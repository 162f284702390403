//! A disk that is full, or read-only: an error that says so, nothing left behind, and the next run is right.
//!
//! The disk is a tmpfs, mounted for one test in namespaces of its own, which root and any ordinary user can make.

mod common;

use std::env;
use std::ffi::{CStr, CString};
use std::fs;
use std::path::{Path, PathBuf};

use rustix::mount::{MountFlags, UnmountFlags, mount, mount_remount, unmount};

use common::{Random, Tar, Tree, in_own_process, tree, zst};
use unpack::{Request, Sha256};

/// Set for the process in the namespaces: where it mounts its disk.
const DISK: &str = "UNPACK_TEST_DISK";

/// Runs the test of this name once more, in a mount namespace, and gives that run a folder to mount disks at.
fn in_namespaces(test: &str, body: impl FnOnce(&Disk)) {
    if let Some(path) = env::var_os(DISK) {
        return body(&Disk(path.into()));
    }
    let folder = tempfile::tempdir().unwrap();
    let unshare = ["unshare", "--user", "--map-root-user", "--mount", "--"];
    in_own_process(test, &unshare, (DISK, folder.path()));
}

/// A place where a disk may be mounted.
struct Disk(PathBuf);

impl Disk {
    fn mount(&self, options: &CStr) {
        mount("tmpfs", &self.0, "tmpfs", MountFlags::empty(), options).unwrap();
    }

    fn remount(&self, flags: MountFlags, options: &CStr) {
        mount_remount(&self.0, flags, options).unwrap();
    }

    fn unmount(&self) {
        unmount(&self.0, UnmountFlags::empty()).unwrap();
    }
}

fn names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

/// Where the target is on the disk.
#[derive(Clone, Copy, Debug)]
enum Target {
    /// It does not exist.
    Absent,
    /// It is an empty folder.
    Empty,
    /// It is the disk itself: the tree is staged inside.
    Disk,
}

const TARGETS: [Target; 3] = [Target::Absent, Target::Empty, Target::Disk];

impl Target {
    fn make(self, disk: &Path) -> PathBuf {
        let out = disk.join("tree");
        match self {
            Target::Absent => out,
            Target::Empty => {
                fs::create_dir(&out).unwrap();
                out
            }
            Target::Disk => disk.to_owned(),
        }
    }

    /// What is on the disk but for the tree's own entries.
    fn expected(self) -> &'static [&'static str] {
        match self {
            Target::Absent | Target::Disk => &[],
            Target::Empty => &["tree"],
        }
    }
}

/// An archive of 34 pages in 12 files and 6 folders, outside of the disk, and its tree.
struct Archive {
    folder: tempfile::TempDir,
    sha256: Sha256,
    tree: Tree,
}

impl Archive {
    fn new() -> Self {
        let mut random = Random::seeded(1);
        let mut tar = Tar::default();
        let mut tree = Tree::new();
        for n in 0..12 {
            let content: Vec<u8> = (0..n * 250).flat_map(|_| random.next().to_le_bytes()).collect();
            let (folder, path) = (format!("{}", n % 6), format!("{}/{n}", n % 6));
            tar = tar.file(&path, &content);
            tree.extend([(path, (0o644, Some(content))), (folder, (0o755, None))]);
        }
        let bytes = zst(&tar.end());
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("archive.tar.zst"), &bytes).unwrap();
        Archive { folder, sha256: Sha256::of(&bytes), tree }
    }

    fn request(&self, out: PathBuf) -> Request {
        let archive = self.folder.path().join("archive.tar.zst");
        Request { archive, sha256: self.sha256, out, only: Vec::new() }
    }
}

/// Unpacks onto disks of size 2, 3, … until one has room for it, and again onto each that had not once it is larger.
/// Returns how many had not.
fn fill(disk: &Disk, target: Target, size: impl Fn(u32) -> String) -> u32 {
    let archive = Archive::new();
    for n in 2.. {
        disk.mount(&CString::new(size(n)).unwrap());
        let request = archive.request(target.make(&disk.0));
        let result = unpack::unpack(&request);
        let what = format!("{target:?} on a disk of {}: {result:?}", size(n));
        if let Err(error) = &result {
            let text = error.to_string();
            assert!(text.contains("No space left on device"), "{what}\n{text}");
            assert!(text.contains("next: check") && text.contains(" space"), "{what}\n{text}");
            assert_eq!(names(&disk.0), target.expected(), "{what}: left behind");
            disk.remount(MountFlags::empty(), c"size=16m,nr_inodes=1000");
            unpack::unpack(&request).unwrap_or_else(|error| panic!("{what}\nand on a larger disk:\n{error}"));
        }
        assert!(tree(&request.out) == archive.tree, "{what}");
        if !matches!(target, Target::Disk) {
            assert_eq!(names(&disk.0), ["tree"], "{what}");
        }
        disk.unmount();
        if result.is_ok() {
            return n - 2;
        }
    }
    unreachable!()
}

#[test]
fn a_disk_without_room_for_the_bytes_is_an_error_that_leaves_nothing() {
    in_namespaces("a_disk_without_room_for_the_bytes_is_an_error_that_leaves_nothing", |disk| {
        for target in TARGETS {
            let too_small = fill(disk, target, |pages| format!("size={}k,nr_inodes=1000", 4 * pages));
            assert!((32..40).contains(&too_small), "{target:?}: {too_small} disks were too small");
        }
    });
}

#[test]
fn a_disk_without_room_for_the_files_is_an_error_that_leaves_nothing() {
    in_namespaces("a_disk_without_room_for_the_files_is_an_error_that_leaves_nothing", |disk| {
        for target in TARGETS {
            let too_small = fill(disk, target, |inodes| format!("size=16m,nr_inodes={inodes}"));
            assert!((18..24).contains(&too_small), "{target:?}: {too_small} disks were too small");
        }
    });
}

#[test]
fn a_read_only_disk_is_an_error_and_the_next_run_is_right() {
    in_namespaces("a_read_only_disk_is_an_error_and_the_next_run_is_right", |disk| {
        let archive = Archive::new();
        for target in TARGETS {
            disk.mount(c"size=16m");
            let request = archive.request(target.make(&disk.0));
            disk.remount(MountFlags::RDONLY, c"");
            let error = unpack::unpack(&request).expect_err("the disk is read-only").to_string();
            assert!(error.contains("Read-only file system") && error.contains("is writable"), "{target:?}: {error}");
            assert_eq!(names(&disk.0), target.expected(), "{target:?}: {error}");
            disk.remount(MountFlags::empty(), c"");
            unpack::unpack(&request).unwrap();
            assert!(tree(&request.out) == archive.tree, "{target:?}");
            disk.unmount();
        }
    });
}
