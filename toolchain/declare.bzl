"""Declares the cc toolchain of each exec and target pair."""

load("@rules_cc//cc/toolchains:cc_toolchain.bzl", "cc_toolchain")
load(":arch.bzl", "ARCHS")
load(":config.bzl", "race_cc_toolchain_config")

# The trees that each kind of action needs, beside the tools (the output group of this name of the driver); {exec} and
# {target} are architectures, {headers} and {lib} the C library's.
_TREES = {
    "all": ["llvm_{exec}", "{headers}", "{lib}"],
    "all_with_all_headers": ["llvm_{exec}", "{headers}", "linux_{target}", "cxx", "{lib}"],
    "archive": ["llvm_{exec}"],
    "compile": ["llvm_{exec}", "{headers}", "linux_{target}", "cxx"],
    "link": ["llvm_{exec}", "{lib}"],
    "objcopy": [],
    "strip": [],
}

# Kinds of action that have the tools of another.
_TOOLS = {"all_with_all_headers": "all"}

def declare_cc_toolchain(name, exec_arch, target_arch, glibc_version = None):
    """Declares a cc_toolchain and what it is made of.

    Args:
      name: the cc_toolchain's name; its parts are named after it.
      exec_arch: where the tools run: amd64 or arm64.
      target_arch: what they make code for: amd64 or arm64.
      glibc_version: the version of glibc, or none for musl.
    """
    driver = "//toolchain:driver_" + target_arch
    headers = "headers_" + target_arch
    lib = "lib_" + target_arch
    if glibc_version:
        driver += "_glibc_" + glibc_version
        headers = "glibc_" + headers
        lib = "glibc_{}_{}".format(lib, glibc_version)
    for kind, trees in _TREES.items():
        native.filegroup(
            name = "{}_{}_tools".format(name, kind),
            srcs = [driver],
            output_group = _TOOLS.get(kind, kind),
        )
        native.filegroup(
            name = "{}_{}_files".format(name, kind),
            srcs = ["{}_{}_tools".format(name, kind)] +
                   ["//toolchain:" + tree.format(exec = exec_arch, headers = headers, lib = lib, target = target_arch) for tree in trees],
        )
    race_cc_toolchain_config(
        name = name + "_config",
        driver = driver,
        exec_compatible_with = [ARCHS[exec_arch].constraint, "@platforms//os:linux"],
        glibc_version = glibc_version,
        target_arch = target_arch,
    )
    cc_toolchain(
        name = name,
        # What rules_go takes, for each of its actions; C rules take the files of their kinds. The choice is made here, in
        # the target's configuration: Bazel builds the files in the exec configuration, where later versions drop flags.
        all_files = select({
            "//toolchain:all_headers": name + "_all_with_all_headers_files",
            "//conditions:default": name + "_all_files",
        }),
        ar_files = name + "_archive_files",
        as_files = name + "_compile_files",
        compiler_files = name + "_compile_files",
        dwp_files = name + "_objcopy_files",
        linker_files = name + "_link_files",
        objcopy_files = name + "_objcopy_files",
        strip_files = name + "_strip_files",
        supports_param_files = True,
        toolchain_config = name + "_config",
    )
