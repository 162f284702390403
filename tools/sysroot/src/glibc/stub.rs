//! The source of a stub.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{Symbol, Version};

/// A linker's version script that defines all versions up to `newest`.
pub fn version_script(versions: &[Version], newest: Version) -> String {
    versions.iter().filter(|version| **version <= newest).map(|version| format!("GLIBC_{version} {{ }};\n")).collect()
}

/// The assembly text of a library with these symbols. In libc's own, a program's `_IO_stdin_used` is referred to, so that
/// it ends in the program's table of symbols: without one, glibc takes the program for one of before 1999.
pub fn assembly(symbols: &[Symbol], is_libc: bool) -> String {
    let mut text = String::from(".text\n");
    let mut labels = 0;
    let mut define = |text: &mut String, symbol: &Symbol, kind: &str| {
        let newest = symbol.versions.last();
        for version in &symbol.versions {
            labels += 1;
            let (label, name) = (format!("s{labels}"), symbol.name);
            let at = if Some(version) == newest { "@@" } else { "@" };
            // Writing to a string does not fail.
            let _ = writeln!(text, ".globl {label}\n.type {label}, %{kind}");
            if let Some(size) = symbol.size {
                let _ = writeln!(text, ".size {label}, {size}");
            }
            let _ = writeln!(text, ".symver {label}, {name}{at}GLIBC_{version}, remove\n{label}:");
        }
    };
    for symbol in symbols.iter().filter(|symbol| symbol.size.is_none()) {
        define(&mut text, symbol, "function");
    }
    text.push_str(".quad 0\n");
    if is_libc {
        text.push_str(".section .data.rel.ro,\"aw\"\n.weak _IO_stdin_used\n.quad _IO_stdin_used\n");
    }
    // At an address of their own, but for names of the same object: where a program has a copy of one, all of its names
    // are to mean that copy.
    let mut objects: BTreeMap<(&str, u64), Vec<&Symbol>> = BTreeMap::new();
    for symbol in symbols {
        if let Some(size) = symbol.size {
            objects.entry((object(symbol.name), size)).or_default().push(symbol);
        }
    }
    text.push_str(".bss\n");
    for ((_, size), names) in objects {
        text.push_str(".balign 16\n");
        for symbol in names {
            define(&mut text, symbol, "object");
        }
        let _ = writeln!(text, ".zero {}", size.max(1));
    }
    text
}

/// What names of the same object have in common: `environ` for `__environ`.
fn object(name: &str) -> &str {
    match name.trim_start_matches('_') {
        "progname" => "program_invocation_short_name",
        "progname_full" => "program_invocation_name",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_one_object_are_at_one_address_and_the_newest_version_is_the_default() {
        let symbol =
            |name, size, versions: &[Version]| Symbol { name, size, versions: versions.iter().copied().collect() };
        let (old, new) = (Version(2, 2, 5), Version(2, 34, 0));
        let symbols =
            [symbol("f", None, &[old, new]), symbol("__environ", Some(8), &[old]), symbol("environ", Some(8), &[old])];
        let text = assembly(&symbols, true);
        for lines in [
            ".symver s1, f@GLIBC_2.2.5, remove\ns1:\n",
            ".symver s2, f@@GLIBC_2.34, remove\ns2:\n",
            ".size s3, 8\n.symver s3, __environ@@GLIBC_2.2.5, remove\ns3:\n.globl s4\n",
            ".symver s4, environ@@GLIBC_2.2.5, remove\ns4:\n.zero 8\n",
            ".weak _IO_stdin_used\n",
        ] {
            assert!(text.contains(lines), "{lines}\nis not in\n{text}");
        }
        assert!(!assembly(&symbols, false).contains("_IO_stdin_used"));
        assert_eq!(
            version_script(&[old, Version(2, 17, 0), new], Version(2, 17, 0)),
            "GLIBC_2.2.5 { };\nGLIBC_2.17 { };\n"
        );
    }
}
