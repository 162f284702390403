//! Races as one page for a browser, which needs nothing else: no network, and for reading no JavaScript.

use std::fmt::Write as _;

use super::view::{Findings, Shown, Side, actions, counted};
use crate::races::Race;
use crate::report::Kind;

/// The whole page.
pub fn html(findings: &Findings<'_>) -> String {
    let races = findings.races;
    let mut body = String::new();
    for (index, race) in races.list().iter().enumerate() {
        article(findings, index + 1, race, &mut body);
    }
    let mut head = format!(
        "<p class=sum>{} in {} of {}",
        counted(races.list().len() as u64, "distinct race"),
        counted(races.counts.reports, "report"),
        counted(races.counts.logs, "log")
    );
    if findings.baseline.is_some() {
        let _ = write!(head, "; {} new", findings.fresh());
    }
    head += "</p>\n";
    for note in &findings.notes {
        let _ = writeln!(head, "<p class=note>{}</p>", escaped(note));
    }
    for (id, accepted) in findings.baseline.into_iter().flat_map(|baseline| baseline.vanished(races)) {
        let accepted = format!("vanished: {id}, which was accepted: {} ({})", accepted.reason, accepted.owner);
        let _ = writeln!(head, "<p class=gone>{}</p>", escaped(&accepted));
    }
    let packages =
        options(races.list().iter().flat_map(Race::labels).map(|label| label.split(':').next().unwrap_or(label)));
    let tests = options(races.list().iter().flat_map(Race::tests));
    format!(
        "<!DOCTYPE html>\n<html lang=en>\n<meta charset=utf-8>\n<meta name=viewport content=\"width=device-width\">\n\
         <meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n\
         <title>Races</title>\n<style>\n{}</style>\n<header>\n<h1>Races</h1>\n{head}\
         <form hidden><label>Package <select id=package><option value=\"\">all{packages}</select></label>\n\
         <label>Test <select id=test><option value=\"\">all{tests}</select></label> <output></output></form>\n</header>\n\
         <main>\n{body}</main>\n<script>\n{}</script>\n</html>\n",
        include_str!("page.css"),
        include_str!("page.js"),
    )
}

fn options<'a>(values: impl Iterator<Item = &'a str>) -> String {
    let mut values: Vec<&str> = values.collect();
    values.sort_unstable();
    values.dedup();
    values.iter().map(|value| format!("<option>{}", escaped(value))).collect()
}

fn article(findings: &Findings<'_>, number: usize, race: &Race, page: &mut String) {
    let sides = findings.sides(race);
    let what = match race.kind {
        Kind::DataRace => format!("{}: {}", race.kind.title(), actions(&sides)),
        _ => race.report().title.trim_start_matches("WARNING: ").to_owned(),
    };
    let packages: Vec<&str> = race.labels().iter().map(|label| label.split(':').next().unwrap_or(label)).collect();
    let (tests, id) = (race.tests(), escaped(&race.id));
    let _ = writeln!(
        page,
        "<article id=\"{id}\" data-packages=\"{}\" data-tests=\"{}\">\n<h2>{number}. {} <a href=\"#{id}\">{id}</a></h2>",
        escaped(&packages.join("\n")),
        escaped(&tests.join("\n")),
        escaped(&what),
    );
    if let Some(accepted) = findings.accepted(race) {
        let _ =
            writeln!(page, "<p class=ok>accepted: {} ({})</p>", escaped(&accepted.reason), escaped(&accepted.owner));
    }
    if !race.complete {
        page.push_str("<p class=note>The report is cut.</p>\n");
    }
    page.push_str("<div class=sides>\n");
    sides.iter().for_each(|side| section(findings, side, page));
    page.push_str("</div>\n");
    if let Some(command) = findings.command(race) {
        let _ = writeln!(page, "<p>Again: <code>{}</code></p>", escaped(&command));
    }
    let _ = writeln!(
        page,
        "<details><summary>{}, {}</summary><table>\n<tr><th>target<th>test<th>platform<th>reports",
        counted(race.count, "report"),
        counted(tests.len() as u64, "test")
    );
    for (seen, times) in &race.seen {
        let cell = |text: Option<&str>| escaped(text.unwrap_or("unknown"));
        let _ = writeln!(
            page,
            "<tr><td>{}<td>{}<td>{}<td>{}",
            cell(seen.label.as_deref()),
            cell(seen.test.as_deref()),
            escaped(&seen.platform),
            times.reports
        );
    }
    page.push_str("</table></details>\n</article>\n");
}

fn section(findings: &Findings<'_>, side: &Side<'_>, page: &mut String) {
    let by = side.actor.map(|actor| format!(" by {actor}")).unwrap_or_default();
    let _ = writeln!(page, "<section><h3>{}</h3>", escaped(&format!("{}{by}", side.action)));
    let lines = side.chief().map(|frame| excerpt(findings, frame)).unwrap_or_default();
    match side.chief() {
        Some(frame) => _ = writeln!(page, "<p class=at>{}</p>\n{lines}", position(frame)),
        None => page.push_str("<p>Its stack was not restored.</p>\n"),
    }
    frames(&side.frames, page);
    if let Some(maker) = side.maker() {
        let place = match side.is_tests_own() {
            true => "the test’s own goroutine".to_owned(),
            false => format!("made at {}", position(maker)),
        };
        // Without a line of its own, the access is best known by this one.
        let instead = if lines.is_empty() { excerpt(findings, maker) } else { String::new() };
        let open = if instead.is_empty() { "" } else { " open" };
        let _ = write!(page, "<details{open}><summary>{place}</summary>{instead}");
        frames(&side.made, page);
        page.push_str("</details>");
    }
    page.push_str("</section>\n");
}

/// The lines around a frame, or nothing.
fn excerpt(findings: &Findings<'_>, frame: &Shown<'_>) -> String {
    let mut pre = String::new();
    for line in findings.excerpt(frame) {
        let tag = if line.number == frame.line { "mark" } else { "span" };
        let text = escaped(&line.text.replace('\t', "    "));
        let _ = writeln!(pre, "<{tag}><b>{:>5}</b> {text}</{tag}>", line.number);
    }
    if pre.is_empty() { pre } else { format!("<pre>{pre}</pre>\n") }
}

fn frames(frames: &[Shown<'_>], page: &mut String) {
    page.push_str("<ol>");
    for frame in frames {
        let class = if frame.own { "" } else { " class=go" };
        let _ = write!(page, "<li{class}>{}<br><small>{}</small>", escaped(frame.function), position(frame));
    }
    page.push_str("</ol>\n");
}

fn position(frame: &Shown<'_>) -> String {
    if frame.line == 0 { escaped(&frame.path) } else { escaped(&format!("{}:{}", frame.path, frame.line)) }
}

/// Text for an element or a quoted attribute.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            letter if letter.is_control() && !matches!(letter, '\n' | '\t') => {}
            letter => out.push(letter),
        }
    }
    out
}
