"""The extension that bazel_tools uses for `bazel mod tidy`, which needs buildozer: here it has none."""

def _no_buildozer_impl(rctx):
    rctx.file("BUILD.bazel", "")
    rctx.file("buildozer.exe", "")

_no_buildozer = repository_rule(implementation = _no_buildozer_impl)

def _buildozer_binary_impl(_mctx):
    _no_buildozer(name = "buildozer_binary")

buildozer_binary = module_extension(implementation = _buildozer_binary_impl)
