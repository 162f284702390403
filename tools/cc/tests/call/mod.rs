//! A call as Bazel makes it.

use std::ffi::OsString;
use std::io;
use std::path::Path;

/// `argv0 args…` in the execution root `/exec/root`, on amd64, with these response files: `args.rsp` holds
/// `-I /usr/include`, `shared.rsp` holds `-shared`, `coverage.rsp` holds `go.o --coverage`, `again.rsp` names itself,
/// `job-0a1b2c.txt` is what clang writes for a job of its own.
pub fn call(argv0: &str, args: &[&str]) -> cc::Call {
    cc::Call {
        argv0: argv0.into(),
        args: args.iter().map(OsString::from).collect(),
        cwd: "/exec/root".into(),
        env: Vec::new(),
        exec: cc::Arch::Amd64,
        read: response_file,
        exists: |path| !path.ends_with("bin/clang") && !path.ends_with("lib/ld.so"),
    }
}

fn response_file(path: &Path) -> io::Result<Vec<u8>> {
    match path.to_str() {
        Some("/exec/root/args.rsp") => Ok(b"-I '/usr/include'".to_vec()),
        Some("/exec/root/shared.rsp") => Ok(b"-shared".to_vec()),
        Some("/exec/root/coverage.rsp") => Ok(b"go.o\n--coverage\n".to_vec()),
        Some("/exec/root/job-0a1b2c.txt") => Ok(b"\"-cc1\" \"-triple\" \"x\" \"a.c\"".to_vec()),
        Some("/exec/root/again.rsp") => Ok(b"@again.rsp".to_vec()),
        _ => Err(io::ErrorKind::NotFound.into()),
    }
}
