//! What the driver refuses, and what it must not refuse.

mod call;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use call::call;

const CC: &str = "bazel-out/k8/bin/t/bin/amd64/cc";
const LD: &str = "bazel-out/k8/bin/t/bin/amd64/ld.lld";
const AR: &str = "bazel-out/k8/bin/t/bin/amd64/ar";

/// Plans `args` and gives the error's text.
#[track_caller]
fn refusal(argv0: &str, args: &[&str]) -> String {
    match cc::plan(&call(argv0, args)) {
        Err(error) => {
            assert_eq!(error.exit_code(), cc::REFUSED);
            error.to_string()
        }
        Ok(plan) => panic!("{args:?} was not refused:\n{plan}"),
    }
}

#[track_caller]
fn assert_accepted(argv0: &str, args: &[&str]) {
    if let Err(error) = cc::plan(&call(argv0, args)) {
        panic!("{args:?} was refused:\n{error}");
    }
}

#[test]
fn a_path_of_the_host_is_refused_in_every_spelling() {
    for args in [
        &["-I/usr/include", "-c", "a.c"][..],
        &["-I", "/usr/include", "-c", "a.c"],
        &["-I=/usr/include", "-c", "a.c"],
        &["-I../../usr/include", "-c", "a.c"],
        &["-Ia/../../../../usr/include", "-c", "a.c"],
        &["--include-directory=/usr/include", "-c", "a.c"],
        &["-isystem", "/usr/include", "-c", "a.c"],
        &["-isystem/usr/include", "-c", "a.c"],
        &["-iquote", "/usr/include", "-c", "a.c"],
        &["-idirafter/usr/include", "-c", "a.c"],
        &["-iprefix", "/usr/", "-c", "a.c"],
        &["-iwithprefix", "/usr/", "-c", "a.c"],
        &["-iwithprefixbefore/usr/", "-c", "a.c"],
        &["-include", "/usr/include/stdio.h", "-c", "a.c"],
        &["-imacros/usr/include/stdio.h", "-c", "a.c"],
        &["-isysroot", "/", "-c", "a.c"],
        &["-isysroot/", "-c", "a.c"],
        &["--sysroot=/", "-c", "a.c"],
        &["--sysroot", "/usr", "-c", "a.c"],
        &["-resource-dir=/usr/lib/clang", "-c", "a.c"],
        &["-resource-dir", "/usr/lib/clang", "-c", "a.c"],
        &["--gcc-toolchain=/usr", "-c", "a.c"],
        &["--gcc-install-dir=/usr", "-c", "a.c"],
        &["-fplugin=/usr/lib/x.so", "-c", "a.c"],
        &["-fpass-plugin=/usr/lib/x.so", "-c", "a.c"],
        &["-Xclang", "-load", "-Xclang", "/usr/lib/x.so", "-c", "a.c"],
        &["-Xclang", "-isystem", "-Xclang", "/usr/include", "-c", "a.c"],
        &["-Xpreprocessor", "-I/usr/include", "-c", "a.c"],
        &["-Wp,-I,/usr/include", "-c", "a.c"],
        &["-Wa,-I/usr/include", "-c", "a.s"],
        &["-fmodule-map-file=/usr/x", "-c", "a.c"],
        &["-fmodule-file=name=/usr/x", "-c", "a.c"],
        &["-fprofile-use=/usr/x", "-c", "a.c"],
        &["-working-directory", "/usr", "-c", "a.c"],
        &["-some-future-flag=/usr/x", "-c", "a.c"],
        &["-some-future-flag", "/usr/x", "-c", "a.c"],
        &["-c", "/usr/src/a.c"],
        &["-c", "--", "/usr/src/a.c"],
        &["/usr/lib/libz.a", "a.o"],
        &["/usr/lib/crt1.o", "a.o"],
        &["-L/usr/lib", "a.o"],
        &["-L", "/usr/lib", "a.o"],
        &["-F/usr/lib", "a.o"],
        &["-T/usr/x.ld", "a.o"],
        &["-T", "/usr/x.ld", "a.o"],
        &["-Wl,-T,/usr/x.ld", "a.o"],
        &["-Wl,-L/usr/lib", "a.o"],
        &["-Wl,--script=/usr/x.ld", "a.o"],
        &["-Wl,-rpath,/usr/lib", "a.o"],
        &["-Wl,-rpath=/usr/lib", "a.o"],
        &["-Xlinker", "-rpath", "-Xlinker", "/usr/lib", "a.o"],
        &["-Wl,/usr/lib/libz.a", "a.o"],
        &["@/etc/args", "a.o"],
        &["@args.rsp", "-c", "a.c"],
        &["-c", "/tmp/elsewhere/a.c"],
        &["-c", "/exec/rootkit/a.c"],
    ] {
        let error = refusal(CC, args);
        assert!(error.contains("is a path of the host"), "{args:?}: {error}");
    }
    for (tool, args) in [
        (LD, &["/usr/lib/libz.a"][..]),
        (LD, &["-L/usr/lib", "a.o"]),
        (LD, &["-T", "/usr/x.ld"]),
        (LD, &["--version-script=/usr/x"]),
        (LD, &["@/etc/args"]),
        (AR, &["rcs", "a.a", "/usr/lib/x.o"]),
        (AR, &["rcs", "a.a", "@args.rsp"]),
    ] {
        let error = refusal(tool, args);
        assert!(error.contains("is a path of the host"), "{args:?}: {error}");
    }
}

#[test]
fn a_path_of_the_build_is_accepted() {
    for args in [
        &["-I/exec/root/include", "-c", "/exec/root/a.c"][..],
        &["-Ia/../b", "-c", "a.c"],
        &["-c", "/tmp/go-build12/b001/a.c", "-o", "/tmp/go-build12/b001/a.o"],
        &["-I", ".", "-c", "/tmp/cgo-gcc-input-7.c"],
        &["/tmp/go-link-3/go.o", "/tmp/go-link-3/trivial.c"],
        &["-c", "/tmp/rules_go_work-9/a.c"],
        &["-x", "c", "-", "-o", "/dev/null"],
        &["-c", "/dev/null", "-o", "/anywhere/a.o"],
        &["-c", "a.c", "-o/anywhere/a.o", "-MF/anywhere/a.d", "-MT", "/usr/x"],
        &["-c", "a.c", "-DPREFIX=/usr/local", "-D", "X=\"/usr\""],
        &["-c", "a.c", "-ffile-prefix-map=/usr/src=/x", "-fdebug-prefix-map=/usr=."],
        &["a.o", "-Wl,-Map=/anywhere/a.map", "-Wl,-Map,/anywhere/a.map"],
        &["a.o", "-Wl,-rpath,$ORIGIN/lib", "-Wl,--build-id=0x12", "-Wl,--compress-debug-sections=zlib"],
        &["@missing.rsp"],
    ] {
        assert_accepted(CC, args);
    }
    // clang's own temporary files, when it compiles and links in one call.
    assert_accepted(LD, &["/tmp/a-0a1b2c.o", "-o", "a"]);
    assert_accepted(LD, &["@/tmp/response-0a1b2c.txt"]);
    assert_accepted(AR, &["rcs", "/anywhere/a.a", "a.o"]);
    // Trees outside of the execution root are the driver's own.
    assert_accepted("../trees/bin/amd64/ld.lld", &["-L", "../trees/lib_amd64/lib", "a.o"]);
}

#[test]
fn outside_of_bazel_the_users_paths_are_accepted() {
    assert_accepted("/trees/bin/amd64/cc", &["-I/usr/local/go/src/runtime/cgo", "-c", "/root/go/pkg/mod/x/a.c"]);
}

#[test]
fn a_shared_library_is_refused_when_linking_and_only_then() {
    for args in [
        &["-shared", "a.o"][..],
        &["--shared", "a.o"],
        &["-dynamiclib", "a.o"],
        &["-Wl,-shared", "a.o"],
        &["-Wl,--shared", "a.o"],
        &["-Xlinker", "-shared", "a.o"],
        &["@shared.rsp", "a.o"],
    ] {
        let error = refusal(CC, args);
        assert!(
            error.contains("a shared library as output") && error.contains("linkmode `normal`"),
            "{args:?}: {error}"
        );
    }
    refusal(LD, &["-shared", "a.o"]);
    assert_accepted(CC, &["-shared", "-c", "a.c"]);
    for args in [&["a.o", "libx.so"][..], &["a.o", "lib/libx.so.1.2"]] {
        let error = refusal(CC, args);
        assert!(error.contains("a shared library as an input"), "{args:?}: {error}");
    }
    let error = refusal(CC, &["a.o", "-Wl,--dynamic-linker,/lib/ld.so"]);
    assert!(error.contains("a dynamic linker"), "{error}");
    assert_accepted(CC, &["a.o", "-Wl,-Bdynamic", "-Bdynamic", "-rdynamic", "-Wl,--export-dynamic"]);
}

#[test]
fn what_needs_clangs_runtime_is_refused_when_linking_and_only_then() {
    for flag in [
        "-fsanitize=address",
        "-fsanitize=thread",
        "-fprofile-arcs",
        "-fprofile-instr-generate",
        "-fprofile-generate=x",
    ] {
        let error = refusal(CC, &[flag, "a.o"]);
        assert!(error.contains("needs a runtime library"), "{flag}: {error}");
        assert_accepted(CC, &[flag, "-c", "a.c"]);
    }
    assert!(refusal(CC, &["--coverage", "a.c"]).contains("needs a runtime library"));
    assert_accepted(CC, &["-fsanitize=undefined", "-fsanitize-trap=all", "a.o"]);
    assert_accepted(CC, &["-fsanitize=address", "-fno-sanitize=all", "a.o"]);
}

#[test]
fn another_target_linker_or_processor_is_refused() {
    for (args, expected) in [
        (&["--target=aarch64-linux-musl"][..], "contradicts"),
        (&["-target", "aarch64-linux-musl"], "contradicts"),
        (&["--target", "x86_64-linux-gnu"], "contradicts"),
        (&["--target=x86_64-apple-darwin"], "contradicts"),
        (&["-m32"], "contradicts"),
        (&["-march=native"], "native"),
        (&["-mcpu=native"], "native"),
        (&["-mtune=native"], "native"),
        (&["-fuse-ld=gold"], "invalid linker name"),
        (&["-fuse-ld=/usr/bin/ld"], "invalid linker name"),
        (&["--ld-path=ld"], "own lld"),
        (&["-Btools"], "-B lets clang"),
        (&["-B", "tools"], "-B lets clang"),
        (&["--config=x.cfg"], "nobody can check"),
        (&["--config", "x.cfg"], "nobody can check"),
        (&["-specs=x"], "nobody can check"),
        (&["@again.rsp"], "without an end"),
    ] {
        let error = refusal(CC, &[args, &["-c", "a.c"]].concat());
        assert!(error.contains(expected), "{args:?}: {error}");
    }
    for args in [
        &["--target=x86_64-linux-musl"][..],
        &["-target", "x86_64-unknown-linux"],
        &["-m64"],
        &["-fuse-ld=lld"],
        &["-mtune=generic"],
    ] {
        assert_accepted(CC, &[args, &["-c", "a.c"]].concat());
    }
}

#[test]
fn an_argument_need_not_be_utf8() {
    let name = OsString::from_vec(b"\xff\xfe.c".to_vec());
    let mut call = call(CC, &["-c"]);
    call.args.push(name.clone());
    assert!(cc::plan(&call).unwrap().args.contains(&name));
}

#[test]
fn an_error_says_what_where_and_what_next() {
    insta::assert_snapshot!("error_host_path", refusal(CC, &["-I/usr/include", "-c", "a.c"]));
    insta::assert_snapshot!("error_shared", refusal(CC, &["-shared", "a.o"]));
    insta::assert_snapshot!("error_called_by_path", refusal("cc", &["a.c"]));
}

#[test]
fn with_glibc_a_static_link_and_another_loader_are_refused_and_shared_libraries_are_not() {
    let (cc, ld) = ("bazel-out/k8/bin/t/bin/amd64_glibc_2.28/cc", "bazel-out/k8/bin/t/bin/amd64_glibc_2.28/ld.lld");
    for flag in ["-static", "-static-pie", "--static"] {
        let error = refusal(cc, &[flag, "a.o"]);
        assert!(error.contains("a static link with glibc") && error.contains("libc=musl"), "{error}");
    }
    let loader = "/lib64/ld-linux-x86-64.so.2";
    assert!(refusal(cc, &["-Wl,-dynamic-linker,/nix/ld.so", "a.o"]).contains(loader));
    assert!(refusal(cc, &["--target=x86_64-linux-musl", "-c", "a.c"]).contains("x86_64-linux-gnu"));
    assert!(refusal(cc, &["/usr/lib/libz.so", "a.o"]).contains("path of the host"));
    assert_accepted(cc, &["-static", "-c", "a.c"]);
    assert_accepted(cc, &["-shared", "a.o", "b.so"]);
    assert_accepted(ld, &["-shared", "a.o", "b.so.1"]);
    assert_accepted(ld, &["-dynamic-linker", loader, "a.o"]);
    assert_accepted(cc, &["--target=x86_64-linux-gnu", "-c", "a.c"]);
}
