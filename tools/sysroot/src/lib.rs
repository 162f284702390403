//! Makes the payload of the module, tarballs with clang, headers and libraries, from pinned packages.
//!
//! Data flows one way: [`lock`] says which packages, [`fetch`] brings them with their registries' own clients and
//! checks them, [`package`] reads their files, [`select`] says which file goes where, [`runtimes`] compiles what they have
//! as sources only ([`glibc`] knows what glibc consists of), [`tarball`] writes bytes that depend on nothing else, and
//! [`pack`] runs all of it and compares the result with the lock. [`update`] pins newer packages; [`llvm`] makes an archive
//! of an LLVM that the lock knows nothing of. [`dynamic`] finds the libraries of either's programs.

pub mod about;
pub mod archive;
pub mod cli;
pub mod compare;
pub mod digest;
pub mod dynamic;
pub mod fetch;
pub mod folder;
pub mod glibc;
pub mod json;
pub mod llvm;
pub mod lock;
pub mod pack;
pub mod package;
pub mod progress;
pub mod runtimes;
pub mod select;
pub mod tarball;
pub mod update;
