"""A repository with the defaults of build settings, which tags may say, or which are others in a release."""

def _defaults_repository_impl(rctx):
    rctx.file("BUILD.bazel", "")
    rctx.file("defaults.bzl", """\"\"\"The defaults of toolchains_go_race's build settings.\"\"\"

GLIBC_VERSION = {glibc_version}
LIBC = {libc}
TOOLS_ORIGIN = {tools_origin}
VIRTUAL_MACHINE = {virtual_machine}
""".format(
        glibc_version = repr(rctx.attr.glibc_version),
        libc = repr(rctx.attr.libc),
        tools_origin = repr(rctx.attr.tools_origin),
        virtual_machine = repr(json.decode(rctx.attr.virtual_machine)),
    ))

defaults_repository = repository_rule(
    implementation = _defaults_repository_impl,
    doc = "Makes `defaults.bzl` of `race.libc` and `race.virtual_machine`, and of what a release has.",
    attrs = {
        "glibc_version": attr.string(doc = "Default of `//toolchain:glibc_version`.", mandatory = True),
        "libc": attr.string(doc = "Default of `//toolchain:libc`.", mandatory = True),
        "tools_origin": attr.string(doc = "Default of `//tools:origin`.", mandatory = True),
        "virtual_machine": attr.string(
            doc = "JSON: `cpus` and `memory` of //vm:virtual_machine, or null if the root module declares none.",
            mandatory = True,
        ),
    },
)
