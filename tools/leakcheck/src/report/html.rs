//! The report as one HTML file: no scripts, no network, light and dark, printable.

use std::collections::BTreeSet;

use super::{Report, described, written};
use crate::leak::{Kind, Leaks};

const STYLE: &str = "\
:root{color-scheme:light dark;--bad:#b3261e;--good:#1b6e3a;--line:#8884}\
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.6rem}h1 small{font-weight:normal;font-size:1rem;margin-left:.5rem}h2{font-size:1.2rem;margin-top:2rem}\
h3{font-size:1rem;margin:1.5rem 0 .3rem;overflow-wrap:anywhere}.verdict{font-size:2rem;font-weight:600;margin:0}\
.bad{color:var(--bad)}.good{color:var(--good)}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}\
code{overflow-wrap:anywhere;font-size:.9rem}td.n,th.n{text-align:right;width:5rem}td small{display:block;opacity:.75}\
.of{table-layout:fixed}.of th:nth-child(1){width:9rem}.of th:nth-child(2){width:38%}summary{cursor:pointer;margin:.5rem 0}\
@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--good:#81d49a}}\
@media print{body{margin:0;max-width:none}h2,h3{break-after:avoid}tr{break-inside:avoid}}";

/// The report as HTML.
pub fn html(report: &Report) -> String {
    let class = if report.leaks.is_empty() { "good" } else { "bad" };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\"><title>leakcheck</title><style>{STYLE}</style></head><body>\n\
         <h1>leakcheck <small>what of the host took part in this build</small></h1>\n\
         <p class=\"verdict {class}\">{}</p>\n<p>{}</p>\n",
        escaped(&report.verdict()),
        escaped(&report.checked())
    );
    summary(&mut out, report);
    targets(&mut out, report);
    allowed(&mut out, report);
    if !report.binaries.is_empty() {
        out += "<h2>Binaries</h2>\n<table><tr><th>Binary<th>What it is</tr>\n";
        report.binaries.iter().for_each(|(name, binary)| out += &row(&[name, &described(binary)]));
        out += "</table>\n";
    }
    list(&mut out, "Entries of the allow-list that matched nothing", &report.unused);
    list(&mut out, "Notes", &report.notes);
    out + "</body></html>\n"
}

fn summary(out: &mut String, report: &Report) {
    *out += "<table><tr><th>What<th class=\"n\">Leaks<th class=\"n\">Targets</tr>\n";
    for kind in Kind::ALL {
        let of_kind = || report.leaks.iter().filter(|(leak, _)| leak.kind == kind);
        let targets: BTreeSet<&str> = of_kind().flat_map(|(_, s)| s).map(|source| source.target.as_str()).collect();
        if of_kind().next().is_some() {
            *out += &format!(
                "<tr><td>{}<small>{}</small><td class=\"n\">{}<td class=\"n\">{}</tr>\n",
                escaped(kind.title()),
                escaped(kind.meaning()),
                of_kind().count(),
                targets.len()
            );
        }
    }
    *out += &format!(
        "<tr><td>Allowed, with reasons (below)<td class=\"n\">{}<td></tr></table>\n",
        report.allowed.values().map(Leaks::len).sum::<usize>()
    );
}

fn targets(out: &mut String, report: &Report) {
    if !report.leaks.is_empty() {
        *out += "<h2>What each target brought</h2>\n";
    }
    for (target, leaks) in report.by_target() {
        let target = if target.is_empty() { "(no target)" } else { target };
        *out += &format!("<h3><code>{}</code></h3>\n", escaped(target));
        *out += "<table class=\"of\"><tr><th>Kind<th>What<th>Where</tr>\n";
        for (leak, mnemonics) in leaks {
            let actions: Vec<&str> = mnemonics.into_iter().filter(|mnemonic| !mnemonic.is_empty()).collect();
            let place = match actions.as_slice() {
                [] => leak.place.clone(),
                actions => format!("{} ({})", leak.place, actions.join(", ")),
            };
            *out += &row(&[leak.kind.name(), &leak.value, &place]);
        }
        *out += "</table>\n";
    }
}

fn allowed(out: &mut String, report: &Report) {
    if report.allowed.is_empty() {
        return;
    }
    *out += "<h2>Allowed, because…</h2>\n";
    for ((reason, origin), leaks) in &report.allowed {
        *out +=
            &format!("<details><summary>{} ({}: {})</summary>\n<table>", escaped(reason), escaped(origin), leaks.len());
        for (leak, sources) in leaks {
            let sources: Vec<String> = sources.iter().map(written).collect();
            *out += &row(&[leak.kind.name(), &leak.value, &leak.place, &sources.join(", ")]);
        }
        *out += "</table></details>\n";
    }
}

fn list(out: &mut String, title: &str, lines: &[String]) {
    if !lines.is_empty() {
        *out += &format!("<h2>{}</h2>\n<ul>\n", escaped(title));
        lines.iter().for_each(|line| *out += &format!("<li>{}</li>\n", escaped(line)));
        *out += "</ul>\n";
    }
}

fn row(cells: &[&str]) -> String {
    let cells: String = cells.iter().map(|cell| format!("<td><code>{}</code>", escaped(cell))).collect();
    format!("<tr>{cells}</tr>\n")
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
