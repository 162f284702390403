"""The architectures of the module, under Go's names for them."""

ARCHS = {
    "amd64": struct(
        # Bazel's name (`--cpu`), the constraint, and its name in target triples.
        cpu = "k8",
        constraint = "@platforms//cpu:x86_64",
        triple_cpu = "x86_64",
    ),
    "arm64": struct(
        cpu = "aarch64",
        constraint = "@platforms//cpu:aarch64",
        triple_cpu = "aarch64",
    ),
}
