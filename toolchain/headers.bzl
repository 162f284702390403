"""Headers that a Go package with cgo asks for, since not every action is to have them."""

load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/common:cc_info.bzl", "CcInfo")

def _race_headers_impl(ctx):
    tree = ctx.file.tree
    context = cc_common.create_compilation_context(
        headers = depset([tree]),
        system_includes = depset(["{}/{}".format(tree.path, folder) for folder in ctx.attr.folders]),
    )
    return [
        DefaultInfo(files = depset([tree])),
        CcInfo(compilation_context = context),
    ]

race_headers = rule(
    implementation = _race_headers_impl,
    doc = """Headers of the payload, for `cdeps` of rules_go's rules.

C rules have them anyway.""",
    attrs = {
        "folders": attr.string_list(
            doc = "The folders of the tree to search, first to last.",
            mandatory = True,
        ),
        "tree": attr.label(
            doc = "The tree: a race_tree.",
            # The tree of the toolchain itself: unpacked once.
            cfg = "exec",
            allow_single_file = True,
            mandatory = True,
        ),
    },
    provides = [CcInfo],
)
