"""The boot stage: how the tools are built before there is a C toolchain.

rules_rust needs a C++ toolchain to link, and the final one needs the tools. `//toolchain/bootstrap:stage` cuts the
circle: where it says `boot`, the toolchain that is found is one whose only program is rustc's linker.
"""

# rules_go has this transition for tools that are no Go programs: every setting of its own back to the default, so that
# a tool is built once, whatever the Go target that needs it was built with.
# buildifier: disable=bzl-visibility
load("@rules_go//go/private/rules:transition.bzl", "non_go_tool_transition")
load("//toolchain:arch.bzl", "ARCHS")

# What other rules of this module use, under one name.
go_neutral_transition = non_go_tool_transition

_RUSTC_FLAGS = [
    # Link glibc statically, and make position-independent code for a static-pie (not every target's default).
    "--codegen=target-feature=+crt-static",
    "--codegen=relocation-model=pic",
]

_EXTRA_RUSTC_FLAGS = "@rules_rust//:extra_rustc_flags"

_BOOT_SETTINGS = {
    "//toolchain/bootstrap:stage": "boot",
    # For the tools, and for rules_rust's own tools that their build runs.
    "@rules_rust//:extra_exec_rustc_flags": _RUSTC_FLAGS,
    _EXTRA_RUSTC_FLAGS: _RUSTC_FLAGS,
}

# Before every registered toolchain: also where another module's, such as the host's compiler, is registered first.
_EXTRA_TOOLCHAINS = "//command_line_option:extra_toolchains"
_TOOLCHAINS = {
    stage: [str(Label("//toolchain:{}_{}".format(stage, arch))) for arch in ARCHS]
    for stage in ["boot", "none"]
}

def _extra_toolchains(settings, stage):
    # Of these options, the last one counts first. A tool that a tool needs has them already.
    ours = [label for labels in _TOOLCHAINS.values() for label in labels]
    return [label for label in settings[_EXTRA_TOOLCHAINS] if label not in ours] + _TOOLCHAINS[stage]

# For transitions that are to be ones to the boot stage: what they read and what they write.
BOOT_INPUTS = [_EXTRA_TOOLCHAINS]
BOOT_OUTPUTS = _BOOT_SETTINGS.keys() + [_EXTRA_TOOLCHAINS]

def boot_settings(settings, rustc_flags = []):
    """The settings of the boot stage.

    Args:
      settings: those that a transition with BOOT_INPUTS starts from.
      rustc_flags: list of string: further flags for the programs (not for the tools that their build runs).

    Returns:
      A dict of BOOT_OUTPUTS.
    """
    return _BOOT_SETTINGS | {
        _EXTRA_TOOLCHAINS: _extra_toolchains(settings, "boot"),
        _EXTRA_RUSTC_FLAGS: _RUSTC_FLAGS + rustc_flags,
    }

def _boot_transition_impl(settings, _attr):
    return boot_settings(settings)

_boot_transition = transition(
    implementation = _boot_transition_impl,
    inputs = BOOT_INPUTS,
    outputs = BOOT_OUTPUTS,
)

_COMPILATION_MODE = "//command_line_option:compilation_mode"

# Actions' tools are optimised as all of the exec configuration is; what people run should not be slower.
def _boot_program_transition_impl(settings, _attr):
    return boot_settings(settings) | {_COMPILATION_MODE: "opt"}

_boot_program_transition = transition(
    implementation = _boot_program_transition_impl,
    inputs = BOOT_INPUTS,
    outputs = BOOT_OUTPUTS + [_COMPILATION_MODE],
)

_STAGE = "//toolchain/bootstrap:stage"

def _without_cc_transition_impl(settings, _attr):
    return {_EXTRA_TOOLCHAINS: _extra_toolchains(settings, "none"), _STAGE: "none"}

_without_cc_transition = transition(
    implementation = _without_cc_transition_impl,
    inputs = [_EXTRA_TOOLCHAINS],
    outputs = [
        _EXTRA_TOOLCHAINS,
        _STAGE,
    ],
)

def _boot_stage_tool_impl(ctx):
    return [DefaultInfo(files = depset([ctx.executable.binary]))]

def _boot_stage_program_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = program, target_file = ctx.executable.binary, is_executable = True)
    return [DefaultInfo(
        executable = program,
        runfiles = ctx.attr.binary[0][DefaultInfo].default_runfiles,
    )]

_BOOT_STAGE_ATTRS = {
    "binary": attr.label(
        doc = "The program, in pure Rust and without procedural macros (which would be shared libraries).",
        cfg = go_neutral_transition,
        executable = True,
        mandatory = True,
    ),
    "_allowlist_function_transition": attr.label(
        default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
    ),
}

boot_stage_tool = rule(
    implementation = _boot_stage_tool_impl,
    cfg = _boot_transition,
    doc = "A program that actions run, built in the boot stage and with every setting of rules_go at its default.",
    attrs = _BOOT_STAGE_ATTRS,
)

boot_stage_program = rule(
    implementation = _boot_stage_program_impl,
    cfg = _boot_program_transition,
    doc = "A program that is run as a whole (`bazel run`, `--run_under`), optimised, built as a `boot_stage_tool` is: it needs no C compiler.",
    attrs = _BOOT_STAGE_ATTRS,
    executable = True,
)

tool_without_cc = rule(
    implementation = _boot_stage_tool_impl,
    cfg = _without_cc_transition,
    doc = """A program that an implementation of `//tools:toolchain_type` consists of, in a language that needs no C compiler.

The rules of most languages ask for a C++ toolchain, also where they run nothing of it; and the module's own one needs this
program: Bazel would call that a cycle. Here they get one of which nothing can be run. Every setting of rules_go is at its
default.""",
    attrs = {
        "binary": attr.label(
            doc = "The program: one file that needs nothing beside it. Of Go: a go_binary with `pure = \"on\"`.",
            cfg = go_neutral_transition,
            executable = True,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
