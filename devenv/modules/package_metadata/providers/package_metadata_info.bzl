"""The provider that rules_go asks targets for."""

PackageMetadataInfo = provider(
    doc = "Metadata of a package.",
    fields = {
        "files": "depset of File: every file that the metadata refers to.",
        "metadata": "File: the metadata, in JSON.",
    },
)
