//! The machine's parts, and its size.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};

/// Where they are among the runfiles (vm/runner.bzl).
const IN_RUNFILES: &str = "toolchains_go_race_vm";

/// Kernels get no smaller machine to start in, and it is never of use.
const LEAST_MEMORY: u32 = 256;
/// The emulated interrupt controller (GICv2) serves no more.
const MOST_CPUS: u32 = 8;

/// The folder of the machine's parts.
pub struct Files(PathBuf);

/// What the machine has.
pub struct Size {
    /// Processors.
    pub cpus: u32,
    /// MiB.
    pub memory: u32,
}

impl Files {
    /// In the folder that was named, or in the runfiles.
    pub fn find(named: Option<&Path>) -> Result<Self> {
        let runfiles = || ["TEST_SRCDIR", "RUNFILES_DIR"].into_iter().filter_map(env::var_os).map(PathBuf::from);
        let places: Vec<PathBuf> = match named {
            Some(folder) => vec![folder.to_owned()],
            None => runfiles().map(|folder| folder.join(IN_RUNFILES)).collect(),
        };
        let found = places.iter().find(|folder| folder.join("defaults").exists());
        let files = found.map(|folder| Files(folder.clone())).ok_or_else(|| {
            let places: Vec<String> = places.iter().map(|place| place.display().to_string()).collect();
            Error::new("the virtual machine's parts are not there")
                .fact("looked in", if places.is_empty() { "no runfiles".to_owned() } else { places.join("\n") })
                .next(
                    "run tests by `bazel test --run_under=@toolchains_go_race//vm:runner`, or name the folder by --vm",
                )
        })?;
        for part in [files.loader(), files.emulator(), files.share(), files.kernel(), files.init()] {
            if !part.exists() {
                return Err(Error::new("a part of the virtual machine is not there")
                    .fact("part", part.display())
                    .next("name a complete folder by --vm; in a test: please report this"));
            }
        }
        Ok(files)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// The loader of the emulator's programs.
    pub fn loader(&self) -> PathBuf {
        self.path("emulator/lib/ld.so")
    }

    /// Their libraries.
    pub fn libraries(&self) -> PathBuf {
        self.path("emulator/lib")
    }

    /// QEMU.
    pub fn emulator(&self) -> PathBuf {
        self.path("emulator/bin/qemu-system-aarch64")
    }

    /// The server of the shared file system.
    pub fn share(&self) -> PathBuf {
        self.path("emulator/bin/virtiofsd")
    }

    /// The kernel.
    pub fn kernel(&self) -> PathBuf {
        self.path("kernel/boot/Image")
    }

    /// The machine's first process.
    pub fn init(&self) -> PathBuf {
        self.path("init")
    }

    /// What the environment says, else the folder's defaults.
    pub fn size(&self) -> Result<Size> {
        let path = self.path("defaults");
        let defaults = fs::read_to_string(&path).map_err(|e| Error::io("read", &path, e))?;
        let value = |variable: &'static str, least, most| {
            let default = || defaults.lines().find_map(|line| line.strip_prefix(variable)?.strip_prefix('='));
            let text = env::var_os(variable).map(|value| value.to_string_lossy().into_owned());
            let text = text.or_else(|| default().map(str::to_owned)).unwrap_or_default();
            number(&text, least, most).ok_or_else(|| {
                Error::new(format!("{variable}: bad value {text:?}, expected a number from {least} to {most}"))
                    .next("set it in the test's `env`, by --test_env, or not at all")
            })
        };
        Ok(Size {
            cpus: value("GO_RACE_VM_CPUS", 1, MOST_CPUS)?,
            memory: value("GO_RACE_VM_MEMORY", LEAST_MEMORY, 1 << 20)?,
        })
    }
}

fn number(text: &str, least: u32, most: u32) -> Option<u32> {
    text.parse().ok().filter(|number| (least..=most).contains(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_numbers_within_limits() {
        assert_eq!(number("8", 1, 8), Some(8));
        for text in ["", "0", "9", "2 ", "2G", "-1"] {
            assert_eq!(number(text, 1, 8), None, "{text}");
        }
    }
}
