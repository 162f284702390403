//! The zstd layer: exactly one frame, decoded as a stream, with a bounded window.

mod fault;
mod header;

use std::error::Error as _;
use std::io::{self, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use ruzstd::decoding::errors::{FrameDecoderError, FrameHeaderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::Sha256;
use crate::digest::DigestReader;
use crate::error::Kind;

pub(crate) use fault::FrameFault;

use header::Descriptor;

/// What the decoder keeps of its output: 8 MiB, which the format's specification (RFC 8878) asks every decoder to support
/// and zstd's levels up to 19 stay within. ruzstd adds 256 KiB and doubles while growing: 12.5 MiB at most.
const MAX_WINDOW: u64 = 8 << 20;

/// Larger was no faster: a block is at most 128 KiB and is read past the buffer.
const BUFFER: usize = 64 * 1024;

/// Reads the content of the one frame in `R`. The first failure is kept aside: the tar reader above can carry
/// nothing but an [`io::Error`].
pub(crate) struct FrameReader<R: Read> {
    source: BufReader<DigestReader<R>>,
    decoder: FrameDecoder,
    header: Option<Descriptor>,
    decoded: u64,
    limit: u64,
    failure: Option<Kind>,
}

impl<R: Read> FrameReader<R> {
    /// Decodes `source`, up to `limit` bytes of content.
    pub(crate) fn new(source: R, limit: u64) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MAX_WINDOW);
        FrameReader {
            source: BufReader::with_capacity(BUFFER, DigestReader::new(source)),
            decoder,
            header: None,
            decoded: 0,
            limit,
            failure: None,
        }
    }

    /// What made a read fail, once.
    pub(crate) fn take_failure(&mut self) -> Option<Kind> {
        self.failure.take()
    }

    /// The sha256 and the size of the whole archive; reads what is left of it.
    pub(crate) fn into_digest(self) -> io::Result<(Sha256, u64)> {
        self.source.into_inner().into_digest()
    }

    /// Reads the frame's header.
    fn start(&mut self) -> Result<Descriptor, Kind> {
        let mut head = Vec::new();
        (&mut self.source).take(header::SHORTEST).read_to_end(&mut head).map_err(Kind::Read)?;
        let mut whole = head.chain(&mut self.source);
        self.decoder.init(&mut whole).map_err(|e| self.fault(e))?;
        let descriptor = Descriptor::of(&head);
        if descriptor.is_reserved() {
            return Err(self.at(FrameFault::Damaged("a reserved bit of the frame's header is set".to_owned())));
        }
        Ok(descriptor)
    }

    fn decode(&mut self, buffer: &mut [u8]) -> Result<usize, Kind> {
        if self.header.is_none() {
            self.header = Some(self.start()?);
        }
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            self.decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(|e| self.fault(e))?;
        }
        let n = self.decoder.read(buffer).map_err(Kind::Read)?;
        self.decoded += n as u64;
        if self.decoded > self.limit {
            return Err(self.at(FrameFault::TooLarge(self.limit)));
        }
        if n == 0 && !buffer.is_empty() {
            self.check_end()?;
        }
        Ok(n)
    }

    fn check_end(&mut self) -> Result<(), Kind> {
        let offset = self.offset();
        let (declared, decoded) = (self.decoder.content_size(), self.decoded);
        if declared != decoded && self.header.is_some_and(Descriptor::declares_size) {
            let fault = FrameFault::ContentSize { declared, decoded };
            return Err(Kind::Frame { fault, offset });
        }
        let mut next = Vec::new();
        let source = &mut self.source;
        source.take(4).read_to_end(&mut next).map_err(Kind::Read)?;
        let fault = match next.as_slice() {
            [] => return Ok(()),
            [0x28, 0xb5, 0x2f, 0xfd] => FrameFault::SecondFrame,
            [0x50..=0x5f, 0x2a, 0x4d, 0x18] => FrameFault::SkippableAfter,
            _ => FrameFault::Trailing,
        };
        Err(Kind::Frame { fault, offset })
    }

    /// Where in the archive the decoder is.
    fn offset(&self) -> u64 {
        self.source.get_ref().position() - self.source.buffer().len() as u64
    }

    fn at(&self, fault: FrameFault) -> Kind {
        let offset = self.offset();
        Kind::Frame { fault, offset }
    }

    fn fault(&self, error: FrameDecoderError) -> Kind {
        use ReadFrameHeaderError::{BadMagicNumber, MagicNumberReadError, SkipFrame};
        let short = |e: &io::Error| e.kind() == io::ErrorKind::UnexpectedEof;
        self.at(match error {
            FrameDecoderError::ReadFrameHeaderError(BadMagicNumber(_)) => FrameFault::NotZstd,
            FrameDecoderError::ReadFrameHeaderError(MagicNumberReadError(e)) if short(&e) => FrameFault::NotZstd,
            FrameDecoderError::ReadFrameHeaderError(SkipFrame { .. }) => FrameFault::Skippable,
            FrameDecoderError::WindowSizeTooBig { requested: bytes, .. }
            | FrameDecoderError::FrameHeaderError(FrameHeaderError::WindowTooBig { got: bytes }) => {
                FrameFault::Window(bytes)
            }
            FrameDecoderError::DictNotProvided { dict_id } => FrameFault::Dictionary(dict_id),
            error => match io_cause(&error) {
                Some(e) if short(e) => FrameFault::Truncated,
                Some(e) => return Kind::Read(io::Error::new(e.kind(), e.to_string())),
                None => FrameFault::Damaged(error.to_string()),
            },
        })
    }
}

impl<R: Read> Read for FrameReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        // ruzstd asserts in places that damaged data might reach, and the data is not known to be good yet.
        let result = catch_unwind(AssertUnwindSafe(|| self.decode(buffer))).unwrap_or_else(|_| {
            let detail = "the decoder gave up".to_owned();
            Err(self.at(FrameFault::Damaged(detail)))
        });
        result.map_err(|kind| {
            self.failure.get_or_insert(kind);
            io::Error::other("the zstd layer failed")
        })
    }
}

/// The I/O error that a decoding error comes from.
fn io_cause(error: &FrameDecoderError) -> Option<&io::Error> {
    let mut cause = error.source();
    while let Some(error) = cause {
        if let Some(io) = error.downcast_ref() {
            return Some(io);
        }
        cause = error.source();
    }
    None
}
