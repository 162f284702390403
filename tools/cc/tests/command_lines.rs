//! The exact command line for every tool, target and kind of link. A change here is a change of what users get.

mod call;

use call::call;

macro_rules! command_lines {
    ($($name:ident: $tool:literal $args:expr;)*) => {$(
        #[test]
        fn $name() {
            for target in ["amd64", "arm64"] {
                let call = call(&format!("bazel-out/k8-opt-exec/bin/t/bin/{target}/{}", $tool), &$args);
                let plan = cc::plan(&call).unwrap();
                insta::assert_snapshot!(format!("{}_{target}", stringify!($name)), plan);
            }
        }
    )*};
}

/// With glibc 2.28 in place of musl.
macro_rules! glibc_command_lines {
    ($($name:ident: $tool:literal $args:expr;)*) => {$(
        #[test]
        fn $name() {
            for target in ["amd64", "arm64"] {
                let call = call(&format!("bazel-out/k8-opt-exec/bin/t/bin/{target}_glibc_2.28/{}", $tool), &$args);
                let plan = cc::plan(&call).unwrap();
                insta::assert_snapshot!(format!("{}_{target}", stringify!($name)), plan);
            }
        }
    )*};
}

glibc_command_lines! {
    glibc_compile_cxx: "c++" ["-c", "a.cc", "-o", "a.o"];
    glibc_link_go_exe: "cc" ["-m64", "-o", "a", "-rdynamic", "go.o", "-no-pie"];
    glibc_link_go_pie: "cc" ["-pie", "-o", "a", "go.o"];
    glibc_link_go_c_shared: "cc" ["-shared", "-Wl,-z,nodelete", "-o", "a.so", "go.o", "b.so"];
    glibc_linker: "ld.lld" ["-shared", "a.o", "-o", "a"];
}

command_lines! {
    compile: "cc" ["-O2", "-Iinclude", "-isystem", "sys", "-MD", "-MF", "a.d", "-c", "a.c", "-o", "a.o"];
    compile_cxx: "c++" ["-c", "a.cc", "-o", "a.o"];
    compile_cxx_by_cc: "cc" ["-c", "a.cc", "-o", "a.o"];
    compile_cxx_without_its_headers: "c++" ["-nostdinc++", "-c", "a.cc"];
    compile_without_headers: "cc" ["-nostdinc", "-c", "a.c"];
    preprocess: "cc" ["-E", "a.c"];
    assemble: "cc" ["-c", "a.S", "-o", "a.o"];
    question: "cc" ["--version"];
    go_tool_id: "cc" ["-###", "-x", "c", "-c", "-"];
    link_static: "cc" ["a.o", "-lm", "-o", "a"];
    link_static_cxx: "c++" ["a.o", "-o", "a"];
    link_without_cxx: "c++" ["-nostdlib++", "a.o", "-o", "a"];
    link_static_pie: "cc" ["-static-pie", "a.o", "-o", "a"];
    link_go_pie: "cc" ["-m64", "-Wl,-z,relro", "-pie", "-o", "a", "-rdynamic", "go.o"];
    link_go_exe: "cc" ["-m64", "-o", "a", "-Wl,--export-dynamic-symbol=x", "go.o", "-no-pie"];
    link_go_exe_of_bazel_coverage: "cc" ["-m64", "-o", "a", "go.o", "--coverage"];
    link_go_exe_of_bazel_coverage_by_a_response_file: "cc" ["-m64", "-o", "a", "@coverage.rsp"];
    link_relocatable: "cc" ["-r", "a.o", "b.o", "-o", "c.o"];
    link_without_libraries: "cc" ["-nostdlib", "a.o", "-o", "a"];
    link_without_start_files: "cc" ["-nostartfiles", "a.o", "-o", "a"];
    link_inputs_after_dashes: "cc" ["-o", "a", "--", "-a.o"];
    linker: "ld.lld" ["-static", "a.o", "-o", "a"];
    archive: "ar" ["rcs", "a.a", "a.o"];
    index: "ranlib" ["a.a"];
}

#[test]
fn called_by_rules_go_with_absolute_paths() {
    let mut call = call(
        "/o/execroot/_main/bazel-out/k8-opt-exec/bin/t/bin/amd64/cc",
        &[
            "-I",
            "/o/execroot/_main/external/go_sdk/src/runtime/cgo",
            "-I/tmp/rules_go_work-1/",
            "-c",
            "/tmp/go-build1/b001/a.c",
        ],
    );
    call.cwd = "/tmp/go-build1/b001".into();
    call.env = vec![("TMPDIR".into(), "/tmp".into()), ("CPATH".into(), "/usr/include".into())];
    insta::assert_snapshot!(cc::plan(&call).unwrap());
}

#[test]
fn called_by_go_build_outside_of_bazel() {
    insta::assert_snapshot!(
        cc::plan(&call("/trees/bin/amd64/cc", &["-I/usr/local/go/src", "-c", "/src/a.c"])).unwrap()
    );
}

#[test]
fn an_action_without_further_headers() {
    let mut call = call("t/bin/amd64/c++", &["-c", "a.cc"]);
    call.exists = |_| false;
    let plan = cc::plan(&call).unwrap();
    assert!(plan.missing.cxx && plan.missing.linux);
    insta::assert_snapshot!(plan);
}

#[test]
fn called_on_arm64() {
    let mut call = call("t/bin/amd64/cc", &["-c", "a.c"]);
    call.exec = cc::Arch::Arm64;
    insta::assert_snapshot!(cc::plan(&call).unwrap());
}

/// Every tool of an LLVM whose tree has these files.
fn all_tools(exists: fn(&std::path::Path) -> bool) -> String {
    let calls: [(&str, &[&str]); 5] = [
        ("cc", &["-c", "a.c"]),
        ("c++", &["-c", "a.cc"]),
        ("ld.lld", &["-static", "a.o"]),
        ("ar", &["rcs", "a.a", "a.o"]),
        ("ranlib", &["a.a"]),
    ];
    let plans = calls.map(|(tool, args)| {
        let mut call = call(&format!("t/bin/amd64/{tool}"), args);
        call.exists = exists;
        cc::plan(&call).unwrap().to_string()
    });
    plans.join("\n\n")
}

#[test]
fn llvm_as_separate_programs() {
    insta::assert_snapshot!(all_tools(|path| !path.ends_with("lib/ld.so")));
}

#[test]
fn llvm_through_the_loader_of_its_own_tree() {
    insta::assert_snapshot!(all_tools(|_| true));
}

/// clang starts its own `argv[0]`, this driver, for each of several jobs; a long command line goes through a file.
#[test]
fn a_clang_of_the_loaders_starts_itself_again_as_it_is() {
    let planned = |args: &[&str], exists: fn(&std::path::Path) -> bool| {
        let mut call = call("t/bin/arm64/cc", args);
        call.exists = exists;
        call.env = vec![("TMPDIR".into(), "/exec/root".into())];
        cc::plan(&call).map(|plan| plan.to_string())
    };
    let jobs: [&[&str]; 3] =
        [&["-cc1", "-triple", "x", "-I/usr/include", "a.c"], &["-cc1as", "a.s"], &["@job-0a1b2c.txt"]];
    insta::assert_snapshot!(jobs.map(|args| planned(args, |_| true).unwrap()).join("\n\n"));
    // A user's own response file is completed as ever, and so is everything where clang needs no loader.
    assert!(planned(&["-c", "@job-0a1b2c.txt"], |_| true).unwrap().contains("\n  -resource-dir="));
    for args in jobs {
        let plan = planned(args, |path| !path.ends_with("lib/ld.so"));
        assert!(plan.is_err() || plan.unwrap().contains("\n  -resource-dir="), "{args:?}");
    }
}
