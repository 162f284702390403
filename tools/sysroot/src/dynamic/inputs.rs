//! The inputs as one file system: what may be of use is read, and links are followed within it and never out of it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use diagnostic::{Error, Result};

use crate::package::{Member, members};

/// As many links as the kernel follows for one path.
const MOST_LINKS: usize = 40;

/// A file that may be of use.
#[derive(Debug)]
pub struct File {
    /// Its bytes.
    pub content: Vec<u8>,
    /// The input that it is from, by its name.
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
    /// Reads folders, tars and Debian packages, each with the name that its files' `input` gets; of files only those whose
    /// path `is_wanted` accepts, and every link.
    pub fn read<'a>(
        inputs: impl IntoIterator<Item = (String, &'a Path)>,
        is_wanted: impl Fn(&str) -> bool,
    ) -> Result<Self> {
        let mut all = Inputs::default();
        for (input, path) in inputs {
            members(path, &mut |name, member| all.add(name, member, &input, &is_wanted))?;
        }
        Ok(all)
    }

    fn add(&mut self, name: String, member: Member, input: &str, is_wanted: impl Fn(&str) -> bool) -> Result<()> {
        let node = match member {
            Member::File(reader) => {
                if !is_wanted(&name) {
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

/// Whether a file's name is that of a library. Those that glibc takes in place of others on some machines are passed over.
pub fn is_library(path: &str) -> bool {
    file_name(path).contains(".so") && !path.contains("/glibc-hwcaps/")
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
}
