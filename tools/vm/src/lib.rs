//! What the two programs of the virtual machine say to each other: the runner, outside, and init, the machine's first
//! process. They are built from one source and never of different versions, so there is no version in what they say.
//!
//! The runner sends a [`Job`], then signals. Init sends [`Message`]s: what the program writes, and how it ended.

mod job;
mod message;
mod wire;

pub use job::{Job, Limits};
pub use message::{Ending, Message, Stream};

/// The tag by which the machine mounts the file system of the host.
pub const SHARE: &str = "host";

/// The channel's device in the machine: port 1 of its only virtio serial device.
pub const CHANNEL: &str = "/dev/vport0p1";
