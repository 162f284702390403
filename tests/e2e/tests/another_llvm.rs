//! An LLVM that is not ours, by the tag `race.archive`: Debian's clang 19, which is linked dynamically with LLVM, libxml2,
//! z3 and a dozen others. It runs through the loader and with the libraries of its own tree, where there is nothing else.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use e2e::{Binary, Command, Output, Workspace, sha256};

use crate::release::takes_release;

/// Makes the workspace take its LLVM from the archive of Debian's; and the tools from a release, which no test here builds.
fn with_debians_llvm(workspace: Workspace) -> Workspace {
    takes_release(&workspace);
    let archive = &workspace.setup().llvm19;
    let digest = sha256(&fs::read(archive).expect("the archive"));
    let tag = format!(
        "llvm = use_extension(\"@toolchains_go_race//extensions:race.bzl\", \"race\")\n\
         llvm.archive(\n    name = \"llvm_amd64\",\n    file = \"debians_llvm_amd64.tar.zst\",\n    \
         sha256 = \"{digest}\",\n    urls = [\"file://{}\"],\n)\n",
        archive.display()
    );
    workspace.append("MODULE.bazel", &format!("\n{tag}"));
    workspace
}

/// The regular file of this name in this folder, anywhere below `dir`.
fn find(dir: &Path, folder: &str, name: &str) -> Option<PathBuf> {
    fs::read_dir(dir).ok()?.filter_map(|entry| Some(entry.ok()?.path())).find_map(|path| {
        if path.is_symlink() {
            None
        } else if path.is_dir() {
            find(&path, folder, name)
        } else {
            path.ends_with(Path::new(folder).join(name)).then_some(path)
        }
    })
}

#[test]
fn a_race_test_is_built_by_it_in_the_hermetic_sandbox_with_nothing_mounted() {
    let workspace = with_debians_llvm(Workspace::of_example("hello_test", "another_llvm"));
    let output_base = tempfile::tempdir().expect("an output base");
    let bazel = || workspace.bazel().fresh(output_base.path());
    let mut words: Vec<String> =
        ["build", "--experimental_use_hermetic_linux_sandbox", "--subcommands"].map(str::to_owned).into();
    // What is built before needs the machine: rules_go's tools are built by a shell script.
    words.extend(["GoToolchainBinaryCompile", "GoToolchainBinaryBuild"].map(|name| format!("--strategy={name}=local")));
    words.extend(["--@io_bazel_rules_go//go/config:race", "//planted:planted_test"].map(str::to_owned));
    let output = bazel().run(words);
    let kept = tempfile::tempdir().expect("a folder");
    let test = kept.path().join("planted_test");
    if output.code == Some(0) {
        let out = fs::canonicalize(workspace.path("bazel-out")).expect("bazel-out");
        let built = find(&out, "planted_test_", "planted_test").expect("the test's executable");
        Command::new("cp").arg(built).arg(&test).run().succeeds();
    }
    bazel().run(["shutdown"]).succeeds();
    output.succeeds().says("debians_llvm_amd64.tar.zst").says("linux-sandbox");
    let binary = Binary::read(&test);
    binary.is_static();
    assert!(binary.has_race_runtime);
    Command::new(&test).run().fails().says("WARNING: DATA RACE").says("planted_test.go:13");
}

/// A folder of the trees with the driver, as Bazel makes them, without links.
fn trees() -> &'static Path {
    static TREES: OnceLock<tempfile::TempDir> = OnceLock::new();
    let copied = || {
        let workspace = with_debians_llvm(Workspace::of_fixture("c_rules", "another_llvm_trees"));
        let of_each =
            ["driver", "headers", "linux", "lib"].map(|kind| ["amd64", "arm64"].map(|arch| format!("{kind}_{arch}")));
        let names = of_each.into_iter().flatten().chain(["llvm_amd64", "cxx"].map(str::to_owned));
        let targets: Vec<String> = names.map(|name| format!("@toolchains_go_race//toolchain:{name}")).collect();
        workspace.bazel().run(["build".to_owned()].into_iter().chain(targets)).succeeds();
        let tree = workspace.executables(&[], &["@toolchains_go_race//toolchain:llvm_amd64"]).remove(0);
        let copy = tempfile::tempdir().expect("a folder");
        let folder = tree.parent().expect("the trees' folder");
        for name in [
            "bin",
            "cxx",
            "headers_amd64",
            "headers_arm64",
            "lib_amd64",
            "lib_arm64",
            "linux_amd64",
            "linux_arm64",
            "llvm_amd64",
        ] {
            Command::new("cp")
                .args(["-rL".as_ref(), folder.join(name).as_os_str(), copy.path().as_os_str()])
                .run()
                .succeeds();
        }
        workspace.bazel().run(["shutdown"]).succeeds();
        copy
    };
    TREES.get_or_init(copied).path()
}

/// Runs a tool of the trees where there is nothing but them, a folder of sources and an empty /tmp; and what `more` options
/// of bubblewrap add.
fn in_empty_root(more: &[&str], sources: &Path, program: &str, args: &str) -> Output {
    Command::new("bwrap")
        .args(["--unshare-pid", "--unshare-net", "--clearenv", "--tmpfs", "/tmp", "--ro-bind"])
        .args([trees().as_os_str(), "/trees".as_ref(), "--bind".as_ref(), sources.as_os_str(), "/sources".as_ref()])
        .args(more)
        .args(["--chdir", "/sources", program])
        .args(args.split_whitespace())
        .run()
}

#[test]
fn libraries_of_the_host_and_of_the_environment_are_not_loaded() {
    let sources = tempfile::tempdir().expect("a folder");
    fs::write(sources.path().join("a.c"), "int main(void) { return 0; }\n").expect("a file");
    fs::write(sources.path().join("b.c"), "int b;\n").expect("a file");
    // Whoever loads one of these fails.
    let host = tempfile::tempdir().expect("a folder");
    for entry in fs::read_dir(trees().join("llvm_amd64/lib")).expect("the libraries") {
        let name = entry.expect("a library").file_name();
        fs::write(host.path().join(if name == "ld.so" { "ld-linux-x86-64.so.2".into() } else { name }), "no library")
            .expect("a file");
    }
    let host = host.path().to_str().expect("a name in UTF-8");
    let mut poison = vec![
        "--setenv",
        "LD_LIBRARY_PATH",
        "/usr/lib/x86_64-linux-gnu",
        "--setenv",
        "LD_PRELOAD",
        "/usr/lib/x86_64-linux-gnu/libc.so.6",
    ];
    for folder in ["/lib64", "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu"] {
        poison.extend(["--ro-bind", host, folder]);
    }
    let run = |program: &str, args: &str| in_empty_root(&poison, sources.path(), program, args);
    // They bite: the loader without the driver takes them.
    run("/trees/llvm_amd64/lib/ld.so", "/trees/llvm_amd64/bin/clang --version").fails().says("libc.so.6");
    for args in ["--version", "a.c b.c -o a"] {
        run("/trees/bin/amd64/cc", args).succeeds();
    }
    run("/sources/a", "").succeeds();
}

#[test]
fn c_and_cxx_are_compiled_and_linked_by_it_in_an_empty_root() {
    let sources = tempfile::tempdir().expect("a folder");
    let file = |name: &str, text: &str| fs::write(sources.path().join(name), text).expect("a file");
    file("hello.cc", &fixture("hello_cxx.cc"));
    file("main.c", "#include <stdio.h>\nint other(void);\nint main(void) { printf(\"%d\\n\", other()); return 0; }\n");
    file("other.c", "#include <stddef.h>\nint other(void) { return OTHER; }\n");
    // More than fits into a command line: clang passes it to itself by a file.
    let long: String = (0..12_000).map(|i| format!("-DA{i}={}\n", "x".repeat(200))).collect();
    file("long.rsp", &format!("{long}-DOTHER=43\n"));
    let run = |program: &str, args: &str| in_empty_root(&[], sources.path(), program, args);
    run("/trees/bin/amd64/cc", "--version").succeeds().says("Debian clang version 19.");
    // The loader finds nothing elsewhere, for there is nothing.
    run("/trees/llvm_amd64/bin/clang", "--version").fails();
    for arch in ["amd64", "arm64"] {
        let tool = |tool: &str, args: &str| {
            run(&format!("/trees/bin/{arch}/{tool}"), args).succeeds().does_not_say("error").does_not_say("unused");
        };
        // Several jobs in one call: clang starts itself again for each.
        tool("cc", "-Wall -Werror -DOTHER=42 main.c other.c -o several");
        tool("cc", "-Wall -Werror @long.rsp main.c other.c -o long");
        tool("cc", "-g -O2 -DOTHER=44 -c other.c -o other.o");
        tool("ar", "rcs libother.a other.o");
        tool("ranlib", "libother.a");
        tool("cc", "-static-pie main.c -L. -lother -o archive");
        // The payload's libc++ is newer than this clang, and says so.
        tool("c++", "-Wall -Werror -Wno-#warnings -O2 hello.cc -o hello");
        for program in ["several", "long", "archive", "hello"] {
            let binary = Binary::read(&sources.path().join(program));
            binary.is_static();
            assert_eq!(binary.arch, arch, "{program}");
        }
        if arch == "amd64" {
            for (program, says) in [
                ("several", "42\n"),
                ("long", "43\n"),
                ("archive", "44\n"),
                ("hello", "Ada: 36; nobody is called Bob\n"),
            ] {
                assert_eq!(run(&format!("/sources/{program}"), "").succeeds().stdout, says, "{program}");
            }
        }
    }
}

fn fixture(name: &str) -> String {
    let repo = e2e::Setup::get().repo;
    fs::read_to_string(repo.join("tests/fixtures/c_rules").join(name)).expect("a fixture")
}
