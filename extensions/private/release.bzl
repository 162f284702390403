"""Reads toolchain/prebuilt/release.json: what a release adds to a checkout."""

load("//toolchain:arch.bzl", "ARCHS")

def parse_release(text):
    """What a release has.

    Args:
      text: the content of `toolchain/prebuilt/release.json`.

    Returns:
      A struct of `urls` (list of string: the folders of the release's files, tried after all mirrors) and `tools` (dict
      from an architecture to a struct of `file` and `sha256`: the archives of prebuilt tools). Both are empty in a checkout.
    """
    release = json.decode(text)
    if release.get("version") != 1:
        fail("toolchain/prebuilt/release.json: unknown version {}, expected 1".format(release.get("version")))
    tools = release["tools"]
    if tools and sorted(tools) != sorted(ARCHS):
        fail("toolchain/prebuilt/release.json: tools of {}, expected {} or none".format(sorted(tools), sorted(ARCHS)))
    return struct(
        tools = {arch: struct(file = archive["file"], sha256 = archive["sha256"]) for arch, archive in tools.items()},
        urls = release["urls"],
    )
