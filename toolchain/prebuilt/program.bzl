"""A prebuilt program for `bazel run`."""

def _prebuilt_program_impl(ctx):
    program = ctx.actions.declare_file(ctx.label.name)
    ctx.actions.symlink(output = program, target_file = ctx.file.file, is_executable = True)
    return [DefaultInfo(executable = program)]

prebuilt_program = rule(
    implementation = _prebuilt_program_impl,
    doc = "An executable file as a program that `bazel run` takes.",
    attrs = {
        "file": attr.label(doc = "The file.", allow_single_file = True, mandatory = True),
    },
    executable = True,
    # None is used. But doctor asks Bazel what it resolves without fetching anything: what registers toolchains must be there
    # once Bazel has built it, as it is where it was built from source.
    toolchains = [config_common.toolchain_type("//tools:toolchain_type", mandatory = False)],
)
