"""The cc driver under the names that it is called by."""

load("//toolchain/bootstrap:stage.bzl", "go_neutral_transition")

RaceDriverInfo = provider(
    doc = "The tools of a cc toolchain for one target architecture.",
    fields = {
        "tools": "dict of string to File: the executable of each tool, by the tool's name (`cc`, `ld.lld`, …).",
    },
)

# The names that each program of RaceToolsInfo answers to.
_NAMES = {
    "cc": ["ar", "c++", "cc", "ld.lld", "objcopy", "ranlib", "strip"],
    "nm": ["nm"],
}

# The tools of each kind of action. clang calls the linker by the name that the driver gives it.
_KINDS = {
    "archive": ["ar", "ranlib"],
    "compile": ["c++", "cc"],
    "link": ["c++", "cc", "ld.lld"],
    "objcopy": ["objcopy"],
    "strip": ["strip"],
}

def _race_driver_impl(ctx):
    race_tools = ctx.toolchains["//tools:toolchain_type"].race_tools
    tools = {}
    for program, names in _NAMES.items():
        for name in names:
            # A tool knows its target and C library from the folder, and the trees as neighbours of `bin`.
            tools[name] = ctx.actions.declare_file("bin/{}/{}".format(ctx.attr.folder, name))
            ctx.actions.symlink(output = tools[name], target_file = getattr(race_tools, program), is_executable = True)
    return [
        DefaultInfo(files = depset(tools.values())),
        RaceDriverInfo(tools = tools),
        OutputGroupInfo(
            # For actions that take a toolchain's files as a whole: rules_go's, and Bazel's strip.
            all = depset([tools[name] for name in _NAMES["cc"]]),
            **{kind: depset([tools[name] for name in names]) for kind, names in _KINDS.items()}
        ),
    ]

race_driver = rule(
    implementation = _race_driver_impl,
    cfg = go_neutral_transition,
    doc = """The tools for a target architecture and a C library, in `bin/<folder>/`.

Output groups hold the tools of each kind of action, so that nobody builds a program that his actions do not run.""",
    attrs = {
        "folder": attr.string(
            doc = """What the tools make code for: `amd64` or `arm64` with musl, or for example `amd64_glibc_2.28` (Layout in
tools/cc/src/layout.rs).""",
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    provides = [RaceDriverInfo],
    toolchains = ["//tools:toolchain_type"],
)
