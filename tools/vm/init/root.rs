//! The machine's root: the host's, but for the folders that are the kernel's.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::path::Path;

use rustix::mount::{MountFlags, UnmountFlags, mount, mount_bind, unmount};
use vm::SHARE;

/// Where the host's file system is at first.
const HOST: &str = "/.host";

/// Top-level folders that are the machine's own: there, a kernel speaks of itself.
const OWN: [&str; 3] = ["dev", "proc", "sys"];

/// Mounts `/dev`.
pub fn devices() -> io::Result<()> {
    fs::create_dir_all("/dev")?;
    system("devtmpfs", "/dev", c"mode=0755")
}

/// Gives each top-level name of the host's the same place here. Nothing else is there.
pub fn host_as_root() -> Result<(), String> {
    let failed = |what: &str, e: io::Error| format!("cannot {what}: {e}");
    // This very program, which runs.
    fs::remove_file("/init").map_err(|e| failed("remove /init", e))?;
    for (kind, folder, options) in [
        ("proc", "/proc", c""),
        ("sysfs", "/sys", c""),
        ("devpts", "/dev/pts", c"mode=0620,ptmxmode=0666"),
        ("tmpfs", "/dev/shm", c"mode=1777"),
    ] {
        let made = fs::create_dir_all(folder).and_then(|()| system(kind, folder, options));
        made.map_err(|e| failed(&format!("mount {folder}"), e))?;
    }
    for (name, target) in [("fd", "fd"), ("stdin", "fd/0"), ("stdout", "fd/1"), ("stderr", "fd/2")] {
        symlink(format!("/proc/self/{target}"), format!("/dev/{name}")).map_err(|e| failed("make links in /dev", e))?;
    }
    fs::create_dir_all(HOST).map_err(|e| failed("make a folder", e))?;
    mount(SHARE, HOST, "virtiofs", MountFlags::empty(), None)
        .map_err(|e| failed("mount the host's file system", e.into()))?;
    unthrottle().map_err(|e| failed("lift the limit of unwritten pages", e))?;
    let entries = fs::read_dir(HOST).map_err(|e| failed("list the host's root", e))?;
    for entry in entries {
        let name = entry.map_err(|e| failed("list the host's root", e))?.file_name();
        if OWN.iter().any(|own| name == *own) {
            continue;
        }
        let (from, to) = (Path::new(HOST).join(&name), Path::new("/").join(&name));
        appear(&from, &to).map_err(|e| failed(&format!("take over {}", to.display()), e))?;
    }
    unmount(HOST, UnmountFlags::DETACH).map_err(|e| failed("unmount", e.into()))?;
    fs::remove_dir(HOST).map_err(|e| failed("remove a folder", e))
}

/// For FUSE, the kernel holds a program that writes to mapped files to a tiny share of unwritten pages, and lets it sleep for as long as it
/// guesses from a rate that nothing has measured yet: Go's linker slept for minutes. The host has its own limits.
fn unthrottle() -> io::Result<()> {
    for entry in fs::read_dir("/sys/class/bdi")? {
        let folder = entry?.path();
        fs::write(folder.join("strict_limit"), "0")?;
        fs::write(folder.join("max_ratio"), "100")?;
    }
    Ok(())
}

/// Makes `from` appear at `to`.
fn appear(from: &Path, to: &Path) -> io::Result<()> {
    let kind = fs::symlink_metadata(from)?.file_type();
    if kind.is_symlink() {
        return symlink(fs::read_link(from)?, to);
    }
    if kind.is_dir() {
        fs::create_dir(to).or_else(|e| if to.is_dir() { Ok(()) } else { Err(e) })?;
    } else if kind.is_file() {
        fs::File::create(to)?;
    } else {
        return Ok(());
    }
    Ok(mount_bind(from, to)?)
}

fn system(kind: &str, folder: &str, options: &std::ffi::CStr) -> io::Result<()> {
    Ok(mount(kind, folder, kind, MountFlags::empty(), Some(options))?)
}
