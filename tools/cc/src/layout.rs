//! Where the trees are: beside the driver, found by the text of `argv[0]`.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};

use crate::bytes::joined;
use crate::error::Error;

/// An architecture, by Go's name for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arch {
    /// x86-64.
    Amd64,
    /// AArch64.
    Arm64,
}

impl Arch {
    /// The architecture that this program is compiled for.
    pub const OF_THIS_PROGRAM: Self = if cfg!(target_arch = "aarch64") { Self::Arm64 } else { Self::Amd64 };

    /// The name as folders and Go have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Amd64 => "amd64",
            Self::Arm64 => "arm64",
        }
    }
}

/// The C library that programs are linked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Libc {
    /// musl, statically.
    Musl,
    /// glibc 2.`minor` or newer, dynamically, by stubs of that version.
    Glibc {
        /// What follows `2.`.
        minor: u8,
    },
}

impl Libc {
    /// Reads what follows the architecture in the folder's name: nothing, or `_glibc_2.28`.
    fn of_suffix(suffix: &str) -> Option<Self> {
        if suffix.is_empty() {
            return Some(Self::Musl);
        }
        let minor = suffix.strip_prefix("_glibc_2.")?;
        // One spelling a version: it is a part of folders' names.
        let parsed: u8 = minor.parse().ok()?;
        (parsed.to_string() == minor).then_some(Self::Glibc { minor: parsed })
    }
}

/// What the driver is called as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tool {
    /// The C compiler and linker driver.
    Cc,
    /// The same for C++.
    Cxx,
    /// The linker.
    Linker,
    /// The archiver.
    Ar,
    /// The archive indexer.
    Ranlib,
}

const TOOLS: [(&str, Tool); 5] =
    [("cc", Tool::Cc), ("c++", Tool::Cxx), ("ld.lld", Tool::Linker), ("ar", Tool::Ar), ("ranlib", Tool::Ranlib)];

/// The folder of the trees, and what the path of the driver says.
///
/// ```text
/// DIR/bin/amd64/cc            the driver, for the target amd64 (c++, ld.lld, ar, ranlib beside it)
/// DIR/bin/amd64_glibc_2.28/cc the same with glibc in place of musl
/// DIR/llvm_amd64/bin/llvm     LLVM, for a build on amd64
/// DIR/llvm_amd64/include/     clang's own headers
/// DIR/llvm_amd64/bin/clang    in place of bin/llvm: separate programs, with ld.lld and llvm-ar beside it
/// DIR/llvm_amd64/lib/ld.so    where those are dynamic: their loader, with all libraries beside it
/// DIR/headers_amd64/          C headers of one target: amd64/include/, include/
/// DIR/cxx/cxx/include/        C++ headers, where an action has them
/// DIR/linux_amd64/linux/      headers of the kernel, where an action has them: amd64/include/, include/
/// DIR/lib_amd64/lib/          start files and libraries of one target
/// DIR/glibc_headers_amd64/    glibc's headers for one target, every version: amd64/include/, include/
/// DIR/glibc_lib_amd64_2.28/   lib/, libraries for every version; 2.28/, start files and stubs of one
/// ```
#[derive(Debug)]
pub struct Layout {
    dir: PathBuf,
    /// The target.
    pub target: Arch,
    /// The C library.
    pub libc: Libc,
    /// The tool asked for.
    pub tool: Tool,
}

impl Layout {
    /// Reads `DIR/bin/ARCH/TOOL`. Follows no link: a sandbox is made of links to elsewhere.
    pub fn from_argv0(argv0: &OsStr) -> Result<Self, Error> {
        let path = Path::new(argv0);
        let mut names = path.components().rev();
        let mut name = || match names.next() {
            Some(Component::Normal(name)) => Some(name),
            _ => None,
        };
        let (tool, arch, bin) = (name(), name(), name());
        let dir: PathBuf = path.ancestors().nth(3).map(Path::to_path_buf).unwrap_or_default();

        let arch = arch.and_then(OsStr::to_str).unwrap_or_default();
        let target = [Arch::Amd64, Arch::Arm64]
            .into_iter()
            .find_map(|known| Some((known, Libc::of_suffix(arch.strip_prefix(known.name())?)?)));
        let tool = TOOLS.iter().find(|(known, _)| tool == Some(OsStr::new(known))).map(|(_, tool)| *tool);
        match (tool, target, bin) {
            (Some(tool), Some((target, libc)), Some(bin)) if bin == "bin" => {
                Ok(Self { dir: if dir.as_os_str().is_empty() { PathBuf::from(".") } else { dir }, target, libc, tool })
            }
            _ => Err(Error::refused(
                "the driver cannot tell its trees, target and tool from how it was called",
                format!("called as `{}`", path.display()),
                "call it by its path, as DIR/bin/amd64/TOOL or DIR/bin/arm64/TOOL (for glibc DIR/bin/amd64_glibc_2.28/TOOL), not by PATH; TOOL is one of cc, c++, ld.lld, ar, ranlib, strip, objcopy",
            )),
        }
    }

    /// The folder that holds every tree.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// LLVM's one binary, for the architecture that the build runs on.
    pub fn llvm(&self, exec: Arch) -> PathBuf {
        self.resources(exec).join("bin/llvm")
    }

    /// clang's resource folder: `include` in it holds clang's headers.
    pub fn resources(&self, exec: Arch) -> PathBuf {
        self.dir.join(format!("llvm_{}", exec.name()))
    }

    /// The triple that clang gets.
    pub fn triple(&self) -> &'static str {
        match (self.target, self.libc) {
            (Arch::Amd64, Libc::Musl) => "x86_64-linux-musl",
            (Arch::Arm64, Libc::Musl) => "aarch64-linux-musl",
            (Arch::Amd64, Libc::Glibc { .. }) => "x86_64-linux-gnu",
            (Arch::Arm64, Libc::Glibc { .. }) => "aarch64-linux-gnu",
        }
    }

    /// The C headers, the target's own ones first.
    pub fn c_headers(&self) -> [PathBuf; 2] {
        let tree = match self.libc {
            Libc::Musl => "headers",
            Libc::Glibc { .. } => "glibc_headers",
        };
        self.headers_in(&self.dir.join(format!("{tree}_{}", self.target.name())))
    }

    /// The tree of the kernel's headers, which is not always there.
    pub fn linux(&self) -> PathBuf {
        self.dir.join(format!("linux_{}", self.target.name()))
    }

    /// The kernel's headers, the target's own ones first.
    pub fn linux_headers(&self) -> [PathBuf; 2] {
        self.headers_in(&self.linux().join("linux"))
    }

    /// The tree of the C++ headers, which is not always there.
    pub fn cxx(&self) -> PathBuf {
        self.dir.join("cxx")
    }

    /// The C++ headers.
    pub fn cxx_headers(&self) -> PathBuf {
        self.cxx().join("cxx/include")
    }

    fn headers_in(&self, folder: &Path) -> [PathBuf; 2] {
        [folder.join(self.target.name()).join("include"), folder.join("include")]
    }

    /// What clang takes for the target's root: nothing in it that it looks for but libraries.
    pub fn sysroot(&self) -> PathBuf {
        let target = self.target.name();
        self.dir.join(match self.libc {
            Libc::Musl => format!("lib_{target}"),
            Libc::Glibc { minor } => format!("glibc_lib_{target}_2.{minor}"),
        })
    }

    /// Libraries; for glibc those that serve every version.
    pub fn libraries(&self) -> PathBuf {
        self.sysroot().join("lib")
    }

    /// Start files, and the C library.
    pub fn start_files(&self) -> PathBuf {
        match self.libc {
            Libc::Musl => self.libraries(),
            Libc::Glibc { minor } => self.sysroot().join(format!("2.{minor}")),
        }
    }

    /// The folder of this driver's links for the target and the C library.
    pub fn tools(&self) -> PathBuf {
        let target = self.target.name();
        self.dir.join("bin").join(match self.libc {
            Libc::Musl => target.to_owned(),
            Libc::Glibc { minor } => format!("{target}_glibc_2.{minor}"),
        })
    }

    /// `flag` with `path` joined to it.
    pub(crate) fn flag(flag: &str, path: &Path) -> OsString {
        joined(&[OsStr::new(flag), OsStr::from_bytes(path.as_os_str().as_bytes())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_argv0_without_three_names() {
        for (argv0, dir) in [
            (
                "bazel-out/k8-opt-exec/bin/external/m~/toolchain/bin/amd64/cc",
                "bazel-out/k8-opt-exec/bin/external/m~/toolchain",
            ),
            ("/trees/bin/amd64/cc", "/trees"),
            ("/bin/amd64/cc", "/"),
            ("bin/amd64/cc", "."),
            ("./bin/amd64/cc", "."),
        ] {
            let layout = Layout::from_argv0(OsStr::new(argv0)).unwrap();
            assert_eq!(layout.dir(), Path::new(dir), "{argv0}");
        }
    }

    #[test]
    fn what_is_no_path_into_the_trees_is_refused() {
        for argv0 in [
            "cc",
            "amd64/cc",
            "/usr/bin/cc",
            "bin/riscv64/cc",
            "DIR/bin/amd64/gcc",
            "",
            "bin/amd64/../cc",
            "bin/amd64_glibc_2/cc",
            "bin/amd64_glibc_2.028/cc",
            "bin/amd64_musl/cc",
        ] {
            let error = Layout::from_argv0(OsStr::new(argv0)).unwrap_err().to_string();
            assert!(error.contains("call it by its path"), "{argv0}: {error}");
        }
    }
}
