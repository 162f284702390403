//! Which logs are read: those of the command line, else those of the last `bazel test`.

use std::env;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use bazel::Bazel;
use diagnostic::{Error, Result};

use crate::bazel::{Log, Origin, events, testlogs};
use crate::log::Reader;
use crate::races::Races;

/// How much is read at a time.
const PIECE: usize = 256 << 10;

/// What was learnt beside the races.
#[derive(Debug, Default)]
pub struct Learnt {
    /// The options of the run, if build events had them.
    pub options: Option<Vec<String>>,
    /// What the reader should know.
    pub notes: Vec<String>,
}

/// The workspace: the one that is given, that of `bazel run`, or the one around the current folder.
pub fn workspace(given: Option<&PathBuf>) -> Option<PathBuf> {
    if let Some(folder) = given {
        return Some(from_here(folder));
    }
    Bazel::of_this_process(None).ok().map(|bazel| bazel.workspace().to_owned())
}

/// A path of the command line: `bazel run` starts programs in another folder than the one it was called from.
pub fn from_here(path: &Path) -> PathBuf {
    env::var_os("BUILD_WORKING_DIRECTORY").map_or_else(|| path.to_owned(), |folder| Path::new(&folder).join(path))
}

/// Reads logs into `races`.
///
/// # Errors
///
/// A log that is named, or found in a tree, cannot be read; build events name logs elsewhere; or there are none at all.
pub fn read(paths: &[PathBuf], workspace: Option<&Path>, races: &mut Races) -> Result<Learnt> {
    let mut read = Learnt::default();
    if paths.is_empty() {
        let folder = workspace.ok_or_else(|| {
            Error::new("there is no log to read: this folder is in no Bazel workspace")
                .next("go to the workspace, or name logs: racereport LOG…, or racereport - for standard input")
        })?;
        let trees = testlogs::trees(folder);
        if trees.is_empty() {
            return Err(Error::new("the workspace has no test logs")
                .fact("where", folder.join("bazel-testlogs").display())
                .next("run `bazel test --@io_bazel_rules_go//go/config:race //...` first, or name logs"));
        }
        for tree in trees {
            logs_of(&tree, workspace, races)?;
        }
    }
    for path in paths {
        if path.as_os_str() == "-" {
            stream(std::io::stdin().lock(), Origin::default(), races)
                .map_err(|reason| Error::new(format!("cannot read standard input: {reason}")))?;
            continue;
        }
        let path = from_here(path);
        if path.is_dir() {
            logs_of(&path, workspace, races)?;
        } else {
            file(&path, races, &mut read)?;
        }
    }
    let counts = races.counts;
    if counts.missing > 0 {
        read.notes.push(format!(
            "Go says in {} log(s) that a race was detected, and its report is not there: is GORACE=log_path set?",
            counts.missing
        ));
    }
    if counts.unreadable > 0 {
        read.notes.push(format!("{} report(s) are cut before their first frame", counts.unreadable));
    }
    Ok(read)
}

fn logs_of(tree: &Path, workspace: Option<&Path>, races: &mut Races) -> Result<()> {
    testlogs::logs(tree, workspace)?.into_iter().try_for_each(|log| one(log, races))
}

fn one(Log { path, origin }: Log, races: &mut Races) -> Result<()> {
    let opened = File::open(&path).map_err(|reason| unreadable(&path, reason))?;
    stream(opened, origin, races).map_err(|reason| unreadable(&path, reason))
}

fn file(path: &Path, races: &mut Races, read: &mut Learnt) -> Result<()> {
    let mut opened = File::open(path).map_err(|reason| unreadable(path, reason))?;
    let mut start = vec![0; 64];
    let length = opened.read(&mut start).map_err(|reason| unreadable(path, reason))?;
    start.truncate(length);
    let rest = start.as_slice().chain(opened);
    if !events::are_in(&start) {
        return stream(rest, Origin::default(), races).map_err(|reason| unreadable(path, reason));
    }
    let events = events::read(std::io::BufReader::new(rest)).map_err(|reason| unreadable(path, reason))?;
    if let Some(address) = events.elsewhere.first() {
        return Err(Error::new("the build events name logs that are not on this machine")
            .fact("where", path.display())
            .fact("first", address)
            .fact("number", events.elsewhere.len())
            .next("run the tests with --nobuild_event_json_file_path_conversion, or name the logs themselves"));
    }
    read.options = Some(events.options);
    events.logs.into_iter().try_for_each(|log| one(log, races))
}

fn stream(mut input: impl std::io::Read, origin: Origin, races: &mut Races) -> std::io::Result<()> {
    let (mut reader, mut piece) = (Reader::default(), vec![0; PIECE]);
    let mut bytes = 0;
    let mut log = races.log(origin);
    loop {
        match input.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => {
                bytes += length as u64;
                reader.push(&piece[..length], &mut log);
            }
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    reader.finish(&mut log);
    log.finish();
    races.counts.bytes += bytes;
    Ok(())
}

fn unreadable(path: &Path, reason: std::io::Error) -> Error {
    Error::io("read", path, reason).next("name a log that is there, or run the tests again")
}
