//! A report for people.

use std::fmt::Write;

use super::{Finding, Report, Status};

/// The groups of findings, and their headings.
const HEADINGS: [(&str, &str); 6] = [
    ("toolchain", "C toolchain"),
    ("payload", "Payload"),
    ("mirror", "Mirrors"),
    ("sandbox", "Sandbox"),
    ("pair", "Exec and target"),
    ("version", "Versions"),
];

/// The report as text: each finding in a line, with reasons and what to do below.
pub fn render(report: &Report, colour: bool) -> String {
    let mut text = format!("doctor of toolchains_go_race, in {}\n", report.workspace.display());
    let mut group = "";
    for finding in &report.findings {
        if finding.group() != group {
            group = finding.group();
            let heading = HEADINGS.iter().find(|(name, _)| *name == group).map_or(group, |(_, heading)| heading);
            let _ = write!(text, "\n{}\n", painted(heading, "1", colour));
        }
        write(&mut text, finding, colour);
    }
    let counts = [Status::Ok, Status::Warning, Status::Error, Status::NotMade]
        .map(|status| format!("{} {}", report.count(status), status.name()));
    let _ = write!(text, "\n{}\n", counts.join(", "));
    text
}

fn write(text: &mut String, finding: &Finding, colour: bool) {
    let status = painted(&format!("{:<8}", finding.status.name()), sgr(finding.status), colour);
    let _ = writeln!(text, "  {status}  {}", finding.summary);
    for (label, lines) in [("why:", &finding.why), ("next:", &finding.next)] {
        for (number, line) in lines.iter().enumerate() {
            let _ = writeln!(text, "            {:<6}{line}", if number == 0 { label } else { "" });
        }
    }
}

/// The parameter of a terminal's colour sequence (ECMA-48, SGR): green, yellow, red, blue.
fn sgr(status: Status) -> &'static str {
    match status {
        Status::Ok => "32",
        Status::Warning => "33",
        Status::Error => "31",
        Status::NotMade => "34",
    }
}

fn painted(text: &str, sgr: &str, colour: bool) -> String {
    if colour { format!("\x1b[{sgr}m{text}\x1b[0m") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report() -> Report {
        let warning =
            Finding::new("toolchain.linux_amd64", Status::Warning, "linux_amd64: the host's compiler, /usr/bin/gcc")
                .why("selected: @@local_config_cc//:cc")
                .why("registered first")
                .next("add this line to MODULE.bazel:")
                .next("    register_toolchains(\"@race//toolchain:all\")");
        let findings = vec![
            warning,
            Finding::new("toolchain.linux_arm64", Status::Ok, "linux_arm64: ours"),
            Finding::new("payload.library", Status::Error, "sysroot_library.tar.zst: missing"),
            Finding::new("version.rules_go", Status::NotMade, "rules_go: the version is not known"),
        ];
        Report { workspace: "/work".into(), findings }
    }

    #[test]
    fn the_text_has_a_line_for_each_finding_and_what_to_do_below() {
        assert_eq!(render(&report(), false), include_str!("../../tests/fixtures/report.txt"));
    }

    #[test]
    fn colour_is_for_terminals_only() {
        assert!(!render(&report(), false).contains('\x1b'));
        assert!(render(&report(), true).contains("\x1b[33mwarning \x1b[0m"));
    }
}
