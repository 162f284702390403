"""What stands for the prebuilt tools where there are none: in a checkout."""

def _missing_prebuilt_tool_impl(ctx):
    fail("""
toolchains_go_race: the tools are to be taken prebuilt, and this is no release: it has none.
  what:  --@toolchains_go_race//tools:origin=prebuilt takes what a release has; a checkout builds its tools from source.
  where: @{repository}//:{name}
  next:  use a release (docs/release.md), or leave the flag away.
""".format(name = ctx.label.name, repository = ctx.label.workspace_name))

missing_prebuilt_tool = rule(
    implementation = _missing_prebuilt_tool_impl,
    doc = "Fails, in analysis, with an error that says what to do.",
)
