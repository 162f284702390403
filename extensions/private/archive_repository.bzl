"""A repository that holds one archive of the payload, as it is."""

load(":download.bzl", "DOWNLOAD_ATTRS", "download")

_BUILD = """# Written by toolchains_go_race's archive_repository.
load("{archive_bzl}", "race_archive")

race_archive(
    name = "archive",
    src = "{file}",
    sha256 = "{sha256}",
    visibility = ["//visibility:public"],
)
"""

def _archive_repository_impl(rctx):
    download(rctx)
    rctx.file("BUILD.bazel", _BUILD.format(
        archive_bzl = Label("//toolchain:archive.bzl"),
        file = rctx.attr.file,
        sha256 = rctx.attr.sha256,
    ))

archive_repository = repository_rule(
    implementation = _archive_repository_impl,
    doc = "Downloads one archive and declares it as `:archive`, a race_archive.",
    attrs = DOWNLOAD_ATTRS,
)
