//! The report for a terminal, or a log.

use std::collections::BTreeSet;

use super::{Report, described, written};
use crate::leak::{Kind, Leaks, Source};

/// How many targets are named below each leak; JSON and HTML have all.
const TARGETS: usize = 5;

/// The report as text, with colours if wanted.
pub fn text(report: &Report, colour: bool) -> String {
    let paint = |code: &str, text: &str| if colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() };
    let mut out = String::new();
    for kind in Kind::ALL {
        let leaks: Leaks =
            report.leaks.iter().filter(|(leak, _)| leak.kind == kind).map(|(l, s)| (l.clone(), s.clone())).collect();
        if leaks.is_empty() {
            continue;
        }
        out += &format!("{}\n", paint("1;31", &format!("{} ({}: {})", kind.title(), kind.name(), leaks.len())));
        for (leak, sources) in &leaks {
            out += &format!("  {}  {}\n", paint("1", &printable(&leak.value)), printable(&leak.place));
            out += &named(sources, "      ");
        }
        out.push('\n');
    }
    for ((reason, origin), leaks) in &report.allowed {
        let count: usize = leaks.values().map(BTreeSet::len).sum();
        out += &format!("{} {}: {reason}\n", paint("33", "allowed, because"), printable(origin));
        let values: BTreeSet<String> =
            leaks.keys().map(|leak| format!("{} {}", leak.kind.name(), printable(&leak.value))).collect();
        values.iter().take(3).for_each(|value| out += &format!("  {value}\n"));
        if values.len() > 3 {
            out += &format!("  and {} more\n", values.len() - 3);
        }
        out += &format!("  ({count} times in all)\n\n");
    }
    for (name, binary) in &report.binaries {
        out += &format!("{} {name}: {}\n", paint("2", "binary"), described(binary));
    }
    for entry in &report.unused {
        out += &format!("{} {entry}\n", paint("33", "matched nothing, remove it:"));
    }
    report.notes.iter().for_each(|note| out += &format!("{} {note}\n", paint("2", "note:")));
    let code = if report.leaks.is_empty() { "1;32" } else { "1;31" };
    out + &paint(code, &report.summary()) + "\n"
}

fn named(sources: &BTreeSet<Source>, indent: &str) -> String {
    let mut out: String =
        sources.iter().take(TARGETS).map(|source| format!("{indent}{}\n", printable(&written(source)))).collect();
    if sources.len() > TARGETS {
        out += &format!("{indent}and {} more\n", sources.len() - TARGETS);
    }
    out
}

/// Control characters would be commands to the terminal.
fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
