"""The cc toolchain of the stage `none`: it is found, and nothing of it can be run."""

load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES")
load("@rules_cc//cc/toolchains:cc_toolchain_config_info.bzl", "CcToolchainConfigInfo")
load("//toolchain:arch.bzl", "ARCHS")
load(":config.bzl", "stage_config_info")

def _no_cc_toolchain_config_impl(ctx):
    return stage_config_info(
        ctx,
        stage = "none",
        environment = "none",
        libc = "none",
        program = ctx.file.tool,
        more_actions = [ACTION_NAMES.strip],
    )

no_cc_toolchain_config = rule(
    implementation = _no_cc_toolchain_config_impl,
    doc = "Configures a cc_toolchain for analysis only.",
    attrs = {
        "target_arch": attr.string(
            doc = "amd64 or arm64.",
            mandatory = True,
            values = ARCHS.keys(),
        ),
        "tool": attr.label(
            doc = "What stands for every tool: a file that is no program, whose name says why.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
    },
    provides = [CcToolchainConfigInfo],
)
