//! Tests for arm64 are run, each in a virtual machine of its own, and are what they are here.

mod board;
mod builds;
mod ends;
mod matrix;
mod runner;
mod same;

use std::sync::MutexGuard;

use e2e::{Shared, Workspace};

/// What docs/arm64.md says.
pub const ARM64_RACE: &str = "--config=arm64-race";

/// The fixture.
fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| {
        let workspace = Workspace::of_fixture("vm", "vm");
        configure(&workspace);
        workspace
    })
}

/// Adds the lines of .bazelrc that docs/arm64.md has a user copy.
pub fn configure(workspace: &Workspace) {
    workspace.append(".bazelrc", &documented("build:arm64-race"));
}

/// A code block of docs/arm64.md, by its start.
fn documented(start: &str) -> String {
    let page = std::fs::read_to_string(e2e::Setup::get().repo.join("docs/arm64.md")).expect("docs/arm64.md");
    let mut blocks = page.split("```").skip(1).step_by(2).map(|block| block.split_once('\n').expect("lines").1);
    blocks
        .find(|block| block.starts_with(start))
        .unwrap_or_else(|| panic!("no block {start:?} in docs/arm64.md"))
        .into()
}

#[test]
fn the_examples_have_what_the_page_says() {
    for example in ["hello_test", "cgo_sqlite", "cgo_cpp"] {
        let folder = e2e::Setup::get().repo.join("examples").join(example);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
        assert!(read(".bazelrc").ends_with(&documented("build:arm64-race")), "{example}/.bazelrc");
        assert!(read("MODULE.bazel").contains(&documented("race = use_extension")), "{example}/MODULE.bazel");
    }
}
