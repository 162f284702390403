//! What the module promises, shown on whole workspaces. `./dev test` runs this.

mod airgap;
mod another_llvm;
mod arm64;
mod bare;
mod bootstrap;
mod c_rules;
mod cpp;
mod crates;
mod doctor;
mod errors;
mod glibc;
mod headers;
mod hermetic;
mod interface;
mod leakcheck;
mod matrix;
mod modules;
mod own_tools;
mod race;
mod racereport;
mod racereport_page;
mod release;
mod reproducible;
mod sqlite;
mod stranger;
mod virtual_machine;
