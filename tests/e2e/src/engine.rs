//! A remote execution engine, started as `./dev remote up` starts one.

use std::fs;
use std::net::TcpListener;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::{Command, Output, Setup};

/// An engine that runs. It outlives the process: `./dev` ends it after the tests.
#[derive(Debug)]
pub struct Engine {
    folder: PathBuf,
    port: u16,
    setup: Setup,
}

impl Engine {
    /// Starts an engine with an empty store, in a folder of this name. A worker is `NAME,KEY=VALUE,…`: its host, and the properties that
    /// it claims. Each runs one action at once.
    ///
    /// # Panics
    ///
    /// If it does not start: the ends of its logs are shown.
    pub fn start(name: &str, workers: &[&str]) -> Self {
        let setup = Setup::get();
        let engine = Self { folder: setup.cache.join(name), port: free_port(), setup };
        let folder = engine.folder.to_string_lossy();
        let port = engine.port.to_string();
        engine.call(&[&["start_engine", &folder, &port, "1"], workers].concat()).succeeds();
        engine
    }

    /// The address, as Bazel's `--remote_executor` wants it.
    pub fn address(&self) -> String {
        format!("grpc://127.0.0.1:{}", self.port)
    }

    /// The port of the loopback interface.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// What the engine's database answers: rows as lines, with `|` between columns.
    #[track_caller]
    pub fn ask(&self, sql: &str) -> String {
        let answer = self.call(&["ask_engine", &self.folder.to_string_lossy(), sql]).succeeds();
        answer.stdout.trim_end().to_owned()
    }

    /// Kills a process with all that it has started, as a machine does that loses power: `buildgrid`, or the host of a worker by its
    /// name. The engine starts it anew.
    pub fn kill(&self, name: &str) {
        let kills = || self.log(name).matches("was killed, as asked for").count();
        let before = kills();
        fs::write(self.folder.join("control"), format!("{name}\n")).expect("the engine's control");
        let start = Instant::now();
        while kills() == before {
            assert!(start.elapsed() < Duration::from_secs(10), "{name} was not killed: {}", self.log(name));
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Ends the engine, where no test wants it any more: it takes a tenth of a processor when it has nothing to do.
    pub fn stop(&self) {
        self.call(&["forget_engine", &self.folder.to_string_lossy()]).succeeds();
    }

    /// What a process has written, by the name of [`kill`](Self::kill).
    fn log(&self, name: &str) -> String {
        let log = fs::read(self.folder.join("log").join(name)).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// Removes the content with this SHA-256 from the store, as a disk does that loses a file.
    ///
    /// # Panics
    ///
    /// If it is not there.
    #[track_caller]
    pub fn lose(&self, sha256: &str) {
        let (start, rest) = sha256.split_at(2);
        let path = self.folder.join("cas/cas/objects").join(start).join(rest);
        fs::remove_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }

    fn call(&self, words: &[&str]) -> Output {
        let script = "set -euo pipefail; repo=$1 engine=$2 root=$3; for part in lib enter remote; do source \"$repo/devenv/$part.sh\"; done\n\
                      \"${@:4}\"";
        let Setup { repo, engine, root, .. } = &self.setup;
        Command::new("bash").args(["-c", script, "engine"]).args([repo, engine, root]).args(words).run_at_once()
    }
}

/// A port of the loopback interface at which nothing listens.
fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("the loopback interface");
    listener.local_addr().expect("an address").port()
}
