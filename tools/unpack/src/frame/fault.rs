//! What can be wrong with the zstd layer, in words.

use std::fmt;

use super::MAX_WINDOW;

/// What is wrong with the zstd layer.
#[derive(Debug)]
pub(crate) enum FrameFault {
    NotZstd,
    Skippable,
    SkippableAfter,
    Window(u64),
    Dictionary(u32),
    Damaged(String),
    Truncated,
    ContentSize { declared: u64, decoded: u64 },
    SecondFrame,
    Trailing,
    TooLarge(u64),
}

impl fmt::Display for FrameFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotZstd => write!(f, "not a zstd file"),
            Self::Skippable => write!(f, "a skippable zstd frame, where one ordinary frame is expected"),
            Self::SkippableAfter => write!(f, "a skippable zstd frame follows the first frame"),
            Self::Window(bytes) => write!(f, "a zstd window of {bytes} bytes, more than the {MAX_WINDOW} allowed"),
            Self::Dictionary(id) => write!(f, "a zstd frame that needs the dictionary {id}"),
            Self::Damaged(detail) => write!(f, "damaged zstd data: {detail}"),
            Self::Truncated => write!(f, "the zstd frame ends too early"),
            Self::ContentSize { declared, decoded } => {
                write!(f, "the zstd frame declares {declared} bytes and holds {decoded}")
            }
            Self::SecondFrame => write!(f, "a second zstd frame follows the first"),
            Self::Trailing => write!(f, "bytes follow the zstd frame"),
            Self::TooLarge(limit) => write!(f, "the archive unpacks to more than {limit} bytes"),
        }
    }
}
