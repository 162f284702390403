//! The report as one HTML file: no scripts, no network, light and dark, printable.

use std::collections::BTreeSet;

use super::{Report, described, written};
use crate::leak::{Kind, Leaks};

const STYLE: &str = "\
:root{color-scheme:light dark;--bad:#b3261e;--good:#1b6e3a;--line:#8884}\
body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}\
h1 small{font-weight:normal;font-size:1rem}.verdict{font-size:1.3rem;font-weight:600}\
.bad{color:var(--bad)}.good{color:var(--good)}\
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid var(--line)}\
code{overflow-wrap:anywhere}td.n{text-align:right}summary{cursor:pointer}\
@media(prefers-color-scheme:dark){:root{--bad:#ff8a80;--good:#81d49a}}\
@media print{body{margin:0;max-width:none}h2,tr{break-inside:avoid}}";

/// The report as HTML.
pub fn html(report: &Report) -> String {
    let class = if report.leaks.is_empty() { "good" } else { "bad" };
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width\"><title>leakcheck</title><style>{STYLE}</style></head><body>\n\
         <h1>leakcheck <small>what of the host took part in this build</small></h1>\n\
         <p class=\"verdict {class}\">{}</p>\n",
        escaped(&report.summary())
    );
    summary(&mut out, report);
    for (target, leaks) in report.by_target() {
        out += &format!("<h2><code>{}</code></h2>\n<table><tr><th>Kind<th>What<th>Where</tr>\n", escaped(target));
        for leak in leaks {
            out += &row(&[leak.kind.name(), &leak.value, &leak.place]);
        }
        out += "</table>\n";
    }
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
    *out += "<table><tr><th>What<th>Leaks<th>Targets</tr>\n";
    for kind in Kind::ALL {
        let of_kind = || report.leaks.iter().filter(|(leak, _)| leak.kind == kind);
        let targets: BTreeSet<&str> = of_kind().flat_map(|(_, s)| s).map(|source| source.target.as_str()).collect();
        if of_kind().next().is_some() {
            *out += &format!(
                "<tr><td>{}<td class=\"n\">{}<td class=\"n\">{}</tr>\n",
                escaped(kind.title()),
                of_kind().count(),
                targets.len()
            );
        }
    }
    *out += &format!(
        "<tr><td>Allowed, with reasons<td class=\"n\">{}<td></tr></table>\n",
        report.allowed.values().map(Leaks::len).sum::<usize>()
    );
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
