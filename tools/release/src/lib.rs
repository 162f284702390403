//! Assembles a release of the module from what was built before: a folder that is a registry of Bazel's, a `--distdir`, and
//! all that a publication needs.
//!
//! Data flows one way: [`source`] reads the module's files and its version, [`programs`] the tools that rules_rust built,
//! [`components`] what these are linked from, and [`payload`] the archives that the lock pins. [`tools`] puts the programs
//! together, [`module`] the sources with the digests of these, [`archive`] packs both, [`sbom`] says what all of it consists of, [`registry`] how Bazel finds
//! it, and [`assemble`] runs everything. Nothing depends on the time, the place or the machine.

pub mod archive;
pub mod assemble;
pub mod cli;
pub mod components;
pub mod module;
pub mod payload;
pub mod programs;
pub mod registry;
pub mod sbom;
pub mod source;
pub mod tools;
