//! What needs glibc: libraries that are loaded.

use std::sync::OnceLock;

use e2e::{Binary, Command};

use super::{ARM64, Built, NO_SHADOW, line, workspace};

const GLIBC: [&str; 2] =
    ["--@toolchains_go_race//toolchain:libc=glibc", "--@toolchains_go_race//toolchain:glibc_version=2.28"];
const TARGETS: [&str; 4] = ["//linkmode:libcounter.so", "//linkmode:load", "//linkmode:plugin.so", "//linkmode:host"];

fn amd64() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    BUILT.get_or_init(|| Built::keep(&workspace(), "matrix-glibc", "build", &GLIBC, &TARGETS))
}

#[test]
fn a_c_shared_library_is_built_and_the_race_detector_refuses_to_be_loaded() {
    let [library, load] = ["//linkmode:libcounter.so", "//linkmode:load"].map(|target| amd64().path(target));
    let binary = Binary::read(library);
    binary.needs_glibc_of_at_most(28);
    assert!(binary.has_race_runtime, "{binary:?}");
    let output = Command::new(load).args([library]).run().says(NO_SHADOW);
    assert_eq!(output.code, Some(66), "{output}");
}

/// The same, built for arm64.
fn arm64() -> &'static Built {
    static BUILT: OnceLock<Built> = OnceLock::new();
    let options = [ARM64, GLIBC[0], GLIBC[1]];
    BUILT.get_or_init(|| Built::keep(&workspace(), "matrix-glibc-arm64", "build", &options, &TARGETS))
}

#[track_caller]
fn links_for_arm64(target: &str, has_race_runtime: bool) {
    let binary = Binary::read(arm64().path(target));
    binary.needs_glibc_of_at_most(28);
    assert_eq!((binary.arch, binary.has_race_runtime), ("arm64", has_race_runtime), "{target}: {binary:?}");
}

#[test]
fn a_c_shared_library_links_for_arm64() {
    links_for_arm64("//linkmode:libcounter.so", true);
}

#[test]
fn a_plugin_and_the_program_that_loads_it_link_for_arm64() {
    let plugin = Binary::read(amd64().path("//linkmode:plugin.so"));
    links_for_arm64("//linkmode:plugin.so", plugin.has_race_runtime);
    links_for_arm64("//linkmode:host", true);
}

#[test]
fn a_plugin_that_a_program_in_go_loads_is_raced() {
    let [plugin, host] = ["//linkmode:plugin.so", "//linkmode:host"].map(|target| amd64().path(target));
    for file in [plugin, host] {
        let binary = Binary::read(file);
        binary.needs_glibc_of_at_most(28);
        assert!(binary.has_race_runtime || file == plugin, "the race runtime is the host's: {binary:?}");
    }
    Command::new(host).args([plugin]).run().succeeds().says("counted 2").does_not_say("DATA RACE");
    let race = Command::new(host).args([plugin.as_os_str(), "race".as_ref()]).run().fails();
    race.says("WARNING: DATA RACE").says(&line("linkmode/plugin.go", "count++"));
}

#[test]
fn a_race_on_a_package_variable_of_a_plugin_is_not_seen() {
    let [plugin, host] = ["//linkmode:plugin.so", "//linkmode:host"].map(|target| amd64().path(target));
    let output = Command::new(host).args([plugin.as_os_str(), "race".as_ref(), "Total".as_ref()]).run();
    output.succeeds().does_not_say("DATA RACE");
}
