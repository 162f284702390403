//! What a kernel is told once: the time, and its name.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;

use rustix::system::sethostname;
use rustix::time::{ClockId, Timespec, clock_settime};

/// Nanoseconds since 1970.
pub fn set_clock(now: u64) -> io::Result<()> {
    const SECOND: u64 = 1_000_000_000;
    let time = Timespec { tv_sec: (now / SECOND) as i64, tv_nsec: (now % SECOND) as _ };
    Ok(clock_settime(ClockId::Realtime, time)?)
}

pub fn set_host_name(name: &OsStr) -> io::Result<()> {
    Ok(sethostname(name.as_bytes())?)
}
