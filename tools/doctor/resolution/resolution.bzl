"""What Bazel resolves, for doctor to ask: rules that need a toolchain and do nothing with it but say which it is.

doctor reads the way there from `--toolchain_resolution_debug`, whose lines name the target platform. Each target here
has a platform of its own for that reason.
"""

load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES")
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")

CC_TYPE = Label("@bazel_tools//tools/cpp:toolchain_type")
GO_TYPE = Label("@rules_go//go:toolchain")
TOOLS_TYPE = Label("//tools:toolchain_type")

RaceResolutionInfo = provider(
    doc = "What is known of the toolchain that was found.",
    fields = {
        "facts": """dict of string to string. Of C: `compiler` (the program that compiles: an absolute path is one of the
machine's), `libc`, `system`. Of Go: `version` (`1.27.0`). Empty if no toolchain was found.""",
    },
)

def _cc_facts(ctx, toolchain):
    cc = getattr(toolchain, "cc", None) or toolchain
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    return {
        "compiler": cc_common.get_tool_for_action(feature_configuration = features, action_name = ACTION_NAMES.c_compile),
        "libc": cc.libc,
        "system": cc.target_gnu_system_name,
    }

def _go_facts(_ctx, toolchain):
    return {"version": toolchain.sdk.version}

def _tools_facts(_ctx, _toolchain):
    return {}

def _to_platform_impl(settings, attr):
    result = dict(settings)
    if attr.platform:
        result["//command_line_option:platforms"] = str(attr.platform)
    if attr.libc:
        result[_LIBC] = attr.libc
    return result

_LIBC = "//toolchain:libc"
_SETTINGS = ["//command_line_option:platforms", _LIBC]

_to_platform = transition(
    implementation = _to_platform_impl,
    inputs = _SETTINGS,
    outputs = _SETTINGS,
)

def _resolution_rule(toolchain_type, facts, doc, fragments = []):
    def _impl(ctx):
        toolchain = ctx.toolchains[toolchain_type]
        return [RaceResolutionInfo(facts = facts(ctx, toolchain) if toolchain else {})]

    return rule(
        implementation = _impl,
        cfg = _to_platform,
        doc = doc,
        attrs = {
            "libc": attr.string(doc = "The C library, `musl` or `glibc`; else that of the command line."),
            "platform": attr.label(doc = "The target platform; else that of the command line."),
            "_allowlist_function_transition": attr.label(
                default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
            ),
        },
        fragments = fragments,
        provides = [RaceResolutionInfo],
        toolchains = [config_common.toolchain_type(toolchain_type, mandatory = False)],
    )

race_cc_resolution = _resolution_rule(CC_TYPE, _cc_facts, "Resolves the C++ toolchain.", ["cpp"])
race_go_resolution = _resolution_rule(GO_TYPE, _go_facts, "Resolves Go's toolchain.")
race_tools_resolution = _resolution_rule(TOOLS_TYPE, _tools_facts, "Resolves the tools of this module.")
