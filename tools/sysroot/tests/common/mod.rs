//! A world without a network: tiny packages, and clients that serve them.

#![allow(dead_code, reason = "each test program uses its own part")]

pub mod packages;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::{Value, json};
use sysroot::digest::Digest;
use tempfile::TempDir;

use packages::{Compression, deb, wheel};

/// Serves wheels by their last platform tag: version 0.1, others from folders of their version, as `versions-TAG` lists
/// them newest first; and with pip's words for one that is `yanked-VERSION`.
const PIP: &str = r#"#!/bin/sh
[ "$1" = --version ] && exit 0
echo "pip $*" >> "$WORLD/calls"
[ -e "$WORLD/offline" ] && { echo "ERROR: no route to the index" >&2; exit 1; }
command=$1
while [ $# -gt 0 ]; do
  case "$1" in
    --dest) dest=$2; shift ;;
    --platform) platform=$2; shift ;;
    *==*) version=${1#*==} ;;
  esac
  shift
done
if [ "$command" = index ]; then
  versions=0.1
  [ -e "$WORLD/registry/versions-$platform" ] && read -r versions < "$WORLD/registry/versions-$platform"
  echo "WARNING: pip index is currently an experimental command." >&2
  echo "ziglang (${versions%%,*})"
  echo "Available versions: $versions"
  exit 0
fi
if [ -e "$WORLD/registry/yanked-$version" ]; then
  echo "WARNING: The candidate selected for download or install is a yanked version: 'ziglang' candidate" >&2
fi
folder=$WORLD/registry
[ "$version" = 0.1 ] || folder=$folder/$version
exec /bin/cp "$folder/ziglang-$platform.whl" "$dest/"
"#;

/// Serves Debian packages as apt-get does: into the working directory, and with its words for a version that is gone. Like
/// apt-get, it calls missing lists an error only if it is told to.
const APT_GET: &str = r#"#!/bin/sh
echo "apt-get $*" >> "$WORLD/calls"
for last; do :; done
case "$*" in
  indextargets*) echo 'Debian|main|stable|https://mirror.invalid/debian/' ;;
  *" update")
    if [ -e "$WORLD/no-lists" ]; then
      echo "W: Failed to fetch https://mirror.invalid/debian/dists/stable/InRelease  Could not connect" >&2
      while read -r line; do [ "$line" = 'APT::Update::Error-Mode "any";' ] && exit 100; done <"$2"
      exit 0
    fi
    [ "$1" = -c ] && /bin/cp "${2%/apt.conf}/etc/sources.list" "$WORLD/sources.list" ;;
  *" download "*)
    [ -e "$WORLD/somebody-else" ] && echo >> "$WORLD/lock.json"
    name=${last%%:*}; rest=${last#*:}; arch=${rest%%=*}
    case "$rest" in
      *=*)
        if [ ! -e "$WORLD/registry/${name}_${rest#*=}_$arch.deb" ]; then
          for file in "$WORLD/registry/${name}_"*"_$arch.deb"; do :; done
          [ -e "$file" ] || { echo "E: Unable to locate package $name:$arch" >&2; exit 100; }
          echo "E: Version '${rest#*=}' for '$name:$arch' was not found" >&2; exit 100
        fi
        exec /bin/cp "$WORLD/registry/${name}_${rest#*=}_$arch.deb" . ;;
    esac
    exec /bin/cp "$WORLD/registry/${name}_"*"_$arch.deb" . ;;
esac
"#;

/// Describes the registry's Debian packages as `apt-cache show` does, but in no order.
const APT_CACHE: &str = r#"#!/bin/sh
echo "apt-cache $*" >> "$WORLD/calls"
for last; do :; done
name=${last%%:*}; arch=${last#*:}
if [ "$name" = linux-image-cloud-arm64 ]; then
  for file in "$WORLD"/registry/linux-image-*-cloud-arm64_*_arm64.deb; do :; done
  file=${file##*/}
  echo "Package: $name"
  echo "Depends: ${file%%_*} (= 1), other"
  exit 0
fi
for file in "$WORLD/registry/${name}_"*"_$arch.deb"; do
  version=${file%_*}
  echo "Package: $name"
  case $name in *gcc-14*) echo "Source: gcc-14 (14)" ;; esac
  echo "Version: ${version##*_}"
  echo "Description: none"
  echo " Version: none"
  echo
done
"#;

pub const ARCHITECTURES: [(&str, &str); 2] = [("amd64", "x86_64"), ("arm64", "aarch64")];

/// Registry, clients, lock and folders of one test.
pub struct World {
    dir: TempDir,
}

impl World {
    /// Packages of the payload, and a lock that pins them but no tarball yet.
    pub fn new() -> Self {
        let world = World { dir: TempDir::new().unwrap() };
        fs::create_dir_all(world.path("registry")).unwrap();
        fs::create_dir_all(world.path("bin")).unwrap();
        for (name, script) in [("pip", PIP), ("apt-get", APT_GET), ("apt-cache", APT_CACHE)] {
            let path = world.path("bin").join(name);
            let text = world.path(name);
            fs::write(&text, script).unwrap();
            // Copied by a process of its own: a child that another test forks while this process had the copy open for
            // writing would hold it open as well, and running it would fail with "Text file busy".
            let installed = Command::new("install").args(["-m", "755"]).args([&text, &path]).status().unwrap();
            assert!(installed.success(), "{installed}");
            fs::remove_file(&text).unwrap();
        }
        for (architecture, cpu) in ARCHITECTURES {
            wheel(&world.path(&format!("registry/ziglang-{cpu}.whl")), &packages::ziglang(architecture));
            let musl = world.path(&format!("registry/musl-dev_1.2_{architecture}.deb"));
            deb(&musl, &packages::musl(cpu, "1.2"), Compression::Xz);
            let libgcc = world.path(&format!("registry/libgcc-14-dev_14_{architecture}.deb"));
            deb(&libgcc, &packages::libgcc(cpu), Compression::Zstd);
            let base = world.path(&format!("registry/gcc-14-base_14_{architecture}.deb"));
            deb(&base, &packages::gcc_base(), Compression::Xz);
        }
        for package in emulator_packages() {
            world.emulator(&package, &libraries());
        }
        world.kernel(KERNEL, b"MZ");
        world.pin();
        world
    }

    /// A world whose lock pins its tarballs too, and whose output folder is empty.
    pub fn locked() -> Self {
        // The same in every world, as its packages are.
        static LOCK: OnceLock<Value> = OnceLock::new();
        let world = World::new();
        let lock = LOCK.get_or_init(|| {
            let world = World::new();
            let output = world.pack(&["--update-lock"]);
            assert!(output.status.success(), "{}", stderr(&output));
            world.lock()
        });
        assert_eq!(lock["packages"], world.lock()["packages"]);
        world.write_lock(lock);
        // Which fetches all packages; glibc's stubs take longer than all the rest.
        let only: Vec<&str> = sysroot::select::NAMES
            .iter()
            .filter(|name| !name.contains("glibc"))
            .flat_map(|name| ["--only", name])
            .collect();
        let output = world.pack(&only);
        assert!(output.status.success(), "{}", stderr(&output));
        fs::remove_dir_all(world.path("out")).unwrap();
        world
    }

    /// Puts the emulator's `package` into the registry; its program needs `libraries`.
    pub fn emulator(&self, package: &str, libraries: &[String]) {
        let libraries: Vec<&str> = libraries.iter().map(String::as_str).collect();
        let (files, links) = packages::emulator(package, &libraries);
        let path = self.path(&format!("registry/{package}_2_amd64.deb"));
        packages::deb_with_links(&path, &files, &links, Compression::Zstd);
    }

    /// Puts a kernel into the registry: its version, and how its image begins.
    pub fn kernel(&self, version: &str, start: &[u8]) {
        let path = self.path(&format!("registry/linux-image-{version}_{version}-1_arm64.deb"));
        deb(&path, &packages::kernel(version, start), Compression::Xz);
    }

    /// Makes the lock pin what the registry has, and no tarball.
    pub fn pin(&self) {
        self.write_lock(&self.pinned());
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Runs `sysroot pack` with nothing but the fake clients on PATH.
    pub fn pack(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sysroot"));
        command.arg("pack").arg("--lock").arg(self.path("lock.json"));
        command.arg("--packages").arg(self.path("packages")).arg("--out").arg(self.path("out"));
        command.args(arguments).env("PATH", self.path("bin")).env("WORLD", self.dir.path());
        command.output().unwrap()
    }

    /// Runs `sysroot update` in the same way.
    pub fn update(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sysroot"));
        command.arg("update").arg("--lock").arg(self.path("lock.json")).arg("--cache").arg(self.path("packages"));
        command.args(arguments).env("PATH", self.path("bin")).env("WORLD", self.dir.path());
        command.output().unwrap()
    }

    /// Adds version 1.3 of musl-dev to the registry, for these architectures.
    pub fn newer_musl(&self, architectures: &[&str]) {
        for (architecture, cpu) in ARCHITECTURES.iter().filter(|(name, _)| architectures.contains(name)) {
            let newer = self.path(&format!("registry/musl-dev_1.3_{architecture}.deb"));
            deb(&newer, &packages::musl(cpu, "1.3"), Compression::Xz);
        }
    }

    /// Adds a version of the wheel, which pip then lists as `versions`, to the registry.
    pub fn newer_wheel(&self, version: &str, versions: &str) {
        fs::create_dir_all(self.path(&format!("registry/{version}"))).unwrap();
        for (architecture, cpu) in ARCHITECTURES {
            let mut files = packages::ziglang(architecture);
            files.push(("ziglang/lib/include/new.h".to_owned(), version.as_bytes().to_vec()));
            wheel(&self.path(&format!("registry/{version}/ziglang-{cpu}.whl")), &files);
            fs::write(self.path(&format!("registry/versions-{cpu}")), format!("{versions}\n")).unwrap();
        }
    }

    /// The clients' command lines so far.
    pub fn calls(&self) -> String {
        fs::read_to_string(self.path("calls")).unwrap_or_default()
    }

    pub fn lock(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path("lock.json")).unwrap()).unwrap()
    }

    pub fn write_lock(&self, lock: &Value) {
        fs::write(self.path("lock.json"), format!("{lock:#}\n")).unwrap();
    }

    pub fn payload(&self) -> Value {
        serde_json::from_str(&fs::read_to_string(self.path("out/payload.json")).unwrap()).unwrap()
    }

    /// Every visible file of the output folder with its bytes.
    pub fn out(&self) -> Vec<(String, Vec<u8>)> {
        let mut files: Vec<_> = fs::read_dir(self.path("out"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.file_name().unwrap().to_str().unwrap().to_owned(), fs::read(&path).unwrap()))
            .filter(|(name, _)| !name.ends_with(".lock"))
            .collect();
        files.sort();
        files
    }

    /// Replaces the registry's musl-dev by a newer one, as a point release does.
    pub fn point_release(&self) {
        for (architecture, cpu) in ARCHITECTURES {
            fs::remove_file(self.path(&format!("registry/musl-dev_1.2_{architecture}.deb"))).unwrap();
            let newer = self.path(&format!("registry/musl-dev_1.3_{architecture}.deb"));
            deb(&newer, &packages::musl(cpu, "1.3"), Compression::Xz);
        }
        fs::remove_dir_all(self.path("packages")).unwrap();
    }

    fn pinned(&self) -> Value {
        let entry = |id: String, file: String, mut rest: Value| {
            let Digest { sha256, size } = Digest::of_file(&self.path("registry").join(&file)).unwrap();
            let common = json!({"id": id, "file": file, "sha256": sha256, "size": size, "licence": "MIT"});
            rest.as_object_mut().unwrap().extend(common.as_object().unwrap().clone());
            rest
        };
        let packages = ARCHITECTURES.iter().flat_map(|(architecture, cpu)| {
            let debian = |name: &str, version: &str| {
                entry(
                    format!("{name}-{architecture}"),
                    format!("{name}_{version}_{architecture}.deb"),
                    json!({"registry": "debian", "suite": "stable", "name": name, "version": version,
                           "architecture": architecture}),
                )
            };
            let wheel = json!({"registry": "pypi", "name": "ziglang", "version": "0.1", "platform": [cpu]});
            [
                entry(format!("ziglang-{architecture}"), format!("ziglang-{cpu}.whl"), wheel),
                debian("musl-dev", "1.2"),
                debian("libgcc-14-dev", "14"),
                debian("gcc-14-base", "14"),
            ]
        });
        let emulator = emulator_packages().into_iter().map(|name| {
            let file = format!("{name}_2_amd64.deb");
            let rest =
                json!({"registry": "debian", "suite": "stable", "name": name, "version": "2", "architecture": "amd64"});
            entry(format!("{name}-amd64"), file, rest)
        });
        let kernel = entry(
            "linux-image-cloud-arm64".to_owned(),
            format!("linux-image-{KERNEL}_{KERNEL}-1_arm64.deb"),
            json!({"registry": "debian", "suite": "stable", "name": format!("linux-image-{KERNEL}"),
                   "version": format!("{KERNEL}-1"), "architecture": "arm64", "metapackage": "linux-image-cloud-arm64"}),
        );
        let packages: Vec<Value> = packages.chain(emulator).chain([kernel]).collect();
        json!({"version": 1, "packages": packages, "tarballs": []})
    }
}

/// The version of the kernel that a world has first.
pub const KERNEL: &str = "6.1+deb-cloud-arm64";

/// The packages of the emulator's archive that are for it alone.
pub fn emulator_packages() -> Vec<String> {
    let layouts = sysroot::select::layout();
    let emulator = layouts.iter().find(|layout| layout.name == "sysroot_emulator_amd64.tar.zst").unwrap();
    let names = emulator.packages().into_iter().filter_map(|id| Some(id.strip_suffix("-amd64")?.to_owned()));
    names.filter(|name| name != "gcc-14-base").collect()
}

/// Those of them that have a library.
pub fn libraries() -> Vec<String> {
    let others = ["qemu-system-arm", "qemu-system-common", "virtiofsd"];
    emulator_packages().into_iter().filter(|name| !others.contains(&name.as_str())).collect()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Path, mode and content of each entry of a tarball, in its order.
pub fn entries(path: &Path) -> Vec<(String, u32, Vec<u8>)> {
    use std::io::Read as _;
    let tar = zstd::decode_all(fs::File::open(path).unwrap()).unwrap();
    let mut archive = tar::Archive::new(tar.as_slice());
    let read = |entry: std::io::Result<tar::Entry<_>>| {
        let mut entry = entry.unwrap();
        let mut content = Vec::new();
        entry.read_to_end(&mut content).unwrap();
        (entry.path().unwrap().to_str().unwrap().to_owned(), entry.header().mode().unwrap(), content)
    };
    archive.entries().unwrap().map(read).collect()
}
