"""The versions of glibc that can be chosen."""

# Those that the archives have stubs of: `MINORS` in tools/sysroot/src/glibc.rs, which a test compares.
GLIBC_VERSIONS = ["2.{}".format(minor) for minor in range(17, 45)]

# What most of today's distributions have (RHEL 8, Debian 10, Amazon Linux 2023 and later).
DEFAULT_GLIBC_VERSION = "2.28"
