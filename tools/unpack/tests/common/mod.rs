//! Makes archives, good and bad, and unpacks them into a scratch folder.
#![allow(dead_code, reason = "each test program uses a part")]

pub mod runs;

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tar::{EntryType, Header};
use unpack::{Error, Request, Sha256, Sink, Summary};

/// A tar stream under construction, entry by entry, with headers as the test wants them.
#[derive(Clone, Default)]
pub struct Tar(Vec<u8>);

impl Tar {
    pub fn file(self, path: &str, content: &[u8]) -> Self {
        self.raw(header(EntryType::Regular, path.as_bytes(), 0o644, content.len()), content)
    }

    pub fn program(self, path: &str, content: &[u8]) -> Self {
        self.raw(header(EntryType::Regular, path.as_bytes(), 0o700, content.len()), content)
    }

    pub fn folder(self, path: &str) -> Self {
        self.raw(header(EntryType::Directory, path.as_bytes(), 0o700, 0), b"")
    }

    /// An entry whose header is taken as it is, with its content padded to whole blocks.
    pub fn raw(mut self, header: Header, content: &[u8]) -> Self {
        self.0.extend_from_slice(header.as_bytes());
        self.0.extend_from_slice(content);
        self.0.resize(self.0.len().next_multiple_of(512), 0);
        self
    }

    /// The stream with its end mark.
    pub fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(&[0; 1024]);
        self.0
    }

    /// The stream as it is.
    pub fn unended(self) -> Vec<u8> {
        self.0
    }
}

/// A header with a right checksum, whatever its name.
pub fn header(kind: EntryType, name: &[u8], mode: u32, size: usize) -> Header {
    let mut header = Header::new_ustar();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(size as u64);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header.set_cksum();
    header
}

/// The header of a link.
pub fn link(kind: EntryType, name: &str, target: &str) -> Header {
    let mut header = header(kind, name.as_bytes(), 0o777, 0);
    header.set_link_name_literal(target).unwrap();
    header.set_cksum();
    header
}

/// One zstd frame around a tar stream.
pub fn zst(content: &[u8]) -> Vec<u8> {
    // The zero has checksums mended.
    keep_as_seed("tar", &[&[0], content].concat());
    zstd::encode_all(content, 3).unwrap()
}

/// What a frame starts with.
pub const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];

/// A frame of one raw block, behind a header that says whatever the test wants.
pub fn raw_block(header: &[u8], content: &[u8]) -> Vec<u8> {
    let last_raw_block = (content.len() as u32) << 3 | 1;
    [&MAGIC[..], header, &last_raw_block.to_le_bytes()[..3], content].concat()
}

/// A small archive of everything that is allowed.
pub fn good() -> Vec<u8> {
    zst(&Tar::default().folder("bin/").program("bin/clang", b"\x7fELF").file("lib/include/a.h", b"int a;\n").end())
}

/// The paths, modes and contents of what [`good`] makes.
pub fn good_tree() -> Tree {
    let entries = [
        ("bin", 0o755, None),
        ("bin/clang", 0o755, Some(&b"\x7fELF"[..])),
        ("lib", 0o755, None),
        ("lib/include", 0o755, None),
        ("lib/include/a.h", 0o644, Some(&b"int a;\n"[..])),
    ];
    entries.into_iter().map(|(path, mode, content)| (path.into(), (mode, content.map(Vec::from)))).collect()
}

/// Mode and, for a file, content of each path.
pub type Tree = BTreeMap<String, (u32, Option<Vec<u8>>)>;

/// The tree below `root`.
pub fn tree(root: &Path) -> Tree {
    let mut tree = Tree::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = fs::symlink_metadata(&path).unwrap();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            let content = metadata.is_file().then(|| fs::read(&path).unwrap());
            tree.insert(name, (metadata.permissions().mode() & 0o7777, content));
            if metadata.is_dir() {
                folders.push(path);
            }
        }
    }
    tree
}

/// A folder that holds nothing but an archive and, perhaps, its tree.
pub struct Scratch {
    pub folder: tempfile::TempDir,
}

impl Scratch {
    pub fn new() -> Self {
        Scratch { folder: tempfile::tempdir().unwrap() }
    }

    pub fn archive(&self) -> PathBuf {
        self.folder.path().join("archive.tar.zst")
    }

    pub fn out(&self) -> PathBuf {
        self.folder.path().join("tree")
    }

    pub fn request(&self, archive: &[u8], sha256: Sha256) -> Request {
        keep_as_seed("archive", archive);
        fs::File::create(self.archive()).unwrap().write_all(archive).unwrap();
        Request { archive: self.archive(), sha256, out: self.out(), only: Vec::new() }
    }

    /// Unpacks `archive` under its own sha256.
    pub fn unpack(&self, archive: &[u8]) -> Result<Summary, Error> {
        unpack::unpack(&self.request(archive, Sha256::of(archive)))
    }

    /// Every name in the folder but the archive's.
    pub fn names(&self) -> Vec<String> {
        let names = fs::read_dir(self.folder.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.filter(|name| name != "archive.tar.zst").collect();
        names.sort();
        names
    }
}

/// Asserts that an archive, under its own sha256, is refused with `words` in the error, and leaves nothing.
#[track_caller]
pub fn assert_refused(archive: &[u8], words: &[&str]) {
    let scratch = Scratch::new();
    let error = scratch.unpack(archive).expect_err("the archive must be refused").to_string();
    for word in words.iter().chain(&["archive.tar.zst", "next: "]) {
        assert!(error.contains(word), "the error does not say {word:?}:\n{error}");
    }
    assert_eq!(scratch.names(), [""; 0], "a refused archive must leave nothing:\n{error}");
}

/// [`assert_refused`] for a tar stream in a good frame.
#[track_caller]
pub fn assert_tar_refused(tar: &[u8], words: &[&str]) {
    assert_refused(&zst(tar), words);
}

/// Takes entries and keeps nothing.
pub struct Nothing;

impl Sink for Nothing {
    fn folder(&mut self, _: &str) -> io::Result<()> {
        Ok(())
    }

    fn file(&mut self, _: &str, _: bool, content: &mut dyn Read) -> io::Result<()> {
        io::copy(content, &mut io::sink()).map(drop)
    }
}

/// Where the variable UNPACK_SEEDS names a folder (devenv/fuzz.sh sets it), what the tests unpack is kept there, in a folder
/// for each fuzz target: where the fuzzer starts from.
fn keep_as_seed(target: &str, input: &[u8]) {
    const LARGEST: usize = 32 << 10;
    if let Some(seeds) = env::var_os("UNPACK_SEEDS").filter(|_| input.len() <= LARGEST) {
        let folder = Path::new(&seeds).join(target);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(Sha256::of(input).to_string()), input).unwrap();
    }
}

/// Runs the test of this name once more, in a process of its own that has an environment variable more and may be started
/// by a launcher, and returns what it prints.
pub fn in_own_process(test: &str, launcher: &[&str], (variable, value): (&str, &Path)) -> String {
    let program = env::current_exe().unwrap();
    let mut words = launcher.iter().map(OsStr::new).chain([program.as_os_str()]);
    let output = Command::new(words.next().unwrap())
        .args(words)
        .args(["--exact", test, "--nocapture"])
        .env(variable, value)
        .output()
        .unwrap_or_else(|error| panic!("{launcher:?}: {error}"));
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
    println!("{stdout}{stderr}");
    assert!(output.status.success(), "{test} in a process of its own: {}", output.status);
    assert!(stdout.contains("1 passed; 0 failed"), "there is no test {test}");
    stdout
}

/// Numbers that look random, the same ones for a seed (splitmix64).
pub struct Random(u64);

impl Random {
    pub fn seeded(seed: u64) -> Self {
        Random(seed)
    }

    /// Seeded by the variable UNPACK_SEED, or else anew for each run; says so, for a test that fails to show it.
    pub fn from_environment() -> Self {
        let seed = match env::var("UNPACK_SEED") {
            Ok(seed) => seed.parse().expect("UNPACK_SEED is a number"),
            Err(_) => std::time::UNIX_EPOCH.elapsed().unwrap().as_nanos() as u64,
        };
        println!("to have the same random numbers: UNPACK_SEED={seed}");
        Random(seed)
    }

    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From 0 to 1.
    pub fn fraction(&mut self) -> f64 {
        self.next() as f64 / u64::MAX as f64
    }
}
