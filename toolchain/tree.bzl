"""Unpacks an archive of the payload, as an ordinary build action."""

load("//toolchain/bootstrap:stage.bzl", "go_neutral_transition")
load(":archive.bzl", "RaceArchiveInfo")

def _race_tree_impl(ctx):
    archive = ctx.attr.archive[RaceArchiveInfo]
    tree = ctx.actions.declare_directory(ctx.label.name)
    args = ctx.actions.args()
    args.add("--archive", archive.file)
    args.add("--sha256", archive.sha256)
    args.add_all(ctx.attr.only, before_each = "--only")
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
    doc = """An archive's content, or a part of it, as a tree artifact of the target's name.

Each file of a tree costs time in every sandboxed action that has it: a tree is what one kind of action needs.

The cc driver finds the trees beside itself, by these names (`tools/cc/src/layout.rs`).""",
    attrs = {
        "archive": attr.label(
            doc = "The archive: a race_archive.",
            mandatory = True,
            providers = [RaceArchiveInfo],
        ),
        "only": attr.string_list(
            doc = "The folders and files of the archive that are in the tree, under the names that they have there.",
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    toolchains = ["//tools:toolchain_type"],
)
