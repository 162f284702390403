"""The extension behind //extensions:race.bzl: turns tags into repositories, and does nothing else."""

load("//third_party/crates:crates.bzl", "CRATES")
load("//toolchain:arch.bzl", "ARCHS")
load("//toolchain:glibc_versions.bzl", "DEFAULT_GLIBC_VERSION")
load(":archive_repository.bzl", "archive_repository")
load(":boot_repository.bzl", "boot_repository")
load(":crate_repository.bzl", "crate_repository")
load(":defaults_repository.bzl", "defaults_repository")
load(":download.bzl", "mirror_urls")
load(":lock.bzl", "parse_lock")
load(":release.bzl", "parse_release")
load(":tags.bzl", "TAG_CLASSES", "check_archive_tag", "root_tags", "virtual_machine_of")
load(":tools_repository.bzl", "missing_tools_repository", "tools_repository")

def _race_impl(mctx):
    archives = parse_lock(mctx.read(Label("//sysroot:lock.json")))
    release = parse_release(mctx.read(Label("//toolchain/prebuilt:release.json")))
    tags = root_tags(mctx.modules)

    own = {}
    for tag in tags.archive:
        check_archive_tag(tag, archives)
        if tag.name in own:
            fail("race.archive: {} is given twice, expected once".format(tag.name))
        own[tag.name] = True
        archives[tag.name] = struct(file = tag.file or archives[tag.name].file, sha256 = tag.sha256, urls = tag.urls)

    # Where the release itself was published comes last.
    mirrors = [url for tag in tags.mirror for url in tag.urls] + release.urls
    for name, archive in archives.items():
        archive_repository(
            name = "go_race_" + name,
            file = archive.file,
            sha256 = archive.sha256,
            urls = archive.urls + mirror_urls(mirrors, archive.file),
        )
    for name, (version, sha256) in CRATES.items():
        file = "{}-{}.crate".format(name, version)
        crate_repository(
            name = "go_race_crates__{}-{}".format(name, version),
            build_file = "//third_party/crates:BUILD.{}-{}.bazel".format(name, version),
            file = file,
            sha256 = sha256,
            urls = mirror_urls(mirrors, file),
        )
    boot_repository(name = "go_race_boot")
    for arch in ARCHS:
        name = "go_race_tools_" + arch
        if arch in release.tools:
            archive = release.tools[arch]
            tools_repository(
                name = name,
                file = archive.file,
                sha256 = archive.sha256,
                urls = mirror_urls(mirrors, archive.file),
            )
        else:
            missing_tools_repository(name = name)

    if len(tags.libc) > 1:
        fail("race.libc: given {} times, expected once at most: a build has one default".format(len(tags.libc)))
    defaults_repository(
        name = "go_race_defaults",
        glibc_version = tags.libc[0].version if tags.libc else DEFAULT_GLIBC_VERSION,
        libc = tags.libc[0].name if tags.libc else "musl",
        tools_origin = "prebuilt" if release.tools else "source",
        virtual_machine = json.encode(virtual_machine_of(tags.virtual_machine)),
    )

    # Pure: the files of the module and the tags are all that counts.
    return mctx.extension_metadata(reproducible = True)

race = module_extension(
    implementation = _race_impl,
    doc = "Makes a repository for each archive of the payload. Fetches, and runs or probes nothing of the host.",
    tag_classes = TAG_CLASSES,
)
