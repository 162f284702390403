"""Getting a pinned file: from Bazel's caches, from a --distdir, or from the mirrors; else one clear error."""

# Bazel looks into its repository cache and into every --distdir before it tries a URL, but wants one to try: this one
# never answers and needs no network.
_NOWHERE = "file:///toolchains_go_race/no-mirror/"

# The attributes of every repository rule that downloads.
DOWNLOAD_ATTRS = {
    "file": attr.string(doc = "The file's name.", mandatory = True),
    "sha256": attr.string(doc = "The file's SHA-256, 64 hexadecimal digits.", mandatory = True),
    "urls": attr.string_list(doc = "Where to try, in this order. May be empty."),
}

def mirror_urls(mirrors, file):
    """The URLs of a file at mirrors.

    Args:
      mirrors: list of string: folders, as URLs.
      file: string: the file's name.

    Returns:
      A list of string.
    """
    return ["{}/{}".format(mirror.rstrip("/"), file) for mirror in mirrors]

def download(rctx, output = None):
    """Downloads the file that the rule's attributes (DOWNLOAD_ATTRS) name into the repository.

    Fails with an error that says what to do if no source has the file.

    Args:
      rctx: the repository_ctx.
      output: string: the name to give the file in the repository, if another than its own.
    """
    attr = rctx.attr
    result = rctx.download(
        url = attr.urls or [_NOWHERE + attr.file],
        output = output or attr.file,
        sha256 = attr.sha256,
        allow_fail = True,
    )
    if result.success:
        return
    fail("""
toolchains_go_race: the archive {file} is missing.
  what:  no source had a file with SHA-256 {sha256}.
  where: Bazel's repository cache, every --distdir, and {urls}.
  next:  put {file} into a folder and pass --distdir=FOLDER, or name a mirror in your MODULE.bazel:
             race = use_extension("@toolchains_go_race//extensions:race.bzl", "race")
             race.mirror(urls = ["https://…"])
         If a source has the file, then it is damaged or of another version: a line above says which digest it has.
""".format(
        file = attr.file,
        sha256 = attr.sha256,
        urls = ", ".join(attr.urls) or "no mirror (none is named)",
    ))
