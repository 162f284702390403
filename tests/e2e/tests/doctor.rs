//! doctor says what is the matter with a workspace, and what it says heals it.
//!
//! Most tests call the library, with the Bazel that `./dev test` provides; one runs the program as people do.

use std::fs;
use std::sync::MutexGuard;

use doctor::examine::{Request, examine};
use doctor::report::{Report, Status, text};
use e2e::{Bazel, Shared, Workspace};

const MODULE: &str = "bazel_dep(name = \"toolchains_go_race\", version = \"0.1.0\")\n";
const RULES_CC: &str = "bazel_dep(name = \"rules_cc\", version = \"0.0.11\")\n";

/// The example, which the tests share; each writes its own MODULE.bazel.
struct Patient {
    workspace: MutexGuard<'static, Workspace>,
    module: String,
}

impl Patient {
    fn new() -> Self {
        static WORKSPACE: Shared = Shared::new();
        let workspace = WORKSPACE.hold(|| Workspace::of_example("hello_test", "doctor"));
        let example = workspace.setup().repo.join("examples/hello_test/MODULE.bazel");
        let module = fs::read_to_string(example).expect("MODULE.bazel");
        let end = module.find("# This example stands in").expect("the example's remark");
        let sdk = module.find("go_sdk = ").expect("the example's SDK");
        let module = format!("{}{}", &module[..end], &module[sdk..]);
        workspace.file("MODULE.bazel", &module);
        Self { workspace, module }
    }

    fn examined_by(&self, bazel: Bazel<'_>, flags: &[&str], fetch: bool) -> Report {
        let bazel = bazel::Bazel::new(bazel.program(), self.workspace.path(""));
        // Nobody has built here, as `bazel run` of the doctor has: what registers toolchains may have to be fetched.
        bazel.run(["build", "--nobuild", "@toolchains_go_race//tools/doctor/resolution:tools_amd64"]).expect("Bazel");
        let flags = flags.iter().map(|&flag| flag.to_owned()).collect();
        examine(&Request { bazel, flags, fetch }).unwrap_or_else(|error| panic!("{error}"))
    }

    fn examined(&self, flags: &[&str]) -> Report {
        self.examined_by(self.workspace.bazel(), flags, false)
    }
}

/// The data of a check.
#[track_caller]
fn fact(report: &Report, id: &str, name: &str) -> String {
    let finding = report.findings.iter().find(|finding| finding.id == id);
    let finding = finding.unwrap_or_else(|| panic!("no check {id} in\n{}", text::render(report, false)));
    finding.data.get(name).and_then(|value| value.as_str()).unwrap_or_default().to_owned()
}

#[track_caller]
fn says(report: &Report, part: &str) {
    let text = text::render(report, false);
    assert!(text.contains(part), "expected {part:?} in\n{text}");
}

#[test]
fn a_healthy_workspace_is_well_and_both_platforms_get_ours() {
    let report = Patient::new().examined(&[]);
    assert!(!report.is_sick(), "{}", text::render(&report, false));
    for arch in ["amd64", "arm64"] {
        assert_eq!(fact(&report, &format!("toolchain.linux_{arch}"), "owner"), "ours");
        assert_eq!(fact(&report, &format!("pair.go_{arch}"), "version"), "1.27.0");
    }
    assert_eq!(fact(&report, "sandbox.actions", "runner"), "linux-sandbox");
    says(&report, "hermetic linux-sandbox works here");
}

#[test]
fn where_the_hosts_compiler_wins_the_line_that_is_printed_heals() {
    let patient = Patient::new();
    patient.workspace.file("MODULE.bazel", &patient.module.replace(MODULE, &format!("{RULES_CC}{MODULE}")));
    let report = patient.examined(&[]);
    assert!(report.is_sick());
    assert_eq!(fact(&report, "toolchain.linux_amd64", "owner"), "host");
    says(&report, "has the bazel_dep on rules_cc, before the one on toolchains_go_race");
    let fix = fact(&report, "toolchain.linux_amd64", "fix");
    assert_eq!(fix, "register_toolchains(\"@toolchains_go_race//toolchain:all\")");
    patient.workspace.append("MODULE.bazel", &format!("{fix}\n"));
    let healed = patient.examined(&[]);
    assert!(!healed.is_sick(), "{}", text::render(&healed, false));
}

#[test]
fn bazel_run_builds_and_runs_it_where_the_hosts_compiler_wins() {
    let patient = Patient::new();
    patient.workspace.file("MODULE.bazel", &patient.module.replace(MODULE, &format!("{RULES_CC}{MODULE}")));
    let program = patient.workspace.bazel().program();
    let bazel = patient.workspace.bazel().env("BAZEL", program.to_str().expect("a name in UTF-8"));
    let output = bazel.run(["run", "@toolchains_go_race//:doctor"]).fails();
    assert_eq!(output.code, Some(1), "{output}");
    output.says("register_toolchains(\"@toolchains_go_race//toolchain:all\")").does_not_say("\x1b[33mwarning");
}

#[test]
fn an_archive_that_is_nowhere_is_told_ahead_of_time() {
    let patient = Patient::new();
    let repositories = tempfile::tempdir().expect("a repository cache");
    let cache = format!("--repository_cache={}", repositories.path().display());
    let output_base = tempfile::tempdir().expect("an output base");
    let bazel =
        || patient.workspace.bazel().without("/payload-").without("--repository_cache=").fresh(output_base.path());
    let report = patient.examined_by(bazel(), &[&cache], false);
    let tried = patient.examined_by(bazel(), &[&cache], true);
    bazel().run(["shutdown"]).succeeds();
    assert_eq!(fact(&report, "toolchain.linux_amd64", "owner"), "ours");
    for name in ["library", "llvm_amd64", "lib_amd64", "lib_arm64"] {
        let missing =
            report.findings.iter().find(|finding| finding.id == format!("payload.{name}")).expect("an archive");
        assert_eq!(missing.status, Status::Error, "{missing:?}");
        assert!(missing.next.iter().any(|line| line.contains("--distdir=FOLDER")), "{missing:?}");
    }
    says(&report, "sysroot_llvm_amd64.tar.zst: missing");
    says(&tried, "sysroot_llvm_amd64.tar.zst: Bazel cannot fetch it");
}

#[test]
fn a_mirror_that_was_not_asked_is_not_called_well() {
    let patient = Patient::new();
    let extension = "mirrors = use_extension(\"@toolchains_go_race//extensions:race.bzl\", \"race\")\n";
    patient
        .workspace
        .append("MODULE.bazel", &format!("{extension}mirrors.mirror(urls = [\"https://mirror.invalid/race\"])\n"));
    let report = patient.examined(&[]);
    let mirror = report.findings.iter().find(|finding| finding.id == "mirror.url").expect("the mirror");
    assert_eq!(
        (mirror.status, fact(&report, "mirror.url", "url").as_str()),
        (Status::NotMade, "https://mirror.invalid/race")
    );
}

#[test]
fn a_toolchain_of_the_root_module_and_one_of_a_flag_are_explained() {
    let patient = Patient::new();
    // The host's, by other names.
    patient.workspace.file("MODULE.bazel", &patient.module.replace(MODULE, &format!("{MODULE}{RULES_CC}")));
    patient.workspace.append(
        "MODULE.bazel",
        "cc = use_extension(\"@rules_cc//cc:extensions.bzl\", \"cc_configure_extension\")\nuse_repo(cc, \"local_config_cc\")\n",
    );
    patient.workspace.file(
        "own/BUILD.bazel",
        "toolchain(name = \"own\", toolchain = \"@local_config_cc//:cc-compiler-k8\",\n\
         target_compatible_with = [\"@platforms//cpu:x86_64\"],\n\
         toolchain_type = \"@bazel_tools//tools/cpp:toolchain_type\")\n",
    );
    patient.workspace.append("MODULE.bazel", "bazel_dep(name = \"platforms\", version = \"0.0.10\")\n");
    let flag = "--extra_toolchains=//own:all";
    let report = patient.examined(&[flag]);
    says(&report, "it is named by a flag");
    says(&report, &format!("take {flag} away"));

    patient.workspace.append("MODULE.bazel", "register_toolchains(\"//own:all\")\n");
    let report = patient.examined(&[]);
    assert_eq!(fact(&report, "toolchain.linux_amd64", "owner"), "host");
    says(&report, ", above line ");
    let module = fs::read_to_string(patient.workspace.path("MODULE.bazel")).expect("MODULE.bazel");
    let fix = fact(&report, "toolchain.linux_amd64", "fix");
    patient
        .workspace
        .file("MODULE.bazel", &module.replace("register_toolchains(", &format!("{fix}\nregister_toolchains(")));
    let healed = patient.examined(&[]);
    assert_eq!(fact(&healed, "toolchain.linux_amd64", "owner"), "ours");
}
