"""The programs of a release, as they are published: optimised, stripped, for one architecture."""

load("//toolchain:arch.bzl", "ARCHS")
load("//toolchain/bootstrap:stage.bzl", "BOOT_INPUTS", "BOOT_OUTPUTS", "boot_settings")

_PLATFORMS = "//command_line_option:platforms"
_COMPILATION_MODE = "//command_line_option:compilation_mode"

def _release_transition_impl(settings, attr):
    return boot_settings(settings, rustc_flags = ["--codegen=strip=symbols"]) | {
        _COMPILATION_MODE: "opt",
        _PLATFORMS: str(Label("//release:linux_" + attr.arch)),
    }

_release_transition = transition(
    implementation = _release_transition_impl,
    inputs = BOOT_INPUTS,
    outputs = BOOT_OUTPUTS + [
        _COMPILATION_MODE,
        _PLATFORMS,
    ],
)

def _release_programs_impl(ctx):
    programs = []
    for binary, name in ctx.attr.binaries.items():
        program = ctx.actions.declare_file("{}/{}".format(ctx.label.name, name))
        executable = binary[DefaultInfo].files_to_run.executable
        ctx.actions.symlink(output = program, target_file = executable, is_executable = True)
        programs.append(program)
    return [DefaultInfo(files = depset(programs))]

release_programs = rule(
    implementation = _release_programs_impl,
    doc = "The programs for an architecture, as `NAME/PROGRAM`.",
    attrs = {
        "arch": attr.string(doc = "amd64 or arm64.", mandatory = True, values = ARCHS.keys()),
        "binaries": attr.label_keyed_string_dict(
            doc = "The programs, each with its name.",
            cfg = _release_transition,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
)
