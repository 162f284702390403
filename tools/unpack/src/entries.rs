//! Walks the tar stream: judges each entry, passes what is selected to the sink, and demands a proper end.

use std::fmt;
use std::io::{self, Read};

use tar::{Archive, Entry};

use crate::error::Kind;
use crate::names::{Names, Novelty};
use crate::policy::{self, Allowed, AllowedKind, EntryFault};
use crate::selection::Selection;
use crate::{Limits, Sink, Summary};

const BLOCK: u64 = 512;

/// What is wrong with the tar stream around its entries.
#[derive(Debug)]
pub(crate) enum TarFault {
    Header(String),
    NoEnd,
    AfterEnd,
}

impl fmt::Display for TarFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header(detail) => write!(f, "no readable tar header: {}", detail.escape_debug()),
            Self::NoEnd => write!(f, "the tar stream stops without its end mark (two blocks of zeros)"),
            Self::AfterEnd => write!(f, "data follows the end mark of the tar stream"),
        }
    }
}

/// Judges every entry of the tar stream in `reader`, passes those of `selection` to `sink`, and reads `reader` to its end.
pub(crate) fn walk(
    reader: impl Read,
    limits: &Limits,
    selection: Selection<'_>,
    sink: &mut impl Sink,
) -> Result<Summary, Kind> {
    let mut archive = Archive::new(Counted { inner: reader, bytes: 0 });
    let mut walk = Walk { names: Names::new(limits.entries), limits, selection, sink, summary: Summary::default() };
    let mut end = 0;
    let header = |offset| move |e: io::Error| Kind::Tar { fault: TarFault::Header(e.to_string()), offset };
    // Raw: pax headers and GNU's long names come as entries of their own, for the policy to refuse.
    for entry in archive.entries().map_err(header(0))?.raw(true) {
        let entry = entry.map_err(header(end))?;
        // The tar reader has checked that this does not overflow.
        end = entry.raw_file_position() + entry.size().next_multiple_of(BLOCK);
        walk.entry(entry)?;
    }
    check_end(archive.into_inner(), end)?;
    Ok(walk.summary)
}

struct Walk<'a, S> {
    names: Names,
    limits: &'a Limits,
    selection: Selection<'a>,
    sink: &'a mut S,
    summary: Summary,
}

impl<S: Sink> Walk<'_, S> {
    fn entry(&mut self, mut entry: Entry<'_, impl Read>) -> Result<(), Kind> {
        let offset = entry.raw_header_position();
        let name = String::from_utf8_lossy(&entry.header().path_bytes()).into_owned();
        let fault = |fault| Kind::Entry { name: name.clone(), fault, offset };
        let Allowed { path, kind } = policy::check(entry.header()).map_err(fault)?;
        for (slash, _) in path.match_indices('/') {
            let parent = &path[..slash];
            let novelty = self.names.enter_parent(parent).map_err(fault)?;
            self.folder(parent, novelty)?;
        }
        match kind {
            AllowedKind::Folder => {
                let novelty = self.names.enter_folder(&path).map_err(fault)?;
                self.folder(&path, novelty)
            }
            AllowedKind::File { bytes, .. } if bytes > self.limits.bytes => Err(fault(EntryFault::TooLarge(bytes))),
            AllowedKind::File { bytes, executable } => {
                self.names.enter_file(&path).map_err(fault)?;
                let mut content = Counted { inner: &mut entry, bytes: 0 };
                let kept = self.selection.keeps(&path);
                if kept {
                    self.sink.file(&path, executable, &mut content).map_err(write(&path))?;
                } else {
                    io::copy(&mut content, &mut io::sink()).map_err(|e| {
                        let fault = TarFault::Header(e.to_string());
                        Kind::Tar { fault, offset }
                    })?;
                }
                let found = content.bytes;
                if found != bytes {
                    return Err(fault(EntryFault::Truncated { declared: bytes, found }));
                }
                if kept {
                    self.summary.files += 1;
                    self.summary.bytes += bytes;
                }
                Ok(())
            }
        }
    }

    fn folder(&mut self, path: &str, novelty: Novelty) -> Result<(), Kind> {
        if novelty == Novelty::New && self.selection.keeps_folder(path) {
            self.sink.folder(path).map_err(write(path))?;
            self.summary.folders += 1;
        }
        Ok(())
    }
}

fn write(path: &str) -> impl Fn(io::Error) -> Kind + '_ {
    move |source| Kind::Write { name: path.to_owned(), source }
}

/// One block of zeros made the tar reader stop at `end`. It takes a missing block for the end too.
fn check_end(mut rest: Counted<impl Read>, end: u64) -> Result<(), Kind> {
    let mut zeros = rest.bytes - end.min(rest.bytes);
    let mut buffer = [0; 16 * 1024];
    loop {
        let offset = rest.bytes;
        match rest.read(&mut buffer) {
            Ok(0) if zeros < 2 * BLOCK => {
                return Err(Kind::Tar { fault: TarFault::NoEnd, offset });
            }
            Ok(0) => return Ok(()),
            Ok(n) if buffer[..n].iter().all(|byte| *byte == 0) => zeros += n as u64,
            Ok(_) => {
                return Err(Kind::Tar { fault: TarFault::AfterEnd, offset });
            }
            Err(error) => {
                return Err(Kind::Tar { fault: TarFault::Header(error.to_string()), offset });
            }
        }
    }
}

/// Counts what is read.
struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.bytes += n as u64;
        Ok(n)
    }
}
