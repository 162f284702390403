//! Which reports are the same race: a key made of functions and lines, and a short name for it.
//!
//! The rule is in `docs/racereport.md`. Addresses, goroutine numbers, tests and the order of the accesses are no part of a key;
//! nor is what Go's own tree or another Go release changes: the lines of the standard library, shapes of generics, the names
//! of function literals.

mod file;
mod function;
mod stack;

use sha2::{Digest, Sha256};

pub use file::{Place, in_workspace, place};
pub use function::{is_literal, is_test, local_name, package};
pub use stack::{Part, essential, frames_of};

use crate::report::{Creations, Report, Stack};

/// What tells races apart.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key(Box<[u8]>);

/// An access in a key. One without a line of source, as the runtime reports some of its own accesses (`sync.WaitGroup`), is
/// told apart by where its goroutine was made.
fn of_access(access: &Stack<'_>, made: &Creations<'_, '_>, root: &str) -> Vec<u8> {
    let mut key = stack::key(access, root);
    let has_line = essential(access, root).iter().any(|(_, part)| *part == Part::Line);
    if !has_line
        && !access.is_lost()
        && let Some(made) = access.actor.and_then(|actor| made.of(actor))
    {
        key.extend_from_slice(b"made\0");
        key.extend(stack::key(made, root));
    }
    key
}

impl Key {
    /// The key of a report. `root` is the workspace's folder, as paths of its own files may begin with it.
    pub fn of(report: &Report<'_>, root: &str) -> Self {
        let made = report.creations();
        let mut stacks: Vec<Vec<u8>> = report.accesses().map(|access| of_access(access, &made, root)).collect();
        if stacks.is_empty() {
            // A leaked thread has nothing but its creation.
            stacks = report.stacks.iter().map(|stack| stack::key(stack, root)).collect();
        }
        // Waiting goroutines and the accesses come in any order, and the same goroutine may wait a hundred times.
        stacks.sort_unstable();
        if report.kind != crate::report::Kind::DataRace {
            stacks.dedup();
        }
        let mut key = report.kind.name().as_bytes().to_vec();
        for stack in stacks {
            key.push(b'\n');
            key.extend(stack);
        }
        Key(key.into())
    }

    /// The race's name: `race-` and ten hexadecimal digits, the first 40 bits of the key's SHA-256.
    pub fn id(&self) -> String {
        let digest = Sha256::digest(&self.0);
        let digits: String = digest[..5].iter().map(|byte| format!("{byte:02x}")).collect();
        format!("race-{digits}")
    }
}
