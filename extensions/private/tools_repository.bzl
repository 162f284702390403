"""A repository with the prebuilt tools of a release, for one architecture."""

load("//tools:programs.bzl", "PROGRAMS")
load(":download.bzl", "DOWNLOAD_ATTRS", "download")

_BUILD = """# Written by toolchains_go_race's tools_repository.
exports_files({files})
"""

_MISSING = """# Written by toolchains_go_race's missing_tools_repository.
load("{missing_bzl}", "missing_prebuilt_tool")

package(default_visibility = ["//visibility:public"])

[missing_prebuilt_tool(name = name) for name in {files}]
"""

_FILES = ["bin/" + name for name in PROGRAMS]

def _tools_repository_impl(rctx):
    download(rctx)
    rctx.extract(rctx.attr.file)
    rctx.delete(rctx.attr.file)
    rctx.file("BUILD.bazel", _BUILD.format(files = repr(_FILES)))

def _missing_tools_repository_impl(rctx):
    rctx.file("BUILD.bazel", _MISSING.format(
        files = repr(_FILES),
        missing_bzl = Label("//toolchain/prebuilt:missing.bzl"),
    ))

tools_repository = repository_rule(
    implementation = _tools_repository_impl,
    doc = "Downloads and unpacks the archive of a release's tools: `:bin/NAME` are the programs.",
    attrs = DOWNLOAD_ATTRS,
)

missing_tools_repository = repository_rule(
    implementation = _missing_tools_repository_impl,
    doc = "Declares the same names, each of which fails with an error that says what to do. A checkout has it.",
)
