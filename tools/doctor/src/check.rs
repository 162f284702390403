//! The checks: each judges what Bazel answered.

pub mod module_file;
pub mod pair;
pub mod payload;
pub mod place;
pub mod sandbox;
pub mod toolchain;
pub mod version;

/// The architectures, by Go's names.
pub const ARCHS: [&str; 2] = ["amd64", "arm64"];

/// The end of the label of the C++ toolchain type.
pub const CC_TYPE: &str = "//tools/cpp:toolchain_type";
/// The end of the label of rules_go's toolchain type.
pub const GO_TYPE: &str = "//go:toolchain";
/// The end of the label of the toolchain type of our tools.
pub const TOOLS_TYPE: &str = "//tools:toolchain_type";
