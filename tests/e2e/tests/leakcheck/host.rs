//! leakcheck on a build with the host's gcc, as docs/leakcheck.md shows it.

use super::{RACE, leaks, lists};
use crate::stranger;

#[test]
fn a_race_test_by_the_hosts_gcc_lists_the_host() {
    const TEST: &str = "//ordered:ordered_test";
    const STDLIB: &str = "@@rules_go~//:stdlib";
    let gcc = "--extra_toolchains=@@rules_cc~~cc_configure_extension~local_config_cc_toolchains//:all";
    let report = leaks(&stranger::workspace(), &[TEST, "--", RACE, gcc]);
    lists(&report, "argument", "/usr/bin/gcc", "argument /usr/bin/gcc", TEST);
    lists(&report, "argument", "/usr/bin/ar", "argument /usr/bin/ar", TEST);
    lists(&report, "argument", "/usr/bin", "-B/usr/bin", TEST);
    lists(&report, "environment", "/usr/bin/gcc", "variable CC", STDLIB);
    lists(&report, "environment", "/usr/bin", "variable CGO_LDFLAGS", STDLIB);
    lists(&report, "interpreter", "/lib64/ld-linux-x86-64.so.2", "PT_INTERP", TEST);
    lists(&report, "library", "libc.so.6", "DT_NEEDED", TEST);
    lists(&report, "symbol-version", "GLIBC_2.34", "__libc_start_main", TEST);
    let summary = report["summary"].as_str().expect("a summary");
    assert!(summary.starts_with("8 leaks by 2 targets: "), "docs/leakcheck.md has another number: {summary}");
}
