"""An action that reports what it sees."""

def _race_sandbox_report_impl(ctx):
    report = ctx.actions.declare_file(ctx.label.name + ".txt")
    ctx.actions.run(
        executable = ctx.file.probe,
        arguments = [report.path],
        outputs = [report],
        # What another sandbox saw is no answer.
        execution_requirements = {"no-cache": "1"},
        mnemonic = "RaceProbe",
        progress_message = "Looking around in the sandbox",
    )
    return [DefaultInfo(files = depset([report]))]

race_sandbox_report = rule(
    implementation = _race_sandbox_report_impl,
    doc = """Runs the probe as an ordinary action.

doctor takes the report away after it has read it, so that Bazel makes it anew the next time.""",
    attrs = {
        "probe": attr.label(
            doc = "The program, called with the name of its output: a static one, for roots that have nothing.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
    },
)
