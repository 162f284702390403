"""Unpacks an archive of the payload, as an ordinary build action."""

load("//toolchain/bootstrap:stage.bzl", "go_neutral_transition")
load(":archive.bzl", "RaceArchiveInfo")

def _race_tree_impl(ctx):
    archive = ctx.attr.archive[RaceArchiveInfo]
    tree = ctx.actions.declare_directory(ctx.label.name)
    args = ctx.actions.args()
    args.add("--archive", archive.file)
    args.add("--sha256", archive.sha256)
    args.add_all("--out", [tree], expand_directories = False)
    ctx.actions.run(
        executable = ctx.toolchains["//tools:toolchain_type"].race_tools.unpack,
        arguments = [args],
        inputs = [archive.file],
        outputs = [tree],
        mnemonic = "RaceUnpack",
        progress_message = "Unpacking %{label}",
        toolchain = "//tools:toolchain_type",
    )
    return [DefaultInfo(files = depset([tree]))]

race_tree = rule(
    implementation = _race_tree_impl,
    cfg = go_neutral_transition,
    doc = """An archive's content, as a tree artifact of the target's name.

The cc driver finds the trees beside itself, by these names (`tools/cc/src/layout.rs`).""",
    attrs = {
        "archive": attr.label(
            doc = "The archive: a race_archive.",
            mandatory = True,
            providers = [RaceArchiveInfo],
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    toolchains = ["//tools:toolchain_type"],
)
