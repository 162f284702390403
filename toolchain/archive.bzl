"""An archive of the payload, as the unpacker takes it."""

RaceArchiveInfo = provider(
    doc = "An archive (`.tar.zst`) of the payload.",
    fields = {
        "file": "File: the archive.",
        "sha256": "string: its SHA-256, 64 hexadecimal digits. The unpacker refuses an archive whose digest differs.",
    },
)

def _race_archive_impl(ctx):
    return [
        DefaultInfo(files = depset([ctx.file.src])),
        RaceArchiveInfo(file = ctx.file.src, sha256 = ctx.attr.sha256),
    ]

race_archive = rule(
    implementation = _race_archive_impl,
    doc = "Declares an archive of the payload.",
    attrs = {
        "sha256": attr.string(doc = "The archive's SHA-256, 64 hexadecimal digits.", mandatory = True),
        "src": attr.label(doc = "The archive.", allow_single_file = [".tar.zst"], mandatory = True),
    },
    provides = [RaceArchiveInfo],
)
