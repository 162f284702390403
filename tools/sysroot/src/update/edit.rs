//! Changes the text of a lock, and leaves every byte of it that is about something else.

use std::collections::BTreeMap;
use std::ops::Range;

use diagnostic::{Error, Result};
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::lock::{Lock, Package};

type Fields<'a> = BTreeMap<String, &'a RawValue>;

/// The text of the lock with the packages `new` in the place of those of the same `id`, and without the tarballs `gone`.
pub(super) fn edit(text: &str, new: &[Package], gone: &[String]) -> Result<String> {
    let fields = parse(text)?;
    let mut replacements: Vec<(Range<usize>, String)> = Vec::new();
    for raw in list(&fields, "packages")? {
        let entry = parse(raw.get())?;
        let Some(package) = new.iter().find(|package| is(&entry, "id", &package.id)) else { continue };
        let values = [
            ("name", json!(package.name)),
            ("version", json!(package.version)),
            ("file", json!(package.file)),
            ("sha256", json!(package.digest.sha256)),
            ("size", json!(package.digest.size)),
        ];
        for (field, value) in values {
            let old = entry.get(field).ok_or_else(|| Error::new(format!("{}: {field} is missing", package.id)))?;
            replacements.push((place(text, old), value.to_string()));
        }
    }
    if !gone.is_empty() {
        let whole = fields.get("tarballs").ok_or_else(|| Error::new("the lock has no tarballs"))?;
        let mut elements = Vec::new();
        for raw in list(&fields, "tarballs")? {
            let entry = parse(raw.get())?;
            elements.push((place(text, raw), gone.iter().any(|name| is(&entry, "name", name))));
        }
        replacements.push((place(text, whole), without(text, place(text, whole), &elements)));
    }
    // From the end, so that the places before stay where they are.
    replacements.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut edited = text.to_owned();
    for (range, value) in replacements {
        edited.replace_range(range, &value);
    }
    check(text, &edited, new, gone)?;
    Ok(edited)
}

/// The text of a list without some of its elements: what is kept keeps what stands before it.
fn without(text: &str, list: Range<usize>, elements: &[(Range<usize>, bool)]) -> String {
    let (Some((first, _)), Some((last, _))) = (elements.first(), elements.last()) else {
        return text[list].to_owned();
    };
    let mut result = String::new();
    let mut previous: Option<&Range<usize>> = None;
    for (i, (element, is_gone)) in elements.iter().enumerate() {
        if *is_gone {
            continue;
        }
        if previous.is_some() {
            result += &text[elements[i - 1].0.end..element.start];
        }
        result += &text[element.clone()];
        previous = Some(element);
    }
    match previous {
        Some(_) => format!("{}{result}{}", &text[list.start..first.start], &text[last.end..list.end]),
        None => "[]".to_owned(),
    }
}

/// The edited text must say what the lock's other reader understands.
fn check(text: &str, edited: &str, new: &[Package], gone: &[String]) -> Result<()> {
    let mut expected = Lock::parse(text)?;
    for package in &mut expected.packages {
        if let Some(new) = new.iter().find(|new| new.id == package.id) {
            package.clone_from(new);
        }
    }
    expected.tarballs.retain(|tarball| !gone.contains(&tarball.name));
    match Lock::parse(edited)? == expected {
        true => Ok(()),
        false => Err(Error::new("the lock cannot be edited: an entry or a field of it is there twice")
            .next("see which, and leave one of them")),
    }
}

fn parse(text: &str) -> Result<Fields<'_>> {
    serde_json::from_str(text).map_err(|e| Error::new(format!("the lock is not JSON: {e}")))
}

fn list<'a>(fields: &Fields<'a>, name: &str) -> Result<Vec<&'a RawValue>> {
    let raw = fields.get(name).ok_or_else(|| Error::new(format!("the lock has no {name}")))?;
    serde_json::from_str(raw.get()).map_err(|e| Error::new(format!("lock: {name}: expected a list: {e}")))
}

fn is(entry: &Fields, field: &str, text: &str) -> bool {
    let value = entry.get(field).and_then(|raw| serde_json::from_str::<Value>(raw.get()).ok());
    value.is_some_and(|value| value == text)
}

/// Where `part`, which borrows from `text`, stands in it.
fn place(text: &str, part: &RawValue) -> Range<usize> {
    let start = part.get().as_ptr().addr() - text.as_ptr().addr();
    start..start + part.get().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = include_str!("../../../../sysroot/lock.json");

    #[test]
    fn an_edited_lock_of_ours_is_as_the_lock_writes_itself() {
        let mut lock = Lock::parse(LOCK).unwrap();
        let package = &mut lock.packages[2];
        (package.version, package.file) = ("2:1\"0".to_owned(), "a%3a.deb".to_owned());
        (package.digest.sha256, package.digest.size) = ("0".repeat(64), 7);
        let new = vec![package.clone()];
        let names: Vec<String> = lock.tarballs.iter().map(|tarball| tarball.name.clone()).collect();
        for gone in [&names[..0], &names[..1], &names[1..3], &names[4..], &names[..]] {
            let mut expected = lock.clone();
            expected.tarballs.retain(|tarball| !gone.contains(&tarball.name));
            assert_eq!(edit(LOCK, &new, gone).unwrap(), expected.to_text());
        }
        assert_eq!(edit(LOCK, &[], &[]).unwrap(), LOCK);
    }

    #[test]
    fn of_a_field_that_is_there_twice_the_one_that_counts_is_changed() {
        let package = Package { version: "9".to_owned(), ..Lock::parse(LOCK).unwrap().packages[0].clone() };
        let twice = LOCK.replacen("\"version\": \"0.17.1\"", "\"version\": \"1\", \"version\": \"0.17.1\"", 1);
        assert_eq!(Lock::parse(&edit(&twice, &[package], &[]).unwrap()).unwrap().packages[0].version, "9");
    }
}
