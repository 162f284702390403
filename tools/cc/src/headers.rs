//! Where a call's headers are.

use std::path::{Path, PathBuf};

use crate::hint::Missing;
use crate::layout::{Layout, Tool};
use crate::request::Request;

/// The folders to search, and which trees are not there.
pub struct Headers {
    /// In the order of search: libc++ has a <stddef.h> of its own, which includes the next one of this name.
    pub folders: Vec<PathBuf>,
    /// Trees that this action does not have.
    pub missing: Missing,
}

impl Headers {
    /// Those of a call. Only an action that needs them has the trees of C++ and of the kernel.
    pub fn of(request: &Request, layout: &Layout, exists: fn(&Path) -> bool) -> Self {
        let missing = Missing { cxx: !exists(&layout.cxx()), linux: !exists(&layout.linux()) };
        let mut folders = Vec::new();
        if request.cxx_headers && !missing.cxx && (layout.tool == Tool::Cxx || request.cxx_input) {
            folders.push(layout.cxx_headers());
        }
        if request.c_headers {
            folders.extend(layout.c_headers());
            if !missing.linux {
                folders.extend(layout.linux_headers());
            }
        }
        Self { folders, missing }
    }
}
