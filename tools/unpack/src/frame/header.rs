//! What ruzstd does not say about a frame's header: section 3.1.1.1 of RFC 8878.

/// A header's bytes if it is as short as can be: the magic number, the descriptor, and one byte more.
pub(super) const SHORTEST: u64 = 6;

/// The byte behind the magic number, which says what follows it.
#[derive(Clone, Copy)]
pub(super) struct Descriptor(u8);

impl Descriptor {
    /// The descriptor of a header that starts with `head`.
    pub(super) fn of(head: &[u8]) -> Self {
        Descriptor(head[4])
    }

    /// Whether the header declares the size of the content, which may be zero: by the two bits for the size of this field,
    /// or as a single segment.
    pub(super) fn declares_size(self) -> bool {
        self.0 & 0b1110_0000 != 0
    }

    /// Whether the bit is set that no version of the format has a meaning for yet.
    pub(super) fn is_reserved(self) -> bool {
        self.0 & 0b0000_1000 != 0
    }
}
