//! Which paths belong to the build, and which to the host.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use crate::bytes::{is_within, normalised};
use crate::invocation::Call;
use crate::layout::Layout;

/// First names of the temporary folders and files of Go and of rules_go: cmd/go, cmd/link, cmd/cgo, rules_go's builder.
const GO_WORK: [&[u8]; 4] = [b"go-build", b"go-link-", b"cgo-gcc-input-", b"rules_go_work-"];

/// The folders that a call may name.
///
/// In a build by Bazel those are the execution root, the current folder, the trees, and the temporary work folders of
/// Go and rules_go, which pass absolute paths. Everything else is the host's.
///
/// The execution root is known from `argv[0]`. Bazel calls with a relative path: the current folder is the root.
/// rules_go calls with an absolute one, from other folders too: the root is what stands before the last `bazel-out`,
/// else `execroot/NAME`, else what stands before the last `external` (the last, as a Bazel may run inside another).
///
/// An absolute path without any of these names is no call by Bazel but by `go build`, or by a person. GOROOT, the module
/// cache and the sources are then absolute paths anywhere, so no path is refused.
#[derive(Debug)]
pub struct Roots {
    execution_root: Option<PathBuf>,
    allowed: Vec<Vec<u8>>,
    temporary: Vec<Vec<u8>>,
    cwd: PathBuf,
}

impl Roots {
    /// The folders for one call.
    pub fn of(call: &Call, layout: &Layout) -> Self {
        let root = if call.argv0.as_bytes().starts_with(b"/") {
            execution_root(call.argv0.as_bytes())
        } else {
            Some(call.cwd.clone())
        };
        // A remote worker may give an action a root file system of its own, with nothing but its inputs. Then, and only
        // then, the execution root can be `/`. The other two never open up the whole machine.
        let others = [call.cwd.as_path(), layout.dir()].into_iter().filter(|folder| *folder != Path::new("/"));
        let allowed =
            others.chain(root.as_deref()).map(|folder| normalised(&call.cwd, folder.as_os_str().as_bytes())).collect();
        let variables = ["GOTMPDIR", "TMPDIR"].into_iter().filter_map(|name| call.variable(name));
        let temporary = variables
            .map(OsStrExt::as_bytes)
            .chain([b"/tmp".as_slice()])
            .filter(|folder| folder.starts_with(b"/"))
            .map(|folder| normalised(&call.cwd, folder))
            .collect();
        Self { execution_root: root, allowed, temporary, cwd: call.cwd.clone() }
    }

    /// The folder that Bazel runs its actions in, when this is a call by Bazel.
    pub fn execution_root(&self) -> Option<&Path> {
        self.execution_root.as_deref()
    }

    /// Whether a call may name this path.
    pub fn allow(&self, path: &[u8]) -> bool {
        if self.execution_root.is_none() || path == b"/dev/null" {
            return true;
        }
        let path = normalised(&self.cwd, path);
        self.allowed.iter().any(|folder| is_within(&path, folder))
            || self.temporary_name(&path).is_some_and(|name| GO_WORK.iter().any(|work| name.starts_with(work)))
    }

    /// Whether this is a file that clang made for the linker: `/tmp/NAME-0a1b2c.o`, or its own long command line.
    pub fn is_made_by_clang(&self, path: &[u8]) -> bool {
        let path = normalised(&self.cwd, path);
        let Some(name) = self.temporary_name(&path) else {
            return false;
        };
        let Some(stem) = name.strip_suffix(b".o").or_else(|| name.strip_suffix(b".txt")) else {
            return false;
        };
        let dash = stem.len().checked_sub(7);
        dash.is_some_and(|dash| stem[dash] == b'-' && stem[dash + 1..].iter().all(u8::is_ascii_hexdigit))
    }

    /// What follows the temporary folder in a path.
    fn temporary_name<'a>(&self, path: &'a [u8]) -> Option<&'a [u8]> {
        self.temporary.iter().find_map(|folder| path.strip_prefix(folder.as_slice())?.strip_prefix(b"/"))
    }
}

fn execution_root(argv0: &[u8]) -> Option<PathBuf> {
    let components: Vec<&[u8]> = argv0.split(|b| *b == b'/').collect();
    let last = |name: &[u8]| components.iter().rposition(|component| *component == name);
    let end = last(b"bazel-out")
        .or_else(|| last(b"execroot").map(|at| at + 2))
        .or_else(|| last(b"external"))
        .filter(|end| *end < components.len())?;
    let root = components[..end].join(&b'/');
    Some(PathBuf::from(if root.is_empty() { OsStr::new("/") } else { OsStr::from_bytes(&root) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_execution_root_is_known_from_an_absolute_path() {
        for (argv0, root) in [
            ("/o/execroot/_main/bazel-out/k8/bin/external/m~/t/bin/amd64/cc", Some("/o/execroot/_main")),
            (
                "/o/sandbox/linux-sandbox/3/execroot/_main/bazel-out/k8/bin/t/bin/amd64/cc",
                Some("/o/sandbox/linux-sandbox/3/execroot/_main"),
            ),
            ("/w/external/m~/t/bin/amd64/cc", Some("/w")),
            ("/o/execroot/_main/third_party/t/bin/amd64/cc", Some("/o/execroot/_main")),
            (
                "/a/execroot/x/bazel-out/k8/testlogs/tmp/execroot/y/bazel-out/k8/bin/t/bin/amd64/cc",
                Some("/a/execroot/x/bazel-out/k8/testlogs/tmp/execroot/y"),
            ),
            (
                "/home/u/external/o/execroot/_main/bazel-out/k8/bin/t/bin/amd64/cc",
                Some("/home/u/external/o/execroot/_main"),
            ),
            ("/trees/bin/amd64/cc", None),
            ("/bazel-out/k8/bin/t/bin/amd64/cc", Some("/")),
        ] {
            assert_eq!(execution_root(argv0.as_bytes()).as_deref(), root.map(Path::new), "{argv0}");
        }
    }
}
