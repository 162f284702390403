"""The Rust programs of a consumer's path: the one list of what is built from source and of what a release has prebuilt."""

# What actions run: the fields of RaceToolsInfo.
ACTION_TOOLS = [
    "cc",
    "nm",
    "unpack",
]

# What people run by `bazel run @toolchains_go_race//:NAME`, each with a page in docs/.
PEOPLES_PROGRAMS = [
    "doctor",
    "leakcheck",
    "racereport",
]
