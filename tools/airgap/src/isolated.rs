//! A network namespace without interfaces, but for the loopback one, by which Bazel's client talks to its server.

use std::fs;
use std::io;

use diagnostic::{Error, Result};
use rustix::process::{getegid, geteuid};

/// Puts this process, and all that it starts from now on, where there is no network. Who may not make a network namespace
/// gets it within a user namespace, in which he is who he is.
pub fn enter() -> Result<()> {
    let refused = |reason: io::Error| {
        Error::new(format!("cannot take the network away: {reason}")).next(
            "an ordinary user needs a kernel that lets him make user namespaces (sysctl user.max_user_namespaces, and \
                   kernel.apparmor_restrict_unprivileged_userns where there is one); or do without --isolate",
        )
    };
    let (user, group) = (geteuid().as_raw(), getegid().as_raw());
    if let Err(reason) = unshare(libc::CLONE_NEWNET) {
        if reason.raw_os_error() != Some(libc::EPERM) {
            return Err(refused(reason));
        }
        unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET).map_err(refused)?;
        // user_namespaces(7): a user may map himself; a group only where setgroups(2) is given up.
        for (file, line) in [
            ("/proc/self/setgroups", "deny".to_owned()),
            ("/proc/self/uid_map", format!("{user} {user} 1")),
            ("/proc/self/gid_map", format!("{group} {group} 1")),
        ] {
            fs::write(file, line).map_err(refused)?;
        }
    }
    loopback::up().map_err(refused)
}

fn unshare(flags: libc::c_int) -> io::Result<()> {
    // SAFETY: unshare(2) takes no pointer; this process has no other thread yet that could see half of it.
    match unsafe { libc::unshare(flags) } {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
