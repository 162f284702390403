"""How tests for arm64 are run: the interface that `bazel test --run_under=@toolchains_go_race//vm:runner` asks for.

`//vm:toolchain_type` is an interface. `//vm:virtual_machine` implements it for machines for amd64. Who has arm64 hardware
declares an `arm64_test_runner` with a program of his own, and registers a `toolchain()` of that type (docs/arm64.md).
"""

load("//vm/private:test_runner.bzl", _Arm64TestRunnerInfo = "Arm64TestRunnerInfo", _arm64_test_runner = "arm64_test_runner")

Arm64TestRunnerInfo = _Arm64TestRunnerInfo
arm64_test_runner = _arm64_test_runner
