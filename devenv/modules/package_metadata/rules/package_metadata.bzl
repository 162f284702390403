"""The rule that gazelle writes into the BUILD files of Go modules."""

load("//providers:package_metadata_info.bzl", "PackageMetadataInfo")

def _package_metadata_impl(ctx):
    metadata = ctx.actions.declare_file(ctx.label.name + ".package-metadata.json")
    ctx.actions.write(metadata, json.encode({"attributes": {}, "purl": ctx.attr.purl}))
    return [
        DefaultInfo(files = depset([metadata])),
        PackageMetadataInfo(files = depset([metadata]), metadata = metadata),
    ]

_package_metadata = rule(
    implementation = _package_metadata_impl,
    attrs = {
        "attributes": attr.label_list(doc = "Ignored."),
        "purl": attr.string(doc = "The package's URL (purl-spec)."),
    },
)

def package_metadata(name, **kwargs):
    """Declares the metadata of a package.

    Args:
      name: the target's name.
      **kwargs: `purl`, and what every rule has.
    """

    # The metadata of a package applies to its other targets, not to itself.
    kwargs["applicable_licenses"] = []
    _package_metadata(name = name, **kwargs)
