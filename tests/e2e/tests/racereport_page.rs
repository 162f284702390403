//! racereport's page in a real browser: what a reader sees of twenty races, with scripts and without.

use std::path::{Path, PathBuf};

use e2e::{Browser, Workspace};
use serde_json::Value;

use crate::racereport::{racereport, tested};

/// What can be seen of each race. A text that takes no room on the page, or that is hidden, is null.
const SEEN: &str = r#"(() => {
  const text = (element) => {
    const box = element?.getBoundingClientRect();
    return box && box.width > 0 && box.height > 0 && element.checkVisibility({visibilityProperty: true}) ? element.innerText : null;
  };
  return [...document.querySelectorAll("article")].filter((article) => text(article) !== null).map((article) => ({
    id: article.id,
    title: text(article.querySelector("h2")),
    command: text(article.querySelector("code")),
    sides: [...article.querySelectorAll("section")].map((side) => ({
      title: text(side.querySelector("h3")),
      marked: text(side.querySelector("mark")),
      lines: [...side.querySelectorAll("pre > *")].map(text),
      frames: [...side.querySelectorAll(":scope > ol > li")].map(text),
      left: side.getBoundingClientRect().left,
      right: side.getBoundingClientRect().right,
      top: side.getBoundingClientRect().top,
    })),
  }));
})()"#;

const WIDE: u32 = 1280;
const NARROW: u32 = 400;

/// The page of the workspace, and the same races as JSON.
fn page(workspace: &Workspace) -> (PathBuf, Vec<Value>) {
    let page = workspace.path("races.html");
    let output = format!("--output={}", page.display());
    assert_eq!(racereport(workspace, &["--format=html", &output]).code, Some(1));
    let json: Value = serde_json::from_str(&racereport(workspace, &["--format=json"]).stdout).expect("JSON");
    (page, json["races"].as_array().expect("races").clone())
}

fn save(workspace: &Workspace, name: &str, picture: &[u8]) {
    let folder = workspace.setup().cache.join("pictures");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join(name), picture).expect("a picture");
}

/// Asserts that a reader sees of each race its name, both stacks with every function, the marked lines, and the command.
fn shows_all(browser: &mut Browser, races: &[Value]) {
    let seen = browser.value(SEEN);
    let seen = seen.as_array().expect("articles");
    assert_eq!(seen.len(), races.len(), "races that can be seen");
    for (race, shown) in races.iter().zip(seen) {
        let says = |shown: &Value, part: &Value| {
            let (shown, part) = (shown.as_str().unwrap_or_default(), part.as_str().expect("a text"));
            assert!(shown.contains(part.trim()), "{part:?} cannot be seen in {shown:?} of {race:#}");
        };
        assert_eq!(shown["id"], race["id"]);
        says(&shown["title"], &race["id"]);
        says(&shown["command"], &race["command"]);
        let (stacks, sides) = (race["stacks"].as_array().expect("stacks"), shown["sides"].as_array().expect("sides"));
        assert_eq!(stacks.len(), sides.len(), "{shown:#}");
        assert!(sides.iter().any(|side| side["marked"].is_string()), "no line is marked: {shown:#}");
        for (stack, side) in stacks.iter().zip(sides) {
            says(&side["title"], &stack["action"]);
            let at = &stack["at"];
            let source = at["source"].as_array().expect("lines");
            // Go reports some accesses without a line of source: then it is the place where the goroutine was made, unless that is
            // the test's own, which package testing has made.
            let made = stack["made_at"].as_array().into_iter().flatten().any(|frame| frame["in_workspace"] == true);
            let lines = side["lines"].as_array().expect("lines");
            assert_eq!(side["marked"].is_string(), made || !source.is_empty(), "{stack:#} {side:#}");
            assert!(lines.len() >= source.len() && lines.iter().all(Value::is_string), "{side:#}");
            for (line, shown) in source.iter().zip(lines) {
                let text = Value::from(line["text"].as_str().expect("a text").replace('\t', "    "));
                says(shown, &text);
                if line["line"] == at["line"] {
                    says(&side["marked"], &text);
                }
            }
            let frames = stack["frames"].as_array().expect("frames");
            assert_eq!(side["frames"].as_array().map(Vec::len), Some(frames.len()), "{side:#}");
            for (frame, shown) in frames.iter().zip(side["frames"].as_array().expect("frames")) {
                says(shown, &frame["function"]);
                says(shown, &frame["file"]);
            }
        }
    }
}

/// Asserts that nothing but the page itself was asked for, and that the browser had nothing to complain of.
fn asks_for_nothing(browser: &Browser) {
    assert_eq!(browser.requests().len(), 1, "{:?}", browser.requests());
    assert!(browser.complaints().is_empty(), "{:#?}", browser.complaints());
}

#[test]
fn without_scripts_a_reader_sees_every_race() {
    let workspace = tested();
    let (page, races) = page(&workspace);
    let mut browser = Browser::open(&page, WIDE, false);
    assert_eq!(browser.value("document.querySelector('form').checkVisibility()"), false, "filters that do nothing");
    save(&workspace, "racereport_without_scripts.png", &browser.picture());
    shows_all(&mut browser, &races);
    asks_for_nothing(&browser);
}

#[test]
fn stacks_stand_side_by_side_and_below_each_other_where_there_is_no_room() {
    let workspace = tested();
    let (page, races) = page(&workspace);
    for (width, name) in [(WIDE, "racereport.png"), (NARROW, "racereport_narrow.png")] {
        let mut browser = Browser::open(&page, width, true);
        save(&workspace, name, &browser.picture());
        shows_all(&mut browser, &races);
        let wider = browser.value("document.documentElement.scrollWidth - document.documentElement.clientWidth");
        assert_eq!(wider, 0, "the page is wider than its window of {width} pixels");
        for race in browser.value(SEEN).as_array().expect("articles") {
            let number = |side: usize, edge: &str| race["sides"][side][edge].as_f64().expect("a number");
            let beside = number(0, "right") < number(1, "left") && number(0, "top") == number(1, "top");
            let below = number(0, "left") == number(1, "left") && number(0, "top") < number(1, "top");
            assert!(if width == WIDE { beside } else { below }, "at {width} pixels: {race:#}");
        }
        asks_for_nothing(&browser);
    }
}

#[test]
fn filters_show_the_races_of_a_package_and_of_a_test() {
    let workspace = tested();
    let (page, races) = page(&workspace);
    let mut browser = Browser::open(&page, WIDE, true);
    let met = |kind: &str, name: &str| -> Vec<&Value> {
        let fits = |seen: &Value| {
            let of = seen[kind].as_str().unwrap_or_default();
            of == name || of.split(':').next() == Some(name)
        };
        races
            .iter()
            .filter(|race| race["seen"].as_array().expect("places").iter().any(fits))
            .map(|r| &r["id"])
            .collect()
    };
    for (filter, kind, name, number) in [
        ("package", "target", "//memory", 5),
        ("package", "target", "//ledger", 1),
        ("test", "test", "TestGenerics", 1),
        ("test", "test", "TestTwelve", 1),
        ("package", "target", "", 20),
    ] {
        let choose = format!(
            "for (const select of document.querySelectorAll('select')) select.value = select.id === '{filter}' ? '{name}' : '';
             document.querySelector('#{filter}').dispatchEvent(new Event('change', {{bubbles: true}}));"
        );
        browser.value(&choose);
        let shown = browser.value(SEEN);
        let shown: Vec<&Value> = shown.as_array().expect("articles").iter().map(|race| &race["id"]).collect();
        let expected = if name.is_empty() { races.iter().map(|race| &race["id"]).collect() } else { met(kind, name) };
        assert_eq!((&shown, shown.len()), (&expected, number), "{filter} {name}");
        let count = browser.value("document.querySelector('output').value");
        assert_eq!(count, format!("{number} of 20 shown"));
    }
    asks_for_nothing(&browser);
}

#[test]
fn a_page_that_is_broken_on_purpose_is_seen_to_be_broken() {
    let workspace = tested();
    let (page, races) = page(&workspace);
    let text = std::fs::read_to_string(&page).expect("the page");
    let broken = |change: &str, path: &Path| {
        std::fs::write(path, text.replace("</style>", &format!("{change}</style>"))).expect("a page");
        let mut browser = Browser::open(path, WIDE, false);
        e2e::fails(|| shows_all(&mut browser, &races))
    };
    for change in ["pre { display: none }", "mark { visibility: hidden }", "article:nth-child(7) { display: none }"] {
        assert!(broken(change, &workspace.path("broken.html")), "{change:?} was not noticed");
    }
    assert!(!broken("", &workspace.path("broken.html")), "the page as it is");
}
