//! This process as a job for the machine: the program is to find what it would have found here.

use std::env;
use std::ffi::OsString;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::ffi::OsStringExt as _;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use diagnostic::{Error, Result};
use rustix::process::{Resource, getgid, getrlimit, getuid, umask};
use rustix::system::uname;
use vm::{Job, Limits};

/// The command with all that this process is.
pub fn of(command: &[PathBuf]) -> Result<Job> {
    let folder = env::current_dir().map_err(|e| {
        Error::new("the working folder is not there").fact("reason", e).next("call the runner in a folder")
    })?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos() as u64);
    let limits = getrlimit(Resource::Nofile);
    let mask = umask(rustix::fs::Mode::empty());
    umask(mask);
    Ok(Job {
        command: command.iter().map(|word| word.clone().into_os_string()).collect(),
        environment: env::vars_os().collect(),
        folder: folder.into_os_string(),
        uid: getuid().as_raw(),
        gid: getgid().as_raw(),
        umask: mask.bits(),
        open_files: Limits { soft: limits.current, hard: limits.maximum },
        host_name: OsString::from_vec(uname().nodename().to_bytes().to_vec()),
        now,
        one_output: same_file(io::stdout(), io::stderr()),
    })
}

fn same_file(one: impl AsFd, other: impl AsFd) -> bool {
    let identity = |file: BorrowedFd| -> Option<(u64, u64)> {
        let stat = rustix::fs::fstat(file).ok()?;
        Some((stat.st_dev, stat.st_ino))
    };
    let one = identity(one.as_fd());
    one.is_some() && one == identity(other.as_fd())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_file_is_told_from_two() {
        let (folder, file) =
            (std::fs::File::open("/").expect("/"), std::fs::File::open("/proc/self/exe").expect("a file"));
        assert!(same_file(&folder, folder.try_clone().expect("the same")));
        assert!(!same_file(&folder, &file));
    }
}
