//! Brings the loopback interface up: a new network namespace has one, which is down.

use std::io;

use rustix::ioctl::{Setter, ioctl};
use rustix::net::{AddressFamily, SocketType, socket};

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

/// Brings `lo` of this process's network namespace up. Needs CAP_NET_ADMIN over it; fails as the kernel says.
pub fn up() -> io::Result<()> {
    let mut name = [0; 16];
    name[..2].copy_from_slice(b"lo");
    let any = socket(AddressFamily::INET, SocketType::DGRAM, None)?;
    let request = InterfaceFlags { name, flags: UP, rest: [0; 22] };
    // SAFETY: SIOCSIFFLAGS reads a `struct ifreq`, and no more.
    unsafe { ioctl(&any, Setter::<{ SET_FLAGS }, InterfaceFlags>::new(request)) }?;
    Ok(())
}
