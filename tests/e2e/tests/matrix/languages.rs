//! C, C++ and assembly beside Go.

use e2e::Command;

use super::{amd64, arm64, line, planted_is_reported_and_ordered_passes};

#[track_caller]
fn is_raced(target: &str, planted: &str) {
    planted_is_reported_and_ordered_passes(amd64().log(target), planted);
    amd64().is_raced_and_static(target, "amd64");
}

#[track_caller]
fn is_raced_on_arm64(target: &str, planted: &str) {
    planted_is_reported_and_ordered_passes(arm64().log(target), planted);
    arm64().is_raced_and_static(target, "arm64");
}

#[test]
fn a_go_library_with_c_and_its_assembly_is_raced() {
    is_raced("//cgo:sum_test", "cgo/sum_test.go");
}

#[test]
fn a_go_library_with_c_and_its_assembly_is_raced_on_arm64() {
    is_raced_on_arm64("//cgo:sum_test", "cgo/sum_test.go");
}

#[test]
fn a_go_test_with_c_of_its_own_is_raced() {
    is_raced("//cgo:square_test", "cgo/square_test.go");
}

#[test]
fn a_go_test_with_c_of_its_own_is_raced_on_arm64() {
    is_raced_on_arm64("//cgo:square_test", "cgo/square_test.go");
}

#[test]
fn a_go_binary_with_c_is_raced() {
    let program = amd64().path("//cgo:program");
    amd64().is_raced_and_static("//cgo:program", "amd64");
    Command::new(program).run().succeeds().says("the sum is 84").does_not_say("DATA RACE");
    let race = Command::new(program).args(["race"]).run().fails();
    race.says("WARNING: DATA RACE").says(&line("cgo/program.go", "total +="));
}

#[test]
fn a_go_binary_with_c_links_for_arm64() {
    arm64().is_raced_and_static("//cgo:program", "arm64");
}

#[test]
fn cdeps_in_c_and_cxx_are_raced() {
    is_raced("//cdeps:cdeps_test", "cdeps/cdeps_test.go");
}

#[test]
fn cdeps_in_c_and_cxx_are_raced_on_arm64() {
    is_raced_on_arm64("//cdeps:cdeps_test", "cdeps/cdeps_test.go");
}

#[test]
fn gos_assembly_is_raced() {
    is_raced("//assembly:assembly_test", "assembly/add_test.go");
}

#[test]
fn gos_assembly_is_raced_on_arm64() {
    is_raced_on_arm64("//assembly:assembly_test", "assembly/add_test.go");
}
