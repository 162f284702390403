"""An implementation of @toolchains_go_race//tools:toolchain_type: the module's own driver, and an unpacker in Go."""

load("@toolchains_go_race//tools:toolchain.bzl", "RaceToolsInfo")

def _go_unpacker_tools_impl(ctx):
    return [platform_common.ToolchainInfo(
        race_tools = RaceToolsInfo(
            cc = ctx.file.cc,
            nm = ctx.file.nm,
            unpack = ctx.file.unpack,
        ),
    )]

go_unpacker_tools = rule(
    implementation = _go_unpacker_tools_impl,
    doc = "The tools of toolchains_go_race with another unpacker.",
    attrs = {
        # These run on the toolchain's target platform, which is where C actions run: no `cfg`.
        "cc": attr.label(
            doc = "The cc driver.",
            allow_single_file = True,
            default = "@toolchains_go_race//tools:cc",
        ),
        "nm": attr.label(
            doc = "The nm of ELF files.",
            allow_single_file = True,
            default = "@toolchains_go_race//tools:nm",
        ),
        # This one runs on the toolchain's execution platform.
        "unpack": attr.label(
            doc = "The unpacker: one static file, for only this becomes an input of the action.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
    },
)
