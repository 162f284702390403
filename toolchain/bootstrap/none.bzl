"""The cc toolchain of the stage `none`: it is found, and nothing of it can be run."""

load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES", "ALL_CC_COMPILE_ACTION_NAMES", "ALL_CC_LINK_ACTION_NAMES")
load("@rules_cc//cc:cc_toolchain_config_lib.bzl", "action_config", "feature", "tool")
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/toolchains:cc_toolchain_config_info.bzl", "CcToolchainConfigInfo")
load("//toolchain:arch.bzl", "ARCHS")

_ACTIONS = ALL_CC_LINK_ACTION_NAMES + ALL_CC_COMPILE_ACTION_NAMES + [ACTION_NAMES.cpp_link_static_library, ACTION_NAMES.strip]

def _no_cc_toolchain_config_impl(ctx):
    arch = ARCHS[ctx.attr.target_arch]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = "go_race_none_" + ctx.attr.target_arch,
        host_system_name = "local",
        target_system_name = arch.triple_cpu + "-linux-none",
        target_cpu = arch.cpu,
        target_libc = "none",
        compiler = "none",
        abi_version = "unknown",
        abi_libc_version = "unknown",
        action_configs = [
            action_config(action_name = action, tools = [tool(tool = ctx.file.tool)], enabled = True)
            for action in _ACTIONS
        ],
        features = [feature(name = "no_legacy_features")],
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
