"""A repository with the sources of a crate that the tools are built with."""

load(":download.bzl", "DOWNLOAD_ATTRS", "download")

def _crate_repository_impl(rctx):
    # A crate's archive is a compressed tar by another name, with one folder of the archive's name.
    archive = rctx.attr.file + ".tar.gz"
    download(rctx, output = archive)
    rctx.extract(archive, stripPrefix = rctx.attr.file.removesuffix(".crate"))
    rctx.delete(archive)
    rctx.symlink(rctx.attr.build_file, "BUILD.bazel")

crate_repository = repository_rule(
    implementation = _crate_repository_impl,
    doc = "Downloads and unpacks a crate, with a BUILD file of //third_party/crates.",
    attrs = DOWNLOAD_ATTRS | {
        "build_file": attr.label(doc = "The BUILD file.", allow_single_file = True, mandatory = True),
    },
)
