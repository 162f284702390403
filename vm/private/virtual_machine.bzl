"""The runner that gives each test a virtual machine of its own."""

load(":test_runner.bzl", "test_runner_toolchain")

# Where the runner looks in the runfiles (tools/vm/runner/files.rs).
_FOLDER = "toolchains_go_race_vm/"

# It is unpacked at each start: small, whatever is built for.
_small_transition = transition(
    implementation = lambda _settings, _attr: {"//command_line_option:compilation_mode": "opt"},
    inputs = [],
    outputs = ["//command_line_option:compilation_mode"],
)

def _virtual_machine_impl(ctx):
    defaults = ctx.actions.declare_file(ctx.label.name + ".defaults")
    ctx.actions.write(defaults, "GO_RACE_VM_CPUS={}\nGO_RACE_VM_MEMORY={}\n".format(ctx.attr.cpus, ctx.attr.memory))
    parts = {
        "defaults": defaults,
        "emulator": ctx.file.emulator,
        "init": ctx.file.init,
        "kernel": ctx.file.kernel,
    }
    return [test_runner_toolchain(
        executable = ctx.executable.runner,
        runfiles = ctx.runfiles(
            files = [ctx.executable.runner],
            root_symlinks = {_FOLDER + name: file for name, file in parts.items()},
        ),
    )]

virtual_machine = rule(
    implementation = _virtual_machine_impl,
    doc = "Implements //vm:toolchain_type for machines that are not arm64.",
    attrs = {
        "cpus": attr.int(doc = "Processors, unless the test's environment says GO_RACE_VM_CPUS.", mandatory = True),
        "emulator": attr.label(
            doc = "The tree of QEMU and virtiofsd.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
        "init": attr.label(
            doc = "The machine's first process, for arm64.",
            allow_single_file = True,
            cfg = _small_transition,
            mandatory = True,
        ),
        "kernel": attr.label(
            doc = "The tree of the kernel, for arm64.",
            allow_single_file = True,
            mandatory = True,
        ),
        "memory": attr.int(doc = "MiB, unless the test's environment says GO_RACE_VM_MEMORY.", mandatory = True),
        "runner": attr.label(
            doc = "The runner.",
            cfg = "exec",
            executable = True,
            mandatory = True,
        ),
        "_allowlist_function_transition": attr.label(
            default = "@bazel_tools//tools/allowlists/function_transition_allowlist",
        ),
    },
    provides = [platform_common.ToolchainInfo],
)

def _undeclared_virtual_machine_impl(ctx):
    fail(("{}: tests for arm64 are to run on a machine for amd64, and the root module has declared no virtual machine for them.\n" +
          "  next: add to MODULE.bazel\n" +
          "    race = use_extension(\"@toolchains_go_race//extensions:race.bzl\", \"race\")\n" +
          "    race.virtual_machine()\n" +
          "  or register a toolchain of type @toolchains_go_race//vm:toolchain_type (docs/arm64.md)").format(ctx.label))

undeclared_virtual_machine = rule(
    implementation = _undeclared_virtual_machine_impl,
    doc = "An error: stands for the virtual machine where no tag declares it.",
)
