//! What `cc`, `c++`, `ld.lld`, `ar` and `ranlib` of the module do with a command line.
//!
//! Bazel and Go call this program as their C compiler. It finds its trees beside itself, adds what a hermetic static
//! musl build (or a dynamic glibc one) needs, refuses what would leak from the host, and becomes the packed LLVM. [`plan`] is all of that as a
//! pure function of a [`Call`]; the program only gathers the call and executes the [`Invocation`].
//!
//! The layout of the trees is described at [`layout::Layout`], the rule for the host's paths at [`roots::Roots`].

mod bytes;
mod compile;
mod driver;
mod error;
mod flags;
mod headers;
pub mod hint;
mod host_paths;
mod invocation;
pub mod layout;
mod link;
mod linker;
mod llvm;
mod request;
mod response;
pub mod roots;
mod scan;
mod tools;

pub use error::{Error, REFUSED};
pub use invocation::{Call, Invocation};
pub use layout::Arch;

use hint::Missing;
use layout::{Layout, Tool};
use roots::Roots;

/// What to execute for a call, or why it is refused. Touches nothing but the response files that the call names.
pub fn plan(call: &Call) -> Result<Invocation, Error> {
    let layout = Layout::from_argv0(&call.argv0)?;
    let roots = Roots::of(call, &layout);
    if let Some(start) = llvm::again(call, &layout, &roots) {
        return Ok(Invocation::new(start, &call.env, Missing::default()));
    }
    let (args, missing) = match layout.tool {
        Tool::Cc | Tool::Cxx => driver::args(call, &layout, &roots)?,
        Tool::Linker => (tools::linker_args(call, &layout, &roots)?, Missing::default()),
        Tool::Ar => (tools::ar_args(call, &roots)?, Missing::default()),
        Tool::Ranlib => (tools::ranlib_args(call, &roots)?, Missing::default()),
    };
    Ok(Invocation::new(llvm::start(call, &layout, args), &call.env, missing))
}
