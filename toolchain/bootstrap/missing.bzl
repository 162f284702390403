"""What stands for the boot files where the environment provides none."""

def _missing_boot_files_impl(ctx):
    fail("""
toolchains_go_race: the tools are to be built from source, and nothing provides {name} for their link.
  what:  the boot stage links the Rust tools without a C compiler: it needs rustc's linker and a static glibc.
  where: @{repository}//:{name}
  next:  use a release, which has them prebuilt (docs/release.md), or register an implementation of
         @toolchains_go_race//tools:toolchain_type (docs/toolchain_type.md), or replace this repository by one with
         :linker, :libc_amd64 and :libc_arm64 (docs/bootstrap.md), as ./dev does.
""".format(name = ctx.label.name, repository = ctx.label.workspace_name))

missing_boot_files = rule(
    implementation = _missing_boot_files_impl,
    doc = "Fails, in analysis, with an error that says what to do.",
)
