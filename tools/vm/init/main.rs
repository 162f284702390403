//! The first process of the machine: makes the host's file system its own, runs one program as the host would, and says how
//! it ended.

mod program;
mod root;
mod system;

use std::fs::{File, OpenOptions};
use std::io::{self, BufReader, Read as _};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process_group};
use vm::{CHANNEL, Job, Message};

/// How long the kernel may take to find the channel. It takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() {
    match serve() {
        // The runner ends the machine.
        Ok(()) => loop {
            thread::park();
        },
        Err(error) => {
            eprintln!("init: {error}");
            // The kernel's panic ends the machine, and the runner shows this console.
            std::process::exit(1);
        }
    }
}

fn serve() -> io::Result<()> {
    root::devices()?;
    let channel = Arc::new(channel()?);
    let mut requests = BufReader::new(channel.try_clone()?);
    let job = Job::read(&mut requests)?;
    let ended = prepare(&job).and_then(|()| program::start(&job, &channel)).map(|program| {
        forward_signals(requests, program.group());
        program.end()
    });
    let last = match ended {
        // Its files are written: virtiofs has no cache of writes, and what was mapped is written when the program ends. (To
        // sync would be to sync the host's disk.)
        Ok(ending) => Message::Ended(ending),
        Err(reason) => Message::Failed(reason),
    };
    last.write(&*channel)
}

fn channel() -> io::Result<File> {
    let start = Instant::now();
    loop {
        match OpenOptions::new().read(true).write(true).open(CHANNEL) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && start.elapsed() < PATIENCE => {
                thread::sleep(Duration::from_millis(1));
            }
            other => return other,
        }
    }
}

fn prepare(job: &Job) -> Result<(), String> {
    system::set_clock(job.now).map_err(|e| format!("cannot set the clock: {e}"))?;
    system::set_host_name(&job.host_name).map_err(|e| format!("cannot set the host's name: {e}"))?;
    loopback::up().map_err(|e| format!("cannot bring up the loopback interface: {e}"))?;
    root::host_as_root()
}

/// Each byte that follows the job is a signal for the program.
fn forward_signals(requests: BufReader<File>, group: Pid) {
    thread::spawn(move || {
        for number in requests.bytes().map_while(Result::ok) {
            if let Some(signal) = Signal::from_named_raw(number.into()) {
                let _ = kill_process_group(group, signal);
            }
        }
    });
}
