"""A repository with the defaults of build settings, which tags may say."""

def _defaults_repository_impl(rctx):
    rctx.file("BUILD.bazel", "")
    rctx.file("defaults.bzl", """\"\"\"What the tags of the race extension say.\"\"\"

GLIBC_VERSION = {}
LIBC = {}
VIRTUAL_MACHINE = {}
""".format(repr(rctx.attr.glibc_version), repr(rctx.attr.libc), repr(json.decode(rctx.attr.virtual_machine))))

defaults_repository = repository_rule(
    implementation = _defaults_repository_impl,
    doc = "Makes `defaults.bzl` of `race.libc` and `race.virtual_machine`.",
    attrs = {
        "glibc_version": attr.string(doc = "Default of `//toolchain:glibc_version`.", mandatory = True),
        "libc": attr.string(doc = "Default of `//toolchain:libc`.", mandatory = True),
        "virtual_machine": attr.string(
            doc = "JSON: `cpus` and `memory` of //vm:virtual_machine, or null if the root module declares none.",
            mandatory = True,
        ),
    },
)
