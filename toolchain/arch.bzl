"""The architectures of the module, under Go's names for them."""

ARCHS = {
    "amd64": struct(
        # Bazel's name (`--cpu`), the constraint, and the target triple of the C code.
        cpu = "k8",
        constraint = "@platforms//cpu:x86_64",
        triple = "x86_64-linux-musl",
    ),
    "arm64": struct(
        cpu = "aarch64",
        constraint = "@platforms//cpu:aarch64",
        triple = "aarch64-linux-musl",
    ),
}
