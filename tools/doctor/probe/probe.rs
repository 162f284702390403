//! `probe OUT`: writes what the action that runs it can see of its machine, as lines `NAME VALUE`.
//!
//! An action of Bazel's runs it, in whatever sandbox Bazel has here. It uses nothing but the standard library, and nothing
//! that an empty root lacks.

use std::fmt::Write;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

/// Folders of a machine from which a compiler takes part: programs, headers, libraries.
const HOST_FOLDERS: [&str; 6] = ["/usr/bin", "/usr/include", "/usr/lib", "/usr/local", "/bin", "/home"];

fn main() -> ExitCode {
    let Some(out) = env::args_os().nth(1) else {
        eprintln!("probe: no output file is named");
        return ExitCode::FAILURE;
    };
    match fs::write(&out, report()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("probe: cannot write {}: {error}", Path::new(&out).display());
            ExitCode::FAILURE
        }
    }
}

fn report() -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| writeln!(text, "{name} {value}").expect("a String takes all");
    for folder in HOST_FOLDERS {
        // An empty folder is a place to mount on: nothing can be taken from it.
        if fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some()) {
            line("sees", folder);
        }
    }
    line("folder", &env::current_dir().map(|folder| folder.display().to_string()).unwrap_or_default());
    if let Some(uid) = word_after(&read("/proc/self/status"), "Uid:") {
        line("uid", &uid);
    }
    // Two lines of headings, then one for each network interface.
    for interface in read("/proc/net/dev").lines().skip(2).filter_map(|line| line.split_once(':')) {
        line("interface", interface.0.trim());
    }
    text
}

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn word_after(text: &str, name: &str) -> Option<String> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next().map(str::to_owned)
}
