//! What programs that are linked dynamically need to run: their loader and libraries, from packages that are taken for one
//! file system.

mod closure;
mod elf;
mod inputs;

pub use self::closure::{Closure, closure};
pub use self::elf::Exec;
pub use self::inputs::{File, Inputs, file_name, is_library};
