//! Bazel at work where people see it, and what it said.

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};

use diagnostic::{Error, Result};

/// Starts a command whose standard error can be read by [`read`].
pub fn start(command: &mut Command) -> io::Result<Child> {
    command.stderr(Stdio::piped()).spawn()
}

/// Waits for the end, and passes on what the command writes to its standard error as it comes. Says how it ended, and all
/// that it wrote there.
pub fn read(mut child: Child) -> Result<(ExitStatus, String)> {
    let mut said = Vec::new();
    let mut stream = child.stderr.take().expect("`start` has asked for a pipe");
    let mut buffer = [0; 1 << 14];
    loop {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(n) => {
                said.extend_from_slice(&buffer[..n]);
                // Where nobody reads it, Bazel goes on all the same.
                let _ = io::stderr().write_all(&without_hidden(&buffer[..n]));
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Error::new(format!("cannot read what Bazel says: {error}"))),
        }
    }
    let status = child.wait().map_err(|e| Error::new(format!("cannot wait for Bazel: {e}")))?;
    Ok((status, String::from_utf8_lossy(&said).into_owned()))
}

/// What `bazel test --nobuild` ends with although all is well.
const HIDDEN: &str = "Couldn't start the build. Unable to run tests";

fn without_hidden(said: &[u8]) -> Cow<'_, [u8]> {
    match str::from_utf8(said) {
        Ok(text) if text.contains(HIDDEN) => {
            let lines = text.split_inclusive('\n').filter(|line| !line.contains(HIDDEN));
            Cow::Owned(lines.collect::<String>().into_bytes())
        }
        _ => Cow::Borrowed(said),
    }
}

/// Bazel's standard error is a pipe to this process; on a terminal it is to look as it does there.
pub fn options() -> &'static [&'static str] {
    if io::stderr().is_terminal() { &["--color=yes", "--curses=yes"] } else { &[] }
}
