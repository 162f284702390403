//! What init says: what the program writes, and how it ended.

use std::io::{self, Read, Write};

use crate::wire::{get_bytes, get_u32, put_bytes, put_u32};

/// Where a program's output goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Out,
    /// Standard error.
    Err,
}

/// How a program ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// By itself, with this exit code.
    Exit(u8),
    /// By this signal.
    Signal(u8),
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// The program wrote this.
    Output(Stream, Vec<u8>),
    /// The program ended, all that it wrote was sent, and its files are written. Nothing follows.
    Ended(Ending),
    /// The program was not started, for this reason. Nothing follows.
    Failed(String),
}

const OUT: u32 = 1;
const ERR: u32 = 2;
const EXIT: u32 = 3;
const SIGNAL: u32 = 4;
const FAILED: u32 = 5;

impl Message {
    /// Writes it, in one call of `to`: what several threads write stays whole.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        let (kind, content) = match self {
            Message::Output(Stream::Out, bytes) => (OUT, &bytes[..]),
            Message::Output(Stream::Err, bytes) => (ERR, &bytes[..]),
            Message::Ended(Ending::Exit(code)) => (EXIT, std::slice::from_ref(code)),
            Message::Ended(Ending::Signal(number)) => (SIGNAL, std::slice::from_ref(number)),
            Message::Failed(reason) => (FAILED, reason.as_bytes()),
        };
        let mut whole = Vec::with_capacity(8 + content.len());
        put_u32(&mut whole, kind)?;
        put_bytes(&mut whole, content)?;
        to.write_all(&whole)
    }

    /// Reads one.
    pub fn read(from: &mut impl Read) -> io::Result<Self> {
        let (kind, content) = (get_u32(from)?, get_bytes(from)?);
        let message = match (kind, &content[..]) {
            (OUT, _) => Message::Output(Stream::Out, content),
            (ERR, _) => Message::Output(Stream::Err, content),
            (EXIT, &[code]) => Message::Ended(Ending::Exit(code)),
            (SIGNAL, &[number]) => Message::Ended(Ending::Signal(number)),
            (FAILED, _) => Message::Failed(String::from_utf8_lossy(&content).into_owned()),
            _ => return Err(io::Error::new(io::ErrorKind::InvalidData, format!("unknown message {kind}"))),
        };
        Ok(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let messages = [
            Message::Output(Stream::Out, b"a\0b".to_vec()),
            Message::Output(Stream::Err, Vec::new()),
            Message::Ended(Ending::Exit(66)),
            Message::Ended(Ending::Signal(15)),
            Message::Failed("no such file".to_owned()),
        ];
        let mut bytes = Vec::new();
        for message in &messages {
            message.write(&mut bytes).expect("written");
        }
        let mut reader = &bytes[..];
        for message in &messages {
            assert_eq!(&Message::read(&mut reader).expect("read"), message);
        }
        assert!(reader.is_empty());
        assert!(Message::read(&mut &[9, 0, 0, 0, 0, 0, 0, 0][..]).is_err(), "an unknown message");
    }
}
