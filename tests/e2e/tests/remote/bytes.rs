//! What crosses to the client, where it downloads nothing that it does not need.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use e2e::RACE;

use super::{Client, engine, first, workspace};

/// A listener between a client and an engine, which counts.
struct Counter {
    address: String,
    /// Bytes to the engine, and to the client.
    bytes: [Arc<AtomicU64>; 2],
}

impl Counter {
    fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("grpc://127.0.0.1:{}", listener.local_addr().expect("an address").port());
        let bytes: [Arc<AtomicU64>; 2] = Default::default();
        let counts = bytes.clone();
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let client = client.expect("a client");
                let engine = TcpStream::connect(("127.0.0.1", port)).expect("the engine");
                let twin = |stream: &TcpStream| stream.try_clone().expect("a stream");
                pass(twin(&client), twin(&engine), counts[0].clone());
                pass(engine, client, counts[1].clone());
            }
        });
        Self { address, bytes }
    }

    /// What has crossed since the last call: to the engine, to the client.
    fn crossed(&self) -> [u64; 2] {
        self.bytes.each_ref().map(|bytes| bytes.swap(0, Ordering::SeqCst))
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, count: Arc<AtomicU64>) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            count.fetch_add(length as u64, Ordering::SeqCst);
            if to.write_all(&buffer[..length]).is_err() {
                break;
            }
        }
        let _ = to.shutdown(Shutdown::Write);
    });
}

/// How much of LLVM's tree is on the client's disk.
fn llvm_here(client: &Client) -> u64 {
    let (mut size, mut folders) = (0, vec![client.output_base().join("execroot/_main/bazel-out")]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap_or_else(|error| panic!("{}: {error}", next.display())) {
            let entry = entry.expect("an entry");
            let kind = entry.file_type().expect("a kind");
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() && entry.path().to_string_lossy().contains("/toolchain/llvm_amd64/") {
                size += entry.metadata().expect("its size").len();
            }
        }
    }
    size
}

/// 195 MB of LLVM and 271 MB of Go's standard library stay where they were made.
#[test]
fn a_first_race_test_and_an_edited_one_download_next_to_nothing() {
    first();
    let counter = Counter::before(engine().port());
    let workspace = workspace("hello_test", "bytes");
    let client = Client::of(&counter.address, |output_base| workspace.bazel().in_output_base(output_base));
    let test = ["--test_output=errors", RACE, "//tally:tally_test"];

    let cached = client.run("test", &test);
    cached.output.clone().succeeds();
    assert!(cached.log.spawns().all(|spawn| spawn.runner == "remote cache hit"), "{}", cached.output);
    let first = counter.crossed();

    // Another test, so that it is compiled, linked and run.
    workspace.append("tally/tally_test.go", "\nfunc TestEdited(t *testing.T) { t.Log(\"edited\") }\n");
    let edited = client.run("test", &test);
    edited.output.clone().succeeds();
    let executed = edited.executed();
    assert!(["GoCompilePkg", "GoLink", "TestRunner"].iter().all(|kind| executed.contains_key(kind)), "{executed:?}");
    let edit = counter.crossed();
    assert_eq!(llvm_here(&client), 0, "LLVM came to the client");

    // Figures, for docs/figures.md: past what the test harness holds back.
    let mut shown = std::io::stderr();
    writeln!(shown, "        a first race test, all cached: {} bytes up, {} down", first[0], first[1]).expect("stderr");
    writeln!(shown, "        an edited one, {executed:?}: {} bytes up, {} down", edit[0], edit[1]).expect("stderr");
    for (what, [up, down]) in [("a first test", first), ("an edited test", edit)] {
        assert!((1..500_000).contains(&up) && (1..500_000).contains(&down), "{what}: {up} bytes up, {down} down");
    }

    // It does cross where one asks for it: so it would have been seen.
    let asked = client.run(
        "build",
        &["--remote_download_outputs=all", RACE, "//tally:tally_test", "@toolchains_go_race//toolchain:llvm_amd64"],
    );
    asked.output.clone().succeeds();
    let [_, down] = counter.crossed();
    let size = llvm_here(&client);
    assert!(size > 150_000_000 && down > size, "{size} bytes of LLVM are here, {down} bytes have crossed");
}
