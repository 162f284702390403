"""The Rust programs that a consumer runs: the one list of what is built from source and of what a release has prebuilt."""

# By their names: the rust_binary that is built from source.
PROGRAMS = {
    "airgap": "//tools/airgap",
    "cc": "//tools/cc",
    "doctor": "//tools/doctor",
    "leakcheck": "//tools/leakcheck",
    "nm": "//tools/nm",
    "racereport": "//tools/racereport",
    "sandbox_probe": "//tools/doctor/probe:sandbox_probe",
    "unpack": "//tools/unpack",
    "vm_init": "//tools/vm:init_binary",
    "vm_runner": "//tools/vm:runner_binary",
}

# Of these, what actions run: the fields of RaceToolsInfo.
ACTION_TOOLS = [
    "cc",
    "nm",
    "unpack",
]

# And what people run by `bazel run @toolchains_go_race//:NAME`, each with a page in docs/.
PEOPLES_PROGRAMS = [
    "airgap",
    "doctor",
    "leakcheck",
    "racereport",
]
