//! The driver with a real payload. Feature `payload`; `TOOLCHAINS_GO_RACE_TREES` names the folder of the trees, in which
//! `bin/ARCH/TOOL` are links to the driver under test.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of a test's own, and the compilers.
struct Dir {
    path: PathBuf,
    trees: PathBuf,
}

impl Dir {
    fn new(test: &str) -> Self {
        let trees = std::env::var_os("TOOLCHAINS_GO_RACE_TREES")
            .expect("TOOLCHAINS_GO_RACE_TREES names the folder of the trees");
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self { path, trees: trees.into() }
    }

    fn write(&self, name: &str, text: &str) -> &Self {
        fs::create_dir_all(self.path.join(name).parent().unwrap()).unwrap();
        fs::write(self.path.join(name), text).unwrap();
        self
    }

    /// Runs `TOOL ARGS…` of an architecture in the folder, called by its absolute path as Go does.
    fn tool(&self, arch: &str, tool: &str, args: &str) -> Output {
        let program = self.trees.join("bin").join(arch).join(tool);
        Command::new(program)
            .args(args.split_whitespace())
            .current_dir(&self.path)
            .env("CPATH", "/usr/include")
            .output()
            .unwrap()
    }

    #[track_caller]
    fn cc(&self, arch: &str, args: &str) {
        let output = self.tool(arch, "cc", args);
        assert!(
            output.status.success() && output.stderr.is_empty(),
            "{arch}: cc {args}\n{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }

    /// What a program prints that starts with nothing around it.
    #[track_caller]
    fn run(&self, program: &str) -> String {
        let output = Command::new(self.path.join(program)).env_clear().output().unwrap();
        assert!(output.status.success(), "{program}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// The same trees under an execution root in this folder, to which `cwd/`-relative and absolute calls belong.
    fn execution_root(&self, root: &str) -> PathBuf {
        let bin = self.path.join(root).join("bazel-out/k8-opt-exec/bin");
        fs::create_dir_all(&bin).unwrap();
        std::os::unix::fs::symlink(&self.trees, bin.join("toolchain")).unwrap();
        self.path.join(root)
    }
}

const HELLO: &str = "#include <stdio.h>\nint main(void) { puts(\"hello\"); return 0; }\n";
const CC: &str = "bazel-out/k8-opt-exec/bin/toolchain/bin/amd64/cc";

#[test]
fn programs_are_static_and_start_in_an_empty_environment() {
    let dir = Dir::new("static");
    dir.write("hello.c", HELLO);
    for arch in ["amd64", "arm64"] {
        for (flags, elf_type) in [("", 2), ("-static-pie", 3), ("-pie -rdynamic", 3), ("-no-pie -static", 2)] {
            dir.cc(arch, &format!("-Wall -Werror {flags} hello.c -o hello"));
            let program = fs::read(dir.path.join("hello")).unwrap();
            assert_eq!(program[16], elf_type, "{arch} {flags}: type of the ELF file");
            assert!(!has_interpreter(&program), "{arch} {flags}: it names a dynamic linker");
            if arch == std::env::consts::ARCH.replace("x86_64", "amd64").replace("aarch64", "arm64") {
                assert_eq!(dir.run("hello"), "hello\n", "{flags}");
            }
        }
    }
}

/// Whether a program header is PT_INTERP.
fn has_interpreter(program: &[u8]) -> bool {
    let count = usize::from(program[56]);
    program[64..].chunks_exact(56).take(count).any(|header| header.starts_with(&[3, 0, 0, 0]))
}

#[test]
fn no_call_complains_about_options_of_the_drivers() {
    let dir = Dir::new("warnings");
    dir.write("hello.c", HELLO).write("empty.S", "");
    for args in [
        "-c hello.c -o hello.o",
        "hello.o -o hello",
        "-E hello.c -o hello.i",
        "-S hello.c -o hello.s",
        "-c hello.s -o hello.o",
        "-c empty.S -o empty.o",
        "-r hello.o empty.o -o both.o",
        "-fsyntax-only hello.c",
        "-M hello.c -MF hello.d",
        "-Wl,--build-id=0x12 -Wl,--compress-debug-sections=zlib -Wl,-z,nodlopen -no-pie hello.o -o hello",
    ] {
        dir.cc("amd64", &format!("-Werror -Wall -Wextra {args}"));
    }
}

#[test]
fn headers_of_clang_and_musl_work_together() {
    let dir = Dir::new("headers");
    let common = [
        "stdint",
        "limits",
        "float",
        "stddef",
        "stdarg",
        "stdatomic",
        "stdbool",
        "complex",
        "pthread",
        "unwind",
        "tgmath",
        "sys/ucontext",
    ];
    for (arch, own) in [("amd64", "immintrin"), ("arm64", "arm_neon")] {
        let includes: String = common.iter().chain([&own]).map(|name| format!("#include <{name}.h>\n")).collect();
        dir.write(
            "all.c",
            &format!("{includes}int path = PATH_MAX; uint64_t most = UINT64_MAX; long double big = LDBL_MAX;\n"),
        );
        for standard in ["gnu89", "gnu11", "gnu23"] {
            dir.cc(arch, &format!("-std={standard} -Wall -Werror -c all.c -o all.o"));
        }
    }
}

#[test]
fn the_language_runtime_works_with_musl() {
    let dir = Dir::new("runtime");
    dir.write("runtime.c", include_str!("runtime.c"));
    for flags in ["", "-static-pie"] {
        dir.cc("arm64", &format!("-Wall -Werror {flags} runtime.c -o runtime"));
        dir.cc("amd64", &format!("-Wall -Werror {flags} runtime.c -o runtime"));
        assert_eq!(
            dir.run("runtime"),
            "frames\ncleanup\nthread-local 43 42\ncleanup\ncancelled\n0.3333333333333333\n10445979176007033633\n"
        );
    }
}

/// Throws through two frames with cleanups, as a C++ program or Rust's panic does: forced, and as an exception that
/// nobody catches.
const UNWINDS: &str = r#"#include <setjmp.h>
#include <stdio.h>
#include <unwind.h>

static struct _Unwind_Exception exception;
static jmp_buf caught;

static void says(const char **text) { puts(*text); }

static _Unwind_Reason_Code stop(int version, _Unwind_Action actions, _Unwind_Exception_Class class,
				struct _Unwind_Exception *thrown, struct _Unwind_Context *context, void *catcher)
{
	(void)version, (void)class, (void)thrown;
	if (_Unwind_GetRegionStart(context) == (_Unwind_Ptr)catcher)
		longjmp(caught, 1);
	return actions & _UA_END_OF_STACK ? _URC_END_OF_STACK : _URC_NO_REASON;
}

__attribute__((noinline)) static void inner(void *catcher)
{
	__attribute__((cleanup(says))) const char *text = "inner";
	if (catcher)
		_Unwind_ForcedUnwind(&exception, stop, catcher);
	else
		printf("uncaught %d\n", _Unwind_RaiseException(&exception) == _URC_END_OF_STACK);
}

__attribute__((noinline)) static void outer(void *catcher)
{
	__attribute__((cleanup(says))) const char *text = "outer";
	inner(catcher);
}

__attribute__((noinline)) static void catches(void)
{
	if (setjmp(caught) == 0) {
		outer((void *)catches);
		puts("not thrown");
	}
	puts("caught");
}

int main(void)
{
	catches();
	outer(0);
	return 0;
}
"#;

#[test]
fn a_throw_runs_the_cleanups_of_its_frames() {
    let dir = Dir::new("unwinds");
    dir.write("unwinds.c", UNWINDS);
    for flags in ["-O0", "-O2", "-O2 -static-pie"] {
        for arch in ["arm64", "amd64"] {
            dir.cc(arch, &format!("-Wall -Werror -fexceptions {flags} unwinds.c -o unwinds-{arch}"));
        }
        let machine = std::env::consts::ARCH.replace("x86_64", "amd64").replace("aarch64", "arm64");
        assert_eq!(
            dir.run(&format!("unwinds-{machine}")),
            "inner\nouter\ncaught\nuncaught 1\ninner\nouter\n",
            "{flags}"
        );
    }
}

const CXX: &str = include_str!("../../../tests/fixtures/c_rules/hello_cxx.cc");

#[test]
fn cxx_programs_throw_and_catch() {
    let dir = Dir::new("cxx");
    dir.write("hello.cc", CXX);
    let machine = std::env::consts::ARCH.replace("x86_64", "amd64").replace("aarch64", "arm64");
    for flags in ["-O0", "-O2 -std=c++23", "-static-pie"] {
        // By `c++`; and by `cc`, to which a link made for GNU's library names it.
        for (tool, library) in [("c++", ""), ("cc", "-lstdc++ -lm -lgcc_eh"), ("cc", "-lc++ -lc++abi")] {
            for arch in ["arm64", "amd64"] {
                let args = format!("-Wall -Werror {flags} hello.cc -o hello-{arch} {library}");
                let output = dir.tool(arch, tool, &args);
                assert!(output.status.success() && output.stderr.is_empty(), "{tool} {args}: {output:?}");
            }
            let program = format!("hello-{machine}");
            assert!(!has_interpreter(&fs::read(dir.path.join(&program)).unwrap()));
            assert_eq!(dir.run(&program), "Ada: 36; nobody is called Bob\n", "{tool} {flags}");
        }
    }
}

#[test]
fn cc_links_nothing_of_cxx() {
    let dir = Dir::new("cxx_by_cc");
    dir.write("hello.cc", CXX);
    let output = dir.tool("amd64", "cc", "hello.cc -o hello");
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("undefined symbol: std::"), "{output:?}");
}

#[test]
fn an_object_is_the_same_from_two_folders() {
    let dir = Dir::new("reproducible");
    let source = format!("#include \"x.h\"\nconst char *file = __FILE__ __DATE__ __TIME__ X;\n{HELLO}");
    let mut objects = Vec::new();
    for root in ["one", "two/longer"] {
        let root_path = dir.execution_root(root);
        dir.write(&format!("{root}/src/a.c"), &source).write(&format!("{root}/src/x.h"), "#define X __FILE__\n");
        let absolute = |path: &str| root_path.join(path).into_os_string();
        for argv0 in [CC.into(), absolute(CC)] {
            for input in ["src/a.c".into(), absolute("src/a.c")] {
                let status = Command::new(&argv0)
                    .arg("-g")
                    .arg("-c")
                    .arg(&input)
                    .arg("-o")
                    .arg("a.o")
                    .current_dir(&root_path)
                    .status();
                assert!(status.unwrap().success());
                let object = fs::read(root_path.join("a.o")).unwrap();
                assert!(
                    !object.windows(root.len() + 1).any(|text| text == format!("{root}/").as_bytes()),
                    "the object names {root}"
                );
                objects.push((argv0 == CC, input == "src/a.c", object));
            }
        }
    }
    let (one, two) = objects.split_at(4);
    assert!(one == two, "the objects of two folders differ");
}

#[test]
fn dependencies_are_listed_by_relative_paths() {
    let dir = Dir::new("dependencies");
    let root = dir.execution_root("root");
    dir.write("root/a.c", HELLO);
    let status = Command::new(CC).args(["-MD", "-MF", "a.d", "-c", "a.c", "-o", "a.o"]).current_dir(&root).status();
    assert!(status.unwrap().success());
    let dependencies = fs::read_to_string(root.join("a.d")).unwrap();
    assert!(dependencies.contains("headers_amd64/include/stdio.h"), "{dependencies}");
    assert!(!dependencies.split_whitespace().any(|path| path.starts_with('/')), "{dependencies}");
}

#[test]
fn what_cannot_be_is_refused_and_leaves_nothing() {
    let dir = Dir::new("refusals");
    let root = dir.execution_root("root");
    dir.write("root/a.c", HELLO);
    for args in ["-shared a.c -o a", "-I/usr/include a.c -o a", "-L/usr/lib a.c -o a", "-march=native a.c -o a"] {
        let output = Command::new(CC).args(args.split(' ')).current_dir(&root).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{args}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("\n  next: "), "{args}: {output:?}");
        assert!(!root.join("a").exists(), "{args}");
    }
}

#[test]
fn archives_carry_no_time_and_no_owner() {
    let dir = Dir::new("archive");
    dir.write("hello.c", HELLO).cc("amd64", "-c hello.c -o hello.o");
    for operation in ["rcs", "-rcs", "rcsU"] {
        let _ = fs::remove_file(dir.path.join("libhello.a"));
        assert!(dir.tool("amd64", "ar", &format!("{operation} libhello.a hello.o")).status.success());
        assert!(dir.tool("amd64", "ranlib", "libhello.a").status.success());
        let archive = fs::read(dir.path.join("libhello.a")).unwrap();
        let header = String::from_utf8_lossy(&archive);
        assert!(header.contains("hello.o/        0           0     0     644     "), "{operation}: {header}");
    }
}

#[test]
fn a_missing_payload_is_told() {
    let dir = Dir::new("missing");
    let bin = dir.path.join("bin/amd64");
    fs::create_dir_all(&bin).unwrap();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cc"), bin.join("cc")).unwrap();
    let output = Command::new(bin.join("cc")).arg("--version").output().unwrap();
    assert_eq!(output.status.code(), Some(127));
    assert!(String::from_utf8_lossy(&output.stderr).contains("cannot run LLVM"), "{output:?}");
}

#[test]
fn questions_are_answered_for_the_target_with_the_toolchains_own_files() {
    let dir = Dir::new("questions");
    let answer = |args: &str| String::from_utf8(dir.tool("arm64", "cc", args).stdout).unwrap();
    assert!(answer("-dumpmachine").starts_with("aarch64-"));
    assert!(answer("--version").contains("clang version"));
    assert!(answer("-Wl,--version").contains("LLD"));
    for (question, file) in [
        ("-print-file-name=libc.a", "lib_arm64/lib/libc.a"),
        ("-print-libgcc-file-name", "lib_arm64/lib/libgcc.a"),
        ("--print-prog-name=ar", "bin/arm64/ar"),
    ] {
        assert!(answer(question).trim_end().ends_with(file), "{question}: {}", answer(question));
    }
    let nothing = dir.tool("arm64", "cc", "");
    assert!(String::from_utf8_lossy(&nothing.stderr).contains("no input files"), "{nothing:?}");
}
