//! The inputs as one file system: what may be of use is read, and links are followed within it and never out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use diagnostic::{Error, Result};

use crate::package::{Member, members};

/// As many links as the kernel follows for one path.
const MOST_LINKS: usize = 40;

/// A file that may be of use.
#[derive(Debug)]
pub struct File {
    /// Its bytes.
    pub content: Vec<u8>,
    /// The input that it is from, by its file name.
    pub input: String,
}

#[derive(Debug)]
enum Node {
    File(File),
    Link(String),
}

/// All files that may be of use, and all links.
#[derive(Debug, Default)]
pub struct Inputs {
    nodes: BTreeMap<String, Node>,
}

impl Inputs {
    /// Reads the inputs: folders, tars and Debian packages.
    pub fn read(paths: &[PathBuf]) -> Result<Self> {
        let mut inputs = Inputs::default();
        for path in paths {
            let input = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            members(path, &mut |name, member| inputs.add(name, member, &input))?;
        }
        Ok(inputs)
    }

    fn add(&mut self, name: String, member: Member, input: &str) -> Result<()> {
        let node = match member {
            Member::File(reader) => {
                if !may_be_of_use(&name) {
                    return Ok(());
                }
                let mut content = Vec::new();
                let read = reader.read_to_end(&mut content);
                read.map_err(|e| Error::new(format!("cannot read {name}")).fact("reason", e))?;
                Node::File(File { content, input: input.to_owned() })
            }
            Member::Link(target) => Node::Link(target),
            Member::HardLink(target) => Node::Link(format!("/{target}")),
        };
        match (self.nodes.get(&name), &node) {
            (Some(Node::File(old)), Node::File(new)) if old.content != new.content => {
                Err(Error::new(format!("two inputs have a {name}, and not the same"))
                    .fact("one", &old.input)
                    .fact("other", input)
                    .next("name one of them"))
            }
            // Which of two links counts is told where one of them is followed.
            (Some(Node::File(_)), Node::Link(_)) => Ok(()),
            _ => {
                self.nodes.insert(name, node);
                Ok(())
            }
        }
    }

    /// Every path of a file or link, in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.nodes.keys().map(String::as_str)
    }

    /// The file that `path` leads to, with its own path; links are followed as if the inputs were the root.
    pub fn find(&self, path: &str) -> Option<(String, &File)> {
        let mut rest: Vec<String> = names(path).rev().collect();
        let mut real: Vec<String> = Vec::new();
        let mut links = 0;
        while let Some(name) = rest.pop() {
            if name == ".." {
                real.pop();
                continue;
            }
            real.push(name);
            if let Some(Node::Link(target)) = self.nodes.get(&real.join("/")) {
                links += 1;
                if links > MOST_LINKS {
                    return None;
                }
                real.pop();
                if target.starts_with('/') {
                    real.clear();
                }
                rest.extend(names(target).rev());
            }
        }
        let real = real.join("/");
        match self.nodes.get(&real) {
            Some(Node::File(file)) => Some((real, file)),
            _ => None,
        }
    }

    /// The files, by their own paths, that paths lead to whose last name `is_wanted` accepts.
    pub fn found(&self, is_wanted: impl Fn(&str) -> bool) -> BTreeMap<String, &File> {
        let wanted: BTreeSet<&str> = self.paths().filter(|path| is_wanted(file_name(path))).collect();
        wanted.into_iter().filter_map(|path| self.find(path)).collect()
    }
}

/// What stands after the last `/`.
pub fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn names(path: &str) -> std::vec::IntoIter<String> {
    let names: Vec<String> =
        path.split('/').filter(|name| !name.is_empty() && *name != ".").map(str::to_owned).collect();
    names.into_iter()
}

/// Programs, libraries, clang's headers and licences. An LLVM as its project ships it has gigabytes of other things.
fn may_be_of_use(path: &str) -> bool {
    let name = file_name(path);
    let in_bin = Path::new(path).parent().is_some_and(|folder| folder.ends_with("bin"));
    let program = in_bin && ["clang", "ld.lld", "lld", "llvm-ar"].iter().any(|known| is_named(name, known));
    let library = name.contains(".so") && !path.contains("/glibc-hwcaps/");
    program || library || super::header(path).is_some() || name == "copyright"
}

/// Whether a program's name is `known`, or that with a version: `clang-19`.
pub fn is_named(name: &str, known: &str) -> bool {
    name.strip_prefix(known).is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix('-').is_some_and(|v| v.bytes().all(|b| b.is_ascii_digit() || b == b'.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(nodes: &[(&str, Result<&str, &str>)]) -> Inputs {
        let node = |content: &Result<&str, &str>| match content {
            Ok(content) => Node::File(File { content: content.as_bytes().to_vec(), input: String::new() }),
            Err(target) => Node::Link((*target).to_owned()),
        };
        Inputs { nodes: nodes.iter().map(|(path, content)| ((*path).to_owned(), node(content))).collect() }
    }

    #[test]
    fn links_are_followed_within_the_inputs() {
        let inputs = inputs(&[
            ("usr/lib/llvm-19/bin/clang", Ok("clang")),
            ("usr/bin/clang-19", Err("../lib/llvm-19/bin/clang")),
            ("bin", Err("usr/bin")),
            ("etc/alternatives/clang", Err("/usr/bin/clang-19")),
            ("out", Err("../../../../usr/bin/clang-19")),
            ("loop", Err("loop")),
            ("nowhere", Err("/etc/passwd")),
        ]);
        for path in ["usr/bin/clang-19", "bin/clang-19", "etc/alternatives/clang", "out", "/usr/lib/../bin/./clang-19"]
        {
            assert_eq!(inputs.find(path).expect(path).0, "usr/lib/llvm-19/bin/clang", "{path}");
        }
        for path in ["loop", "nowhere", "bin", "usr/lib", "other"] {
            assert!(inputs.find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn programs_may_have_versions() {
        for name in ["clang", "clang-19", "clang-19.1"] {
            assert!(is_named(name, "clang"), "{name}");
        }
        for name in ["clang++", "clang-format", "clang-cl", "clangd", "lang"] {
            assert!(!is_named(name, "clang"), "{name}");
        }
    }
}
