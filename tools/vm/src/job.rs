//! What the machine is to run, and as what.

use std::ffi::OsString;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::os::unix::ffi::{OsStrExt as _, OsStringExt as _};

use crate::wire::{get_bytes, get_u32, get_u64, put_bytes, put_u32, put_u64};

/// A program, and all that it sees of the process that it would have been on the host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Job {
    /// The program and its arguments; the first one is a path.
    pub command: Vec<OsString>,
    /// Its environment, and nothing beside it.
    pub environment: Vec<(OsString, OsString)>,
    /// Its working folder.
    pub folder: OsString,
    /// The user.
    pub uid: u32,
    /// The user's group.
    pub gid: u32,
    /// The mask of new files' modes.
    pub umask: u32,
    /// How many files it may have open.
    pub open_files: Limits,
    /// The machine's name.
    pub host_name: OsString,
    /// The time, in nanoseconds since 1970.
    pub now: u64,
    /// stdout and stderr are one file: what is written to them keeps its order.
    pub one_output: bool,
}

/// A resource limit; none is unlimited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// What counts.
    pub soft: Option<u64>,
    /// What the program may raise it to.
    pub hard: Option<u64>,
}

impl Job {
    /// Writes it.
    pub fn write(&self, to: impl Write) -> io::Result<()> {
        let mut to = BufWriter::new(to);
        put_u32(&mut to, self.command.len() as u32)?;
        for word in &self.command {
            put_bytes(&mut to, word.as_bytes())?;
        }
        put_u32(&mut to, self.environment.len() as u32)?;
        for (name, value) in &self.environment {
            put_bytes(&mut to, name.as_bytes())?;
            put_bytes(&mut to, value.as_bytes())?;
        }
        put_bytes(&mut to, self.folder.as_bytes())?;
        for number in [self.uid, self.gid, self.umask, u32::from(self.one_output)] {
            put_u32(&mut to, number)?;
        }
        for limit in [self.open_files.soft, self.open_files.hard] {
            put_u64(&mut to, limit.unwrap_or(u64::MAX))?;
        }
        put_bytes(&mut to, self.host_name.as_bytes())?;
        put_u64(&mut to, self.now)?;
        to.flush()
    }

    /// Reads one, and not a byte more.
    pub fn read(from: &mut BufReader<impl Read>) -> io::Result<Self> {
        let mut job = Job::default();
        for _ in 0..get_u32(from)? {
            job.command.push(text(from)?);
        }
        for _ in 0..get_u32(from)? {
            job.environment.push((text(from)?, text(from)?));
        }
        job.folder = text(from)?;
        job.uid = get_u32(from)?;
        job.gid = get_u32(from)?;
        job.umask = get_u32(from)?;
        job.one_output = get_u32(from)? != 0;
        let limit = |value| (value != u64::MAX).then_some(value);
        job.open_files = Limits { soft: limit(get_u64(from)?), hard: limit(get_u64(from)?) };
        job.host_name = text(from)?;
        job.now = get_u64(from)?;
        Ok(job)
    }
}

fn text(from: &mut impl Read) -> io::Result<OsString> {
    get_bytes(from).map(OsString::from_vec)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let job = Job {
            command: vec!["./test".into(), "".into(), OsString::from_vec(vec![0xff, b'\n'])],
            environment: vec![("A".into(), "=b\nc".into())],
            folder: "/".into(),
            uid: 1000,
            gid: 100,
            umask: 0o27,
            open_files: Limits { soft: Some(1024), hard: None },
            host_name: "here".into(),
            now: 1,
            one_output: true,
        };
        let mut bytes = Vec::new();
        job.write(&mut bytes).expect("written");
        bytes.push(15);
        let mut reader = BufReader::new(&bytes[..]);
        assert_eq!(Job::read(&mut reader).expect("read"), job);
        let mut rest = Vec::new();
        reader.read_to_end(&mut rest).expect("the rest");
        assert_eq!(rest, [15], "what follows is left for others");
    }

    #[test]
    fn half_a_job_is_none() {
        let mut bytes = Vec::new();
        Job { command: vec!["test".into()], ..Job::default() }.write(&mut bytes).expect("written");
        for length in 0..bytes.len() {
            assert!(Job::read(&mut BufReader::new(&bytes[..length])).is_err(), "{length} bytes");
        }
    }
}
