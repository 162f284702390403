//! Bundles all that a build needs, on a machine with a network, and builds from the bundle where there is none.
//!
//! A bundle is a folder. Bazel reads every part of it as it lies there, by plain options ([`place`]); nothing is unpacked.
//!
//! | part | is |
//! | --- | --- |
//! | `bundle.json` | what was bundled, for which workspaces and platforms ([`manifest`]) |
//! | `contents.txt` | every other file, with its SHA-256, size and kind ([`contents`]) |
//! | `airgap` | this program |
//! | `repository_cache/` | what repository rules download: a `--repository_cache` |
//! | `registry/` | the modules that came from registries: a `--registry` |
//! | `modules/`, `repositories/` | folders that stand for modules and repositories ([`tree`]) |
//! | `goproxy/` | the Go modules: a GOPROXY |
//! | `disk_cache/` | results of actions, if they were asked for: a `--disk_cache` |
//! | `downloader.cfg` | has Bazel refuse every other download at once |

pub mod bundle;
pub mod cli;
pub mod contents;
mod digest;
mod external;
mod files;
mod gaps;
mod isolated;
mod list;
pub mod manifest;
pub mod place;
mod progress;
mod registry;
pub mod run;
mod shown;
pub mod tree;
pub mod verify;
