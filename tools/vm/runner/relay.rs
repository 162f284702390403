//! Between the machine and whoever called us: signals go in, output and the ending come out.

use std::io::{self, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::thread;

use diagnostic::{Error, Result};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2};
use signal_hook::iterator::Signals;
use vm::{Ending, Job, Message, Stream};

use crate::files::Size;
use crate::machine::Machine;

/// What the kernel says when a program took all memory.
const OUT_OF_MEMORY: &str = "Out of memory: Killed process";

/// Sends the job, and follows the program to its end.
pub fn relay(mut machine: Machine, job: &Job, size: &Size) -> Result<Ending> {
    let failed = |e: io::Error| Error::new("cannot talk to the virtual machine").fact("reason", e);
    // From here on, what is sent to us is for the program, also while the machine starts.
    let signals = Signals::new([SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2]).map_err(failed)?;
    let channel = machine.channel.try_clone().map_err(failed)?;
    let mut messages = BufReader::with_capacity(128 << 10, machine.channel.try_clone().map_err(failed)?);
    if job.write(&channel).is_err() {
        return Err(machine.what_happened());
    }
    forward(signals, channel);
    loop {
        match Message::read(&mut messages) {
            Ok(Message::Output(stream, bytes)) => show(stream, &bytes),
            Ok(Message::Ended(ending)) => {
                hint(&machine, ending, size);
                return Ok(ending);
            }
            Ok(Message::Failed(reason)) => {
                let error = Error::new("the program was not run in the virtual machine").fact("reason", reason);
                return Err(error.fact("console", machine.console.end()));
            }
            Err(_) => return Err(machine.what_happened()),
        }
    }
}

fn forward(mut signals: Signals, mut channel: UnixStream) {
    thread::spawn(move || {
        for signal in signals.forever() {
            if channel.write_all(&[signal as u8]).is_err() {
                return;
            }
        }
    });
}

/// At once: a reader follows a test while it runs. Where nobody reads any more, the program goes on as it would here with its
/// output's reader gone, and its ending is still of use.
fn show(stream: Stream, bytes: &[u8]) {
    let _ = match stream {
        Stream::Out => io::stdout().write_all(bytes).and_then(|()| io::stdout().flush()),
        Stream::Err => io::stderr().write_all(bytes),
    };
}

fn hint(machine: &Machine, ending: Ending, size: &Size) {
    if ending == Ending::Signal(9) && machine.console.text().contains(OUT_OF_MEMORY) {
        eprintln!(
            "runner: the program was killed: the virtual machine's {} MiB of memory were not enough\n  next:     give the \
             test more: env = {{\"GO_RACE_VM_MEMORY\": \"{}\"}}",
            size.memory,
            size.memory * 2
        );
    }
}
