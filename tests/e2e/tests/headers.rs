//! Headers beyond those of C: each Go package asks for what it needs, and is told how where it does not.

use std::sync::MutexGuard;

use e2e::{Binary, RACE, Shared, Workspace};

/// A workspace with a Go package whose C code includes a header of the kernel's.
fn workspace() -> MutexGuard<'static, Workspace> {
    static WORKSPACE: Shared = Shared::new();
    WORKSPACE.hold(|| {
        let workspace = Workspace::of_example("hello_test", "headers");
        workspace.file(
            "kernel/kernel.go",
            "package kernel\n\n\
             // #include <linux/version.h>\n\
             // #include <asm/unistd.h>\n\
             import \"C\"\n\n\
             // Major is the version of the kernel's headers.\n\
             func Major() int { return int(C.LINUX_VERSION_MAJOR) }\n",
        );
        workspace.file(
            "kernel/kernel_test.go",
            "package kernel\n\nimport \"testing\"\n\n\
             func TestMajor(t *testing.T) {\n\tif Major() < 6 {\n\t\tt.Fatal(Major())\n\t}\n}\n",
        );
        workspace
    })
}

/// With this in the package's `go_library`.
fn asking(workspace: &Workspace, attribute: &str) {
    workspace.file(
        "kernel/BUILD.bazel",
        &format!(
            "load(\"@io_bazel_rules_go//go:def.bzl\", \"go_library\", \"go_test\")\n\
             go_library(name = \"kernel\", srcs = [\"kernel.go\"], cgo = True,\n\
             importpath = \"example.com/hello/kernel\", {attribute})\n\
             go_test(name = \"kernel_test\", srcs = [\"kernel_test.go\"], embed = [\":kernel\"])\n"
        ),
    );
}

#[test]
fn a_go_package_gets_kernel_headers_by_cdeps() {
    let workspace = workspace();
    asking(&workspace, "cdeps = [\"@toolchains_go_race//:linux_headers\"]");
    workspace.bazel().run(["test", RACE, "//kernel:kernel_test"]).succeeds();
    Binary::read(&workspace.path("bazel-bin/kernel/kernel_test_/kernel_test")).is_static();
}

#[test]
fn a_go_package_that_asks_for_none_is_told_how() {
    let workspace = workspace();
    asking(&workspace, "");
    workspace
        .bazel()
        .run(["build", RACE, "//kernel:kernel_test"])
        .fails()
        .says("'linux/version.h' file not found")
        .says("@toolchains_go_race//:linux_headers")
        .says("--@toolchains_go_race//toolchain:headers=all");
}

#[test]
fn a_flag_gives_all_headers_to_every_package() {
    let workspace = workspace();
    asking(&workspace, "");
    workspace
        .bazel()
        .run(["test", RACE, "--@toolchains_go_race//toolchain:headers=all", "//kernel:kernel_test"])
        .succeeds();
}
