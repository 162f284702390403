//! What a kernel is told once: the time, its name, and that it may talk to itself.

use std::ffi::OsStr;
use std::io;
use std::os::unix::ffi::OsStrExt as _;

use rustix::ioctl::{Setter, ioctl};
use rustix::net::{AddressFamily, SocketType, socket};
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

/// The kernel's `struct ifreq` (netdevice(7)), as far as flags need it: a name, and 24 bytes of what depends on the call.
#[repr(C)]
struct InterfaceFlags {
    name: [u8; 16],
    flags: u16,
    rest: [u8; 22],
}

/// SIOCSIFFLAGS and IFF_UP of Linux.
const SET_FLAGS: u32 = 0x8914;
const UP: u16 = 1;

pub fn loopback_up() -> io::Result<()> {
    let mut name = [0; 16];
    name[..2].copy_from_slice(b"lo");
    let any = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    let request = InterfaceFlags { name, flags: UP, rest: [0; 22] };
    // SAFETY: SIOCSIFFLAGS reads a `struct ifreq`, and no more.
    unsafe { ioctl(&any, Setter::<{ SET_FLAGS }, InterfaceFlags>::new(request)) }?;
    Ok(())
}
