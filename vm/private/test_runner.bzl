"""The provider of //vm:toolchain_type, its plain implementation, and the target that asks for it."""

Arm64TestRunnerInfo = provider(
    doc = "A program that runs tests for arm64.",
    fields = {
        "executable": """File: an executable for the platform on which test actions run. It is called as
`executable PROGRAM ARGUMENT…` where Bazel would call `PROGRAM ARGUMENT…`: in the test's working folder, with its environment
(`TEST_SRCDIR`, `TEST_TMPDIR`, `XML_OUTPUT_FILE`, …; Bazel's "Test encyclopedia"). What PROGRAM writes and how it ends, exit
code or signal, is what the executable writes and how it ends. SIGTERM, which Bazel sends when a test's time is over, is for
PROGRAM. PROGRAM need not be for arm64: Bazel calls the executable for every test of the build.""",
        "runfiles": "runfiles: what the executable needs. The test's runfiles have them, too.",
    },
)

def test_runner_toolchain(executable, runfiles):
    """The toolchain of a runner.

    Args:
      executable: Arm64TestRunnerInfo.executable.
      runfiles: Arm64TestRunnerInfo.runfiles.

    Returns:
      A ToolchainInfo for //vm:toolchain_type.
    """
    return platform_common.ToolchainInfo(
        arm64_test_runner = Arm64TestRunnerInfo(executable = executable, runfiles = runfiles),
    )

def _arm64_test_runner_impl(ctx):
    runner = ctx.attr.executable[DefaultInfo]
    return [test_runner_toolchain(
        executable = ctx.executable.executable,
        runfiles = ctx.runfiles(files = [ctx.executable.executable]).merge(runner.default_runfiles),
    )]

arm64_test_runner = rule(
    implementation = _arm64_test_runner_impl,
    doc = """Implements //vm:toolchain_type with a given program.

```starlark
arm64_test_runner(
    name = "on_our_board",
    executable = "//tools:run_on_board",
)

toolchain(
    name = "on_our_board_toolchain",
    exec_compatible_with = ["@platforms//cpu:x86_64", "@platforms//os:linux"],
    target_compatible_with = ["@platforms//cpu:aarch64", "@platforms//os:linux"],
    toolchain = ":on_our_board",
    toolchain_type = "@toolchains_go_race//vm:toolchain_type",
)
```""",
    attrs = {
        "executable": attr.label(
            doc = "The program: Arm64TestRunnerInfo.executable. Its runfiles are beside those of the test.",
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
    },
    provides = [platform_common.ToolchainInfo],
)

_PLATFORMS = "//command_line_option:platforms"

# Bazel 7 builds what --run_under names for the target platform, Bazel 8 for the machine: here it is always arm64, so that
# the runner for arm64 is found.
_arm64_transition = transition(
    implementation = lambda _settings, _attr: {_PLATFORMS: str(Label("//vm:linux_arm64"))},
    inputs = [],
    outputs = [_PLATFORMS],
)

def _runner_impl(ctx):
    info = ctx.toolchains["//vm:toolchain_type"].arm64_test_runner
    runner = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = runner, target_file = info.executable, is_executable = True)
    return [DefaultInfo(
        executable = runner,
        runfiles = ctx.runfiles(files = [runner]).merge(info.runfiles),
    )]

runner = rule(
    implementation = _runner_impl,
    cfg = _arm64_transition,
    doc = "For `--run_under`: the runner of the toolchain that is found.",
    attrs = {
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    executable = True,
    toolchains = ["//vm:toolchain_type"],
)
