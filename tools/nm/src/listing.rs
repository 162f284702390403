//! The lines.

use std::cmp::Ordering;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::Outcome;
use crate::file::Member;
use crate::options::{Options, Order, Radix};
use crate::symbol::Symbol;

/// Prints the symbols of one file.
pub fn print(path: &Path, members: &[Member], options: &Options, outcome: &mut Outcome) {
    let archive = members.iter().any(|member| member.name.is_some());
    if archive && options.files.len() > 1 && !options.posix && !options.file_names {
        outcome.output.push(b'\n');
        outcome.output.extend_from_slice(path.as_os_str().as_bytes());
        outcome.output.extend_from_slice(b":\n");
    }
    for member in members {
        let symbols = match &member.symbols {
            Ok(symbols) => symbols,
            Err(error) => {
                outcome.messages.push(error.to_string());
                outcome.exit_code = 1;
                continue;
            }
        };
        heading(path, member, options, &mut outcome.output);
        if symbols.is_empty() {
            outcome.messages.push(format!("{}: no symbols", shown_name(path, member)));
        }
        let mut chosen: Vec<&Symbol> = symbols.iter().filter(|symbol| is_chosen(symbol, options)).collect();
        chosen.sort_by(|a, b| compared(a, b, options.order));
        for symbol in chosen {
            if options.file_names {
                prefix(path, member, options, &mut outcome.output);
            }
            line(symbol, options, &mut outcome.output);
        }
    }
}

fn is_chosen(symbol: &Symbol, options: &Options) -> bool {
    // `-g` is about what other files see, which an undefined symbol is as well.
    (!options.only_global || symbol.global || symbol.is_undefined())
        && (!options.only_undefined || symbol.is_undefined())
        && (!options.only_defined || !symbol.is_undefined())
}

fn compared(a: &Symbol, b: &Symbol, order: Order) -> Ordering {
    match order {
        Order::File => Ordering::Equal,
        Order::Name => a.name.cmp(&b.name),
        Order::Address => (!a.is_undefined(), a.value, &a.name).cmp(&(!b.is_undefined(), b.value, &b.name)),
    }
}

fn shown_name(path: &Path, member: &Member) -> String {
    member.name.as_ref().map_or_else(|| path.display().to_string(), |name| String::from_utf8_lossy(name).into_owned())
}

fn heading(path: &Path, member: &Member, options: &Options, out: &mut Vec<u8>) {
    if options.file_names || (member.name.is_none() && options.files.len() == 1) {
        return;
    }
    if options.posix {
        in_archive(path, member, out);
        out.extend_from_slice(b":\n");
    } else {
        out.push(b'\n');
        out.extend_from_slice(member.name.as_deref().unwrap_or(path.as_os_str().as_bytes()));
        out.extend_from_slice(b":\n");
    }
}

fn prefix(path: &Path, member: &Member, options: &Options, out: &mut Vec<u8>) {
    if options.posix {
        in_archive(path, member, out);
        out.extend_from_slice(b": ");
        return;
    }
    out.extend_from_slice(path.as_os_str().as_bytes());
    out.push(b':');
    if let Some(name) = &member.name {
        out.extend_from_slice(name);
        out.push(b':');
    }
}

/// POSIX's `archive[member]`.
fn in_archive(path: &Path, member: &Member, out: &mut Vec<u8>) {
    out.extend_from_slice(path.as_os_str().as_bytes());
    if let Some(name) = &member.name {
        out.push(b'[');
        out.extend_from_slice(name);
        out.push(b']');
    }
}

fn line(symbol: &Symbol, options: &Options, out: &mut Vec<u8>) {
    if options.posix {
        out.extend_from_slice(&symbol.name);
        out.extend_from_slice(format!(" {} ", symbol.letter).as_bytes());
        if symbol.is_undefined() {
            out.extend_from_slice(&[b' '; 8]);
        } else {
            out.extend_from_slice(number(symbol.value, options.radix, 0).as_bytes());
            out.push(b' ');
            if symbol.size != 0 {
                out.extend_from_slice(number(symbol.size, options.radix, 0).as_bytes());
            }
        }
    } else {
        let value = if symbol.is_undefined() { " ".repeat(16) } else { number(symbol.value, options.radix, 16) };
        out.extend_from_slice(format!("{value} {} ", symbol.letter).as_bytes());
        out.extend_from_slice(&symbol.name);
    }
    out.push(b'\n');
}

fn number(value: u64, radix: Radix, width: usize) -> String {
    match radix {
        Radix::Decimal => format!("{value:0width$}"),
        Radix::Octal => format!("{value:0width$o}"),
        Radix::Hexadecimal => format!("{value:0width$x}"),
    }
}
