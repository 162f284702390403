//! The virtual machine: QEMU, and beside it virtiofsd, which gives it this file system.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::os::fd::{AsFd, AsRawFd as _};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr, UnixListener, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use diagnostic::{Error, Result};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{
    Resource, Rlimit, Signal, getpid, getppid, getrlimit, set_parent_process_death_signal, setrlimit,
};
use vm::SHARE;

use crate::console::{Console, in_memory, path_of};
use crate::files::{Files, Size};
use crate::initramfs::initramfs;

/// What the kernel is told. Its console speaks only of what went wrong, and the machine ends where it panics; what is not
/// of use in a machine of seconds is not started: self-tests of ciphers, security modules, the watchdog, and the list of
/// certificates for modules, of which none is loaded.
const KERNEL: &str = "console=ttyAMA0 quiet panic=-1 nokaslr mitigations=off audit=0 nowatchdog cryptomgr.notests \
                      kfence.sample_interval=0 rodata=off lsm= \
                      initcall_blacklist=load_system_certificate_list,jent_mod_init";

// Not init_on_alloc=0: with it, Debian 13's kernel gave programs memory that was not zeroed (Go's runtime died of it). Not
// rcupdate.rcu_expedited=1: with two processors, it made the start a second longer.

/// A machine that starts. It ends, with all that belongs to it, when this is dropped or when this process dies.
pub struct Machine {
    /// What init says, and is told.
    pub channel: UnixStream,
    /// What went wrong.
    pub console: Console,
    emulator: Child,
    share: Child,
}

impl Machine {
    /// Starts it.
    pub fn start(files: &Files, size: &Size) -> Result<Self> {
        let failed = |e: io::Error| Error::new("cannot set up the virtual machine").fact("reason", e);
        let console = Console::new().map_err(failed)?;
        let share = Share::new().map_err(failed)?;
        let (channel, machines) = UnixStream::pair().map_err(failed)?;
        let mut initrd = in_memory(c"initramfs").map_err(failed)?;
        initrd.write_all(&initramfs(&read(&files.init())?)).map_err(failed)?;
        let child = |mut command: Command, program: &Path| {
            let output = console.stdio().map_err(failed)?;
            let error = console.stdio().map_err(failed)?;
            command.env_clear().stdin(Stdio::null()).stdout(output).stderr(error);
            // Signals for all of our group (Bazel sends SIGTERM so) are for the program alone.
            command.process_group(0);
            dies_with_us(&mut command);
            command.spawn().map_err(|e| {
                Error::new(format!("cannot start {}", program.display()))
                    .fact("reason", e)
                    .next("the emulator is for Linux on amd64: see docs/arm64.md for other machines")
            })
        };
        let mut server = share.server(files).map_err(failed)?;
        may_open_many_files(&mut server);
        let shared = child(server, &files.share())?;
        let emulator = Command::from(Emulator { files, size, console: &console, initrd: &initrd });
        let emulator = with_channels(emulator, &machines, &share.client).map_err(failed)?;
        let emulator = child(emulator, &files.emulator())?;
        Ok(Machine { channel, console, emulator, share: shared })
    }

    /// Why it ended by itself, if it has: what its console and its programs said last.
    pub fn what_happened(&mut self) -> Error {
        let state = match self.emulator.wait() {
            Ok(status) => format!("the emulator ended with {status}"),
            Err(error) => format!("the emulator cannot be waited for: {error}"),
        };
        Error::new("the virtual machine ended before the program did")
            .fact("emulator", state)
            .fact("console", self.console.end())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        for child in [&mut self.emulator, &mut self.share] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A program of the emulator's, by its own loader and with its own libraries.
fn loaded(files: &Files, program: &Path) -> Command {
    let mut command = Command::new(files.loader());
    command.args(["--inhibit-cache", "--library-path"]).arg(files.libraries()).arg(program);
    command
}

/// The kernel ends the process when this one ends, however that happens.
fn dies_with_us(command: &mut Command) {
    let parent = getpid();
    let prepare = move || {
        set_parent_process_death_signal(Some(Signal::KILL))?;
        // It may have died before.
        if getppid() == Some(parent) { Ok(()) } else { Err(io::Error::other("the runner was killed")) }
    };
    // SAFETY: system calls alone, without memory of the parent's.
    unsafe { command.pre_exec(prepare) };
}

/// virtiofsd holds a descriptor for each file that the machine knows of, open or not: as many as are allowed at all. (With too few,
/// the machine's calls fail with ENFILE, or wait for ever.)
fn may_open_many_files(command: &mut Command) {
    let prepare = || {
        let hard = getrlimit(Resource::Nofile).maximum;
        Ok(setrlimit(Resource::Nofile, Rlimit { current: hard, maximum: hard })?)
    };
    // SAFETY: system calls alone, without memory of the parent's.
    unsafe { command.pre_exec(prepare) };
}

/// The shared file system: a socket whose two ends are inherited, so that nobody else can connect, and no file is left.
struct Share {
    listener: UnixListener,
    client: UnixStream,
}

impl Share {
    fn new() -> io::Result<Self> {
        let mut name = [0; 16];
        File::open("/dev/urandom")?.read_exact(&mut name)?;
        // virtiofsd takes one connection, and ours is first: the name cannot be guessed.
        let address = SocketAddr::from_abstract_name(name)?;
        let listener = UnixListener::bind_addr(&address)?;
        let client = UnixStream::connect_addr(&address)?;
        Ok(Share { listener, client })
    }

    /// Without a sandbox of its own, which would need rights that a build action has not: it may do what this process may.
    fn server(&self, files: &Files) -> io::Result<Command> {
        let mut command = loaded(files, &files.share());
        inherit(&self.listener)?;
        command.arg(format!("--fd={}", self.listener.as_raw_fd())).args(["--shared-dir", "/", "--sandbox", "none"]);
        command.args(["--seccomp", "none", "--rlimit-nofile", "0", "--log-level", "error", "--cache", "auto"]);
        Ok(command)
    }
}

/// What QEMU is called with.
struct Emulator<'a> {
    files: &'a Files,
    size: &'a Size,
    console: &'a Console,
    initrd: &'a File,
}

impl From<Emulator<'_>> for Command {
    fn from(emulator: Emulator<'_>) -> Self {
        let Emulator { files, size: Size { cpus, memory }, console, initrd } = emulator;
        let mut command = loaded(files, &files.emulator());
        command.args(["-nodefaults", "-no-user-config", "-display", "none", "-nic", "none", "-no-reboot"]);
        // Of what is emulated exactly, pointer authentication is the slowest; an older processor has none.
        command.args([
            "-M",
            "virt,memory-backend=memory,acpi=off",
            "-cpu",
            "neoverse-n1",
            "-accel",
            "tcg,thread=multi",
        ]);
        command.args(["-smp", &cpus.to_string(), "-m", &format!("{memory}M"), "-object"]);
        command.arg(format!("memory-backend-memfd,id=memory,size={memory}M,share=on"));
        command.arg("-kernel").arg(files.kernel()).arg("-initrd").arg(path_of(initrd)).args(["-append", KERNEL]);
        command.arg("-chardev").arg(option("file,id=console,append=on,path=", console.path().as_os_str()));
        command.args(["-serial", "chardev:console"]);
        command
    }
}

/// Adds the channel to init, and the shared file system.
fn with_channels(mut command: Command, channel: &UnixStream, share: &UnixStream) -> io::Result<Command> {
    for socket in [channel, share] {
        inherit(socket)?;
    }
    command.args([
        "-device",
        "virtio-serial-pci",
        "-chardev",
        &format!("socket,id=channel,fd={}", channel.as_raw_fd()),
    ]);
    command.args(["-device", "virtserialport,chardev=channel,nr=1"]);
    command.args(["-chardev", &format!("socket,id=share,fd={}", share.as_raw_fd())]);
    command.args(["-device", &format!("vhost-user-fs-pci,chardev=share,tag={SHARE}")]);
    Ok(command)
}

fn option(start: &str, value: &OsStr) -> OsString {
    let mut option = OsString::from(start);
    option.push(value);
    option
}

fn inherit(file: impl AsFd) -> io::Result<()> {
    Ok(fcntl_setfd(file, FdFlags::empty())?)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| Error::io("read", path, e))
}
