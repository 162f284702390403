//! Asks Bazel for the actions and the binaries of target patterns.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use bazel::Bazel;
use diagnostic::{Error, Result};

use crate::aquery::{self, Actions};
use crate::roots::Roots;

/// Prints each file of a target, and its executable, with the target's label. Files are relative to the execution root.
const FILES: &str = "'\\n'.join([str(target.label) + '\\t' + f.path for f in target.files.to_list()])";

/// What a workspace's build is.
pub(crate) struct Build {
    /// Its actions.
    pub actions: Actions,
    /// Label and file of each output of the patterns' targets.
    pub files: Vec<(String, PathBuf)>,
    /// Where paths lead.
    pub roots: Roots,
    /// Folders of this machine that must not be in binaries.
    pub machine: Vec<String>,
}

/// Builds the patterns, and asks what the build consists of.
pub(crate) fn build(bazel: &Bazel, patterns: &[String], flags: &[String]) -> Result<Build> {
    let words =
        |first: &[&str]| -> Vec<String> { first.iter().map(|&w| w.to_owned()).chain(flags.iter().cloned()).collect() };
    // The binaries must be on this disk; a flag of the user's comes later and wins.
    let mut call = words(&["build", "--remote_download_outputs=toplevel"]);
    call.push("--".to_owned());
    call.extend(patterns.iter().cloned());
    bazel.run(&call)?;
    let execution_root = PathBuf::from(bazel.info("execution_root")?);
    let output_base = PathBuf::from(bazel.info("output_base")?);
    let roots = Roots::new(&execution_root, Some(&output_base), Some(bazel.workspace()));
    let set = built(patterns);
    let answer = Temporary(output_base.join(format!("leakcheck-{}.json", std::process::id())));
    let mut call = words(&[
        "aquery",
        "--output=jsonproto",
        "--include_commandline",
        "--include_param_files",
        "--include_artifacts",
    ]);
    call.push(format!("--output_file={}", answer.0.display()));
    call.push(format!("deps({set})"));
    bazel.run(&call)?;
    let file = File::open(&answer.0).map_err(|reason| Error::io("read", &answer.0, reason))?;
    let actions = aquery::read(file, "bazel aquery", Some(&roots))?;
    let mut call = words(&["cquery", "--output=starlark"]);
    call.push(format!("--starlark:expr={FILES}"));
    call.push(set);
    let listed = bazel.run(&call)?.stdout;
    let files = listed.lines().filter_map(|line| line.split_once('\t'));
    let mut files: Vec<_> =
        files.map(|(label, file)| (label.trim_start_matches("@@").to_owned(), roots.file(file))).collect();
    files.sort();
    files.dedup();
    let home = std::env::var("HOME").unwrap_or_default();
    let machine = [output_base.as_path(), &execution_root, bazel.workspace(), Path::new(&home)];
    let machine = machine.iter().map(|path| path.display().to_string()).filter(|path| path.len() > 1).collect();
    Ok(Build { actions, files, roots, machine })
}

/// The query for what `bazel build` of these patterns builds: a wildcard leaves manual targets out, a label does not.
fn built(patterns: &[String]) -> String {
    let each = patterns.iter().map(|pattern| {
        match ["...", ":all", ":*", ":all-targets"].iter().any(|end| pattern.ends_with(end)) {
            true => format!("({pattern:?} except attr(\"tags\", \"[\\[ ]manual[,\\]]\", {pattern:?}))"),
            false => format!("{pattern:?}"),
        }
    });
    each.collect::<Vec<_>>().join(" + ")
}

/// A file that goes when this does.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}
