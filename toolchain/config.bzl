"""The configuration of the cc toolchains: which tool does what.

There are next to no flags: the cc driver adds its target, headers, start files and libraries itself, so that whoever
calls it (Bazel, rules_go's builder, cgo, Go's linker and its probes) gets the same compiler.
"""

load("@rules_cc//cc:action_names.bzl", "ACTION_NAMES", "ALL_CC_COMPILE_ACTION_NAMES", "ALL_CC_LINK_ACTION_NAMES", "ALL_CPP_COMPILE_ACTION_NAMES")
load("@rules_cc//cc:cc_toolchain_config_lib.bzl", "action_config", "feature", "feature_set", "flag_group", "flag_set", "tool", "with_feature_set")
load("@rules_cc//cc/common:cc_common.bzl", "cc_common")
load("@rules_cc//cc/toolchains:cc_toolchain_config_info.bzl", "CcToolchainConfigInfo")
load(":arch.bzl", "ARCHS")
load(":driver.bzl", "RaceDriverInfo")

_C_ACTIONS = [action for action in ALL_CC_COMPILE_ACTION_NAMES if action not in ALL_CPP_COMPILE_ACTION_NAMES]

_DYNAMIC_LINK_ACTIONS = [
    ACTION_NAMES.cpp_link_dynamic_library,
    ACTION_NAMES.cpp_link_nodeps_dynamic_library,
]

_EXECUTABLE_LINK_ACTIONS = [action for action in ALL_CC_LINK_ACTION_NAMES if action not in _DYNAMIC_LINK_ACTIONS]

# The features of Bazel's own (its "legacy features") that turn what an action is given into arguments.
_COMPILE_FEATURES = ["compiler_input_flags", "compiler_output_flags", "unfiltered_compile_flags", "user_compile_flags"]
_LINK_FEATURES = [
    "force_pic_flags",
    "libraries_to_link",
    "library_search_directories",
    "linker_param_file",
    "linkstamps",
    "output_execpath_flags",
    "runtime_library_search_directories",
    "strip_debug_symbols",
    "user_link_flags",
]

def _action(name, tool_name, implies = [], flag_sets = []):
    return struct(flag_sets = flag_sets, implies = implies, name = name, tool = tool_name)

# What strip's action passes: options of Bazel's (--stripopt), output and input.
_STRIP_FLAGS = flag_set(flag_groups = [
    flag_group(flags = ["-S"]),
    flag_group(flags = ["%{stripopts}"], iterate_over = "stripopts"),
    flag_group(flags = ["-o", "%{output_file}", "%{input_file}"]),
])

# Which tool an action runs, and what makes its arguments.
_ACTIONS = (
    [_action(name, "cc", _COMPILE_FEATURES) for name in _C_ACTIONS] +
    [_action(name, "c++", _COMPILE_FEATURES) for name in ALL_CPP_COMPILE_ACTION_NAMES] +
    # C programs as well: of libc++'s archives they take nothing. So C++ links wherever it comes from; rules_go takes
    # its linker from here too.
    [_action(name, "c++", _LINK_FEATURES) for name in _EXECUTABLE_LINK_ACTIONS] +
    # With musl refused by the driver, with an error that says why.
    [_action(name, "c++", _LINK_FEATURES + ["shared_flag"]) for name in _DYNAMIC_LINK_ACTIONS] +
    [
        _action(ACTION_NAMES.cpp_link_static_library, "ar", ["archiver_flags", "linker_param_file"]),
        _action(ACTION_NAMES.objcopy_embed_data, "objcopy"),
        _action(ACTION_NAMES.strip, "strip", flag_sets = [_STRIP_FLAGS]),
    ]
)

def _features(glibc):
    return [
        # Shared libraries of C rules.
        feature(name = "supports_dynamic_linker", enabled = glibc),
        feature(name = "dbg"),
        feature(name = "fastbuild"),
        feature(name = "opt"),
        # Position-independent objects, for static-pie (rules_go's linkmode = "pie").
        feature(name = "supports_pic", enabled = True),
        feature(name = "supports_start_end_lib", enabled = True),
        # In place of Bazel's own features, which have C count what it runs and so need clang's runtime. `bazel coverage` is
        # to work for Go that calls C: of C it gets the notes that Bazel expects of a compilation, and no counts.
        feature(name = "coverage", provides = ["profile"]),
        feature(
            name = "gcc_coverage_map_format",
            flag_sets = [flag_set(
                actions = [ACTION_NAMES.c_compile, ACTION_NAMES.cpp_compile, ACTION_NAMES.cpp_module_compile],
                flag_groups = [flag_group(flags = ["-ftest-coverage"])],
            )],
            requires = [feature_set(features = ["coverage"])],
        ),
        feature(
            name = "default_compile_flags",
            enabled = True,
            flag_sets = [
                flag_set(actions = ALL_CC_COMPILE_ACTION_NAMES, flag_groups = [flag_group(flags = flags)], with_features = [with_feature_set(features = [mode])])
                for mode, flags in {
                    "dbg": ["-g"],
                    "fastbuild": ["-g0"],
                    "opt": ["-g0", "-O2", "-DNDEBUG", "-ffunction-sections", "-fdata-sections"],
                }.items()
            ],
        ),
        feature(
            name = "default_link_flags",
            enabled = True,
            flag_sets = [flag_set(
                actions = ALL_CC_LINK_ACTION_NAMES,
                flag_groups = [flag_group(flags = ["-Wl,--gc-sections"])],
                with_features = [with_feature_set(features = ["opt"])],
            )],
        ),
    ]

def _race_cc_toolchain_config_impl(ctx):
    arch = ARCHS[ctx.attr.target_arch]
    tools = ctx.attr.driver[RaceDriverInfo].tools
    glibc = ctx.attr.glibc_version
    libc = "glibc_" + glibc if glibc else "musl"
    return cc_common.create_cc_toolchain_config_info(
        ctx = ctx,
        toolchain_identifier = "toolchains_go_race_{}_{}".format(ctx.attr.target_arch, libc),
        host_system_name = "local",
        target_system_name = "{}-linux-{}".format(arch.triple_cpu, "gnu" if glibc else "musl"),
        target_cpu = arch.cpu,
        target_libc = libc,
        compiler = "clang",
        abi_version = "unknown",
        abi_libc_version = glibc or "unknown",
        action_configs = [
            action_config(
                action_name = action.name,
                enabled = True,
                flag_sets = action.flag_sets,
                implies = action.implies,
                tools = [tool(tool = tools[action.tool])],
            )
            for action in _ACTIONS
        ],
        features = _features(bool(glibc)),
    )

race_cc_toolchain_config = rule(
    implementation = _race_cc_toolchain_config_impl,
    doc = "Configures the cc_toolchain for a target architecture.",
    attrs = {
        "driver": attr.label(
            doc = "The tools: a race_driver.",
            # As the files of a cc_toolchain are: otherwise the compiler's path is one that no action has as an input.
            cfg = "exec",
            mandatory = True,
            providers = [RaceDriverInfo],
        ),
        "glibc_version": attr.string(
            doc = "The version of glibc that programs are linked with, such as 2.28. Default: with musl.",
        ),
        "target_arch": attr.string(
            doc = "amd64 or arm64.",
            mandatory = True,
            values = ARCHS.keys(),
        ),
    },
    provides = [CcToolchainConfigInfo],
)
