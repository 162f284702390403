//! Puts the text of headers that no program may name in the place where they are included: each file of a tree costs time
//! in every sandboxed action that has it, and three of four of clang's headers are parts of others.
//!
//! The compiler sees the same text in the same order, so nothing changes but the file that it names in a message.

use std::collections::{BTreeMap, BTreeSet};

use diagnostic::{Error, Result};

use super::Tree;
use super::headers::included_by;

/// Whether a header, by its name in the folder and its text, is a part of others.
pub(super) type IsPart = fn(&str, &str) -> bool;

/// clang's: those whose names it reserves, and those that refuse to be included by a program.
pub(super) fn clang_part(name: &str, text: &str) -> bool {
    name.starts_with("__") || text.contains(&format!("Never use <{name}>"))
}

/// musl's: all of `bits/`, but the one that many headers include, again and again, each for other types.
pub(super) fn musl_part(name: &str, _text: &str) -> bool {
    name.starts_with("bits/") && name != "bits/alltypes.h"
}

/// In the headers below `folder` of `tree`, takes the parts into the headers that include them.
pub(super) fn inline(tree: &mut Tree, folder: &str, is_part: IsPart) -> Result<()> {
    let mut texts: BTreeMap<String, String> = BTreeMap::new();
    for (path, entry) in tree.iter() {
        if let (Some(name), Ok(text)) = (path.strip_prefix(folder), str::from_utf8(&entry.content)) {
            texts.insert(name.to_owned(), text.to_owned());
        }
    }
    let parts: BTreeSet<&str> =
        texts.iter().filter(|(name, text)| is_part(name, text)).map(|(name, _)| name.as_str()).collect();
    let mut used = BTreeSet::new();
    for (name, text) in texts.iter().filter(|(name, _)| !parts.contains(name.as_str())) {
        let mut expanded = String::new();
        expand(text, &texts, &parts, &mut vec![name], &mut used, &mut expanded)?;
        if let Some(entry) = tree.get_mut(&format!("{folder}{name}")) {
            entry.content = expanded.into_bytes();
        }
    }
    // A part that nothing includes is one that a program names after all.
    for part in used {
        tree.remove(&format!("{folder}{part}"));
    }
    Ok(())
}

fn expand<'a>(
    text: &'a str,
    texts: &'a BTreeMap<String, String>,
    parts: &BTreeSet<&'a str>,
    within: &mut Vec<&'a str>,
    used: &mut BTreeSet<String>,
    expanded: &mut String,
) -> Result<()> {
    for line in text.split_inclusive('\n') {
        let Some(part) = included_by(line).and_then(|name| parts.get(name)) else {
            expanded.push_str(line);
            continue;
        };
        if within.contains(part) {
            return Err(Error::new(format!("the header {part} includes itself, by way of {}", within.join(", ")))
                .next("take it out of what tools/sysroot/src/select/inline.rs inlines"));
        }
        used.insert((*part).to_owned());
        within.push(part);
        expand(&texts[*part], texts, parts, within, used, expanded)?;
        within.pop();
        if !expanded.ends_with('\n') {
            expanded.push('\n');
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::select::Entry;

    fn tree(files: &[(&str, &str)]) -> Tree {
        let entry = |text: &str| Entry::ours(text);
        files.iter().map(|(path, text)| ((*path).to_owned(), entry(text))).collect()
    }

    #[test]
    fn parts_stand_where_they_were_included() {
        let mut before = tree(&[
            ("include/immintrin.h", "a\n#if X\n#  include <avxintrin.h>\n#endif\n#include <__b.h> // why\n"),
            ("include/avxintrin.h", "#error \"Never use <avxintrin.h> directly\"\n#include \"__b.h\"\navx"),
            ("include/__b.h", "b\n"),
            ("include/__alone.h", "named by programs\n"),
            ("bin/llvm", "#include <__b.h>\n"),
        ]);
        inline(&mut before, "include/", clang_part).unwrap();
        let after = tree(&[
            ("include/immintrin.h", "a\n#if X\n#error \"Never use <avxintrin.h> directly\"\nb\navx\n#endif\nb\n"),
            ("include/__alone.h", "named by programs\n"),
            ("bin/llvm", "#include <__b.h>\n"),
        ]);
        assert_eq!(before, after);
    }

    #[test]
    fn the_header_of_all_types_stays_a_file() {
        let mut tree = tree(&[
            ("amd64/include/time.h", "#include <bits/alltypes.h>\n#include <bits/time.h>\n"),
            ("amd64/include/bits/alltypes.h", "types\n"),
            ("amd64/include/bits/time.h", "time\n"),
        ]);
        inline(&mut tree, "amd64/include/", musl_part).unwrap();
        assert_eq!(tree.keys().collect::<Vec<_>>(), ["amd64/include/bits/alltypes.h", "amd64/include/time.h"]);
        assert_eq!(tree["amd64/include/time.h"].content, b"#include <bits/alltypes.h>\ntime\n");
    }

    #[test]
    fn parts_that_include_each_other_are_refused() {
        let mut tree = tree(&[
            ("include/a.h", "#include <__b.h>\n"),
            ("include/__b.h", "#include <__c.h>\n"),
            ("include/__c.h", "#include <__b.h>\n"),
        ]);
        let error = inline(&mut tree, "include/", clang_part).unwrap_err().to_string();
        assert!(error.contains("__b.h includes itself, by way of a.h, __b.h, __c.h"), "{error}");
    }
}
