"""For implementations of //tools:toolchain_type that Bazel builds: docs/toolchain_type.md."""

load("//toolchain/bootstrap:stage.bzl", _tool_without_cc = "tool_without_cc")

tool_without_cc = _tool_without_cc
