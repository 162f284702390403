//! The program that the machine is for.

use std::fs::File;
use std::io::{self, PipeReader, Read as _};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use rustix::fs::Mode;
use rustix::process::{Pid, Resource, Rlimit, WaitOptions, setrlimit, umask, wait};
use vm::{Ending, Job, Limits, Message, Stream};

/// The kernel's default of fs.nr_open, above which no limit can be.
const MOST_OPEN_FILES: u64 = 1 << 20;

/// A program that runs.
pub struct Program {
    pid: Pid,
    outputs: Vec<JoinHandle<()>>,
}

/// Starts it; what it writes goes to the channel.
pub fn start(job: &Job, channel: &Arc<File>) -> Result<Program, String> {
    let (program, arguments) = job.command.split_first().ok_or("no program")?;
    let mut command = Command::new(program);
    command.args(arguments).env_clear().envs(job.environment.iter().map(|(name, value)| (name, value)));
    command.current_dir(&job.folder).process_group(0).gid(job.gid).uid(job.uid).stdin(Stdio::null());
    let outputs = redirect(job, &mut command).map_err(|e| format!("cannot make pipes: {e}"))?;
    umask(Mode::from_bits_truncate(job.umask));
    let Limits { soft, hard } = job.open_files;
    let limit = |value: Option<u64>| Some(value.unwrap_or(MOST_OPEN_FILES).min(MOST_OPEN_FILES));
    setrlimit(Resource::Nofile, Rlimit { current: limit(soft), maximum: limit(hard) })
        .map_err(|e| format!("cannot limit the number of open files: {e}"))?;
    let child = command.spawn().map_err(|e| {
        let place = if Path::new(&job.folder).is_dir() { "" } else { " (its working folder is not there)" };
        format!("cannot start {}: {e}{place}", Path::new(program).display())
    })?;
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw).ok_or("a process without a number")?;
    // With it go the pipes' other ends: they are then the program's alone.
    drop(command);
    let send = |(stream, pipe)| {
        let channel = Arc::clone(channel);
        thread::spawn(move || forward(stream, pipe, &channel))
    };
    Ok(Program { pid, outputs: outputs.into_iter().map(send).collect() })
}

fn redirect(job: &Job, command: &mut Command) -> io::Result<Vec<(Stream, PipeReader)>> {
    let (out, to_out) = io::pipe()?;
    if job.one_output {
        command.stdout(to_out.try_clone()?).stderr(to_out);
        return Ok(vec![(Stream::Out, out)]);
    }
    let (err, to_err) = io::pipe()?;
    command.stdout(to_out).stderr(to_err);
    Ok(vec![(Stream::Out, out), (Stream::Err, err)])
}

fn forward(stream: Stream, mut pipe: PipeReader, channel: &File) {
    let mut buffer = vec![0; 64 << 10];
    loop {
        match pipe.read(&mut buffer) {
            Ok(0) => return,
            Ok(length) => {
                if Message::Output(stream, buffer[..length].to_vec()).write(channel).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

impl Program {
    /// Its process group, which signals go to.
    pub fn group(&self) -> Pid {
        self.pid
    }

    /// Waits for its end. Whatever it started and left ends with it, as in Bazel's sandbox.
    pub fn end(self) -> Ending {
        let ending = self.wait();
        // SAFETY: a call without memory. From the first process, it is for every other one.
        unsafe { libc::kill(-1, libc::SIGKILL) };
        for output in self.outputs {
            let _ = output.join();
        }
        ending
    }

    /// The first process is everybody's heir: it waits for all.
    fn wait(&self) -> Ending {
        loop {
            let Ok(Some((pid, status))) = wait(WaitOptions::empty()) else { continue };
            if pid == self.pid {
                let ending = status.exit_status().map(|code| Ending::Exit(code as u8));
                let ending = ending.or(status.terminating_signal().map(|number| Ending::Signal(number as u8)));
                if let Some(ending) = ending {
                    return ending;
                }
            }
        }
    }
}
