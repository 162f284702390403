"""The cc toolchain of the boot stage: rustc's linker, and nothing that could compile."""

load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES", "ALL_CC_COMPILE_ACTION_NAMES", "ALL_CC_LINK_ACTION_NAMES")
load("@rules_cc//cc:cc_toolchain_config_lib.bzl", "action_config", "feature", "flag_group", "flag_set", "tool")
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/toolchains:cc_toolchain_config_info.bzl", "CcToolchainConfigInfo")
load("//toolchain:arch.bzl", "ARCHS")

# Compiling and archiving must be configured for rules_rust's analysis; the tools' build runs neither.
_ACTIONS = ALL_CC_LINK_ACTION_NAMES + ALL_CC_COMPILE_ACTION_NAMES + [ACTION_NAMES.cpp_link_static_library]

def stage_config_info(ctx, stage, environment, libc, program, more_actions = [], features = []):
    """The configuration of a stage before the final one, whose every action has one program.

    Args:
      ctx: the rule's context; its attribute `target_arch` is amd64 or arm64.
      stage: the stage's name.
      environment: the last part of the target's triple.
      libc: the C library's name.
      program: the File that every action runs.
      more_actions: names of actions beside compiling, linking and archiving.
      features: the features.

    Returns:
      A CcToolchainConfigInfo.
    """
    arch = ARCHS[ctx.attr.target_arch]
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = "go_race_{}_{}".format(stage, ctx.attr.target_arch),
        host_system_name = "local",
        target_system_name = "{}-linux-{}".format(arch.triple_cpu, environment),
        target_cpu = arch.cpu,
        target_libc = libc,
        compiler = "none",
        abi_version = "unknown",
        abi_libc_version = "unknown",
        action_configs = [
            action_config(action_name = action, tools = [tool(tool = program)], enabled = True)
            for action in _ACTIONS + more_actions
        ],
        # Bazel's own features speak to a compiler driver; there is none.
        features = [feature(name = "no_legacy_features")] + features,
    )

def _boot_cc_toolchain_config_impl(ctx):
    files = {file.basename: file for file in ctx.files.libc}
    for name in ["rcrt1.o", "crti.o", "crtn.o", "libc.a", "libgcc.a", "libgcc_eh.a"]:
        if name not in files:
            fail("{}: {} is missing, expected a static glibc with libgcc".format(ctx.attr.libc.label, name))

    # rustc's own arguments ask for a static-pie with its target's default linker; it puts these last. rcrt1.o is the
    # start file of a static-pie: crt1.o behind libc.a would define _dl_relocate_static_pie twice.
    link_flags = [
        files["rcrt1.o"].path,
        files["crti.o"].path,
        files["crtn.o"].path,
        "-L" + files["libc.a"].dirname,
        "-pie",
        "--no-dynamic-linker",
        "-z",
        "text",
        "--eh-frame-hdr",
    ]
    return stage_config_info(
        ctx,
        stage = "boot",
        environment = "gnu",
        libc = "glibc",
        program = ctx.file.linker,
        features = [
            feature(
                name = "static_pie",
                enabled = True,
                flag_sets = [flag_set(
                    actions = ALL_CC_LINK_ACTION_NAMES,
                    flag_groups = [flag_group(flags = link_flags)],
                )],
            ),
        ],
    )

boot_cc_toolchain_config = rule(
    implementation = _boot_cc_toolchain_config_impl,
    doc = "Configures a cc_toolchain that links Rust programs as static-pie against a static glibc.",
    attrs = {
        "libc": attr.label(
            doc = "rcrt1.o, crti.o, crtn.o and the archives, in one folder.",
            cfg = "exec",
            mandatory = True,
        ),
        "linker": attr.label(
            doc = "rustc's linker.",
            allow_single_file = True,
            cfg = "exec",
            mandatory = True,
        ),
        "target_arch": attr.string(
            doc = "amd64 or arm64.",
            mandatory = True,
            values = ARCHS.keys(),
        ),
    },
    provides = [CcToolchainConfigInfo],
)
