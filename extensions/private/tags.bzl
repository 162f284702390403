"""The tags of the race extension, and who may use them."""

load("//toolchain:glibc_versions.bzl", "DEFAULT_GLIBC_VERSION", "GLIBC_VERSIONS")

_ARCHIVE_ATTRS = {
    "name": attr.string(
        doc = """Which archive: `library` (headers), `llvm_amd64`, `llvm_arm64` (LLVM for that execution architecture),
`lib_amd64`, `lib_arm64` (start files and static libraries for that target architecture), `glibc_amd64`, `glibc_arm64`
(the same for glibc, with its headers), `emulator_amd64` or `kernel_arm64` (the virtual machine that runs tests for arm64).""",
        mandatory = True,
    ),
    "sha256": attr.string(
        doc = "The archive's SHA-256, 64 hexadecimal digits. Checked by Bazel and again by the action that unpacks.",
        mandatory = True,
    ),
    "urls": attr.string_list(
        doc = "Where the archive is, tried in this order before the mirrors. May be empty: see `race.mirror`.",
    ),
    "file": attr.string(
        doc = "The archive's file name at the mirrors and in a `--distdir`. Default: the locked archive's.",
    ),
}

TAG_CLASSES = {
    "libc": tag_class(
        doc = """The default of `--@toolchains_go_race//toolchain:libc` and `…:glibc_version`: the C library that everything is
linked with unless a flag says otherwise. Root module only, once.""",
        attrs = {
            "name": attr.string(
                doc = "`musl`, statically, or `glibc`, dynamically, by stubs.",
                mandatory = True,
                values = ["musl", "glibc"],
            ),
            "version": attr.string(
                doc = """For glibc: the oldest version that what is built can run with, `2.17` to `2.44`. Nothing that is built needs a
symbol of a later one.""",
                default = DEFAULT_GLIBC_VERSION,
                values = GLIBC_VERSIONS,
            ),
        },
    ),
    "virtual_machine": tag_class(
        doc = """Declares the virtual machine in which `bazel test --run_under=@toolchains_go_race//vm:runner` runs tests for arm64
on a machine for amd64: QEMU, virtiofsd and a kernel, of Debian, in two archives of the payload. They are fetched when a test
needs them. Root module only, once.""",
        attrs = {
            "cpus": attr.int(
                doc = """The machine's processors, 1 to 8. Emulated ones get in each other's way where the host is busy, and the race
detector needs no more than one. A test's environment may say otherwise: `GO_RACE_VM_CPUS`.""",
                default = 1,
            ),
            "memory": attr.int(
                doc = """The machine's memory in MiB, 256 or more; of the host's, it takes what is used. A test's environment may say
otherwise: `GO_RACE_VM_MEMORY`.""",
                default = 2048,
            ),
        },
    ),
    "mirror": tag_class(
        doc = """Where the archives of the payload, and of the crates that the tools are built with, are, if neither Bazel's
repository cache nor a `--distdir` has them. Root module only.""",
        attrs = {
            "urls": attr.string_list(
                doc = """Folders, as URLs (`https:`, `http:` or `file:`), tried in order; an archive is at
`<url>/<file name>`, for example `<url>/sysroot_library.tar.zst`.""",
                mandatory = True,
            ),
        },
    ),
    "archive": tag_class(
        doc = "An archive of one's own in place of a locked one: for example one that `sysroot pack` made. Root module only.",
        attrs = _ARCHIVE_ATTRS,
    ),
}

def root_tags(modules):
    """The root module's tags.

    Args:
      modules: `mctx.modules`.

    Returns:
      A struct with a list for each tag class. Fails if another module than the root has a tag: what everybody's
      binaries are built from is for the root to say.
    """
    tags = {name: [] for name in TAG_CLASSES}
    for module in modules:
        for name in TAG_CLASSES:
            used = getattr(module.tags, name)
            if used and not module.is_root:
                fail(("race.{tag}: the module \"{module}\" (version {version}) uses this tag, but only the root module " +
                      "may say where the payload comes from. Remove the tag from {module}'s MODULE.bazel (or put " +
                      "`dev_dependency = True` on its use_extension), and write it in your own.").format(
                    tag = name,
                    module = module.name,
                    version = module.version or "unset",
                ))
            if module.is_root:
                tags[name].extend(used)
    return struct(**tags)

def virtual_machine_of(tags):
    """What `race.virtual_machine` says.

    Args:
      tags: the root module's tags of that class.

    Returns:
      A dict of `cpus` and `memory`, or none if there is no such tag. Fails if what it says cannot be.
    """
    if not tags:
        return None
    if len(tags) > 1:
        fail("race.virtual_machine: given {} times, expected once at most".format(len(tags)))
    if tags[0].cpus < 1 or tags[0].cpus > 8:
        fail("race.virtual_machine: bad cpus {}, expected 1 to 8".format(tags[0].cpus))
    if tags[0].memory < 256:
        fail("race.virtual_machine: bad memory {}, expected 256 (MiB) or more".format(tags[0].memory))
    return {"cpus": tags[0].cpus, "memory": tags[0].memory}

def check_archive_tag(tag, names):
    """Fails if an `archive` tag says something that cannot be.

    Args:
      tag: the tag.
      names: the known archives' names.
    """
    if tag.name not in names:
        fail("race.archive: unknown name \"{}\", expected one of {}".format(tag.name, sorted(names)))
    if len(tag.sha256) != 64 or [digit for digit in tag.sha256.elems() if digit not in "0123456789abcdef"]:
        fail("race.archive: {}: bad sha256 \"{}\", expected 64 digits of 0-9 and a-f".format(tag.name, tag.sha256))
    if tag.file and not tag.file.endswith(".tar.zst"):
        fail("race.archive: {}: bad file \"{}\", expected a name that ends in .tar.zst".format(tag.name, tag.file))
