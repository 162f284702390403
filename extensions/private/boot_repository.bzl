"""The repository of what the boot stage links with, where the environment provides nothing."""

_BUILD = """# Written by toolchains_go_race's boot_repository.
load("{missing_bzl}", "missing_boot_files")

package(default_visibility = ["//visibility:public"])

[missing_boot_files(name = name) for name in ["linker", "libc_amd64", "libc_arm64"]]
"""

def _boot_repository_impl(rctx):
    rctx.file("BUILD.bazel", _BUILD.format(missing_bzl = Label("//toolchain/bootstrap:missing.bzl")))

boot_repository = repository_rule(
    implementation = _boot_repository_impl,
    doc = """Declares `:linker`, `:libc_amd64` and `:libc_arm64`, each of which fails with an error that says what to
do. An environment that builds the tools from source replaces it (`--override_repository`): see
//toolchain/bootstrap.""",
)
