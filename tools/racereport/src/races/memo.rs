//! Reports that were read before, but for addresses and goroutine numbers: these need not be read again.

use std::collections::HashMap;

use crate::log::Assembled;
use crate::report::Format;

/// How many texts are remembered, and how long one may be: 16 MiB in all.
const TEXTS: usize = 1024;
const LENGTH: usize = 16 << 10;

/// What is known of a text.
#[derive(Clone, Debug)]
pub struct Known {
    /// The race's place in the list.
    pub race: usize,
    /// The test in its stacks.
    pub test: Option<String>,
    /// The platform in its stacks.
    pub platform: Option<&'static str>,
}

/// The texts that were read.
#[derive(Debug, Default)]
pub struct Memo {
    known: HashMap<Vec<u8>, Known>,
    text: Vec<u8>,
}

impl Memo {
    /// What is known of a report of Go's, if its like was read.
    pub fn recall(&mut self, report: &Assembled) -> Option<&Known> {
        self.text.clear();
        if report.format != Format::Go || report.text.len() > LENGTH {
            return None;
        }
        self.text.push(u8::from(report.ended));
        for line in report.text.split_inclusive(|&byte| byte == b'\n') {
            if line.starts_with(b"      ") {
                let offset = memchr::memmem::rfind(line, b" +0x").unwrap_or(line.len());
                self.text.extend_from_slice(&line[..offset]);
            } else if line.starts_with(b"  ") {
                self.text.extend_from_slice(line);
            } else {
                heading(line, &mut self.text);
            }
            self.text.push(b'\n');
        }
        self.known.get(&self.text)
    }

    /// Remembers the report that was asked for last.
    pub fn learn(&mut self, known: Known) {
        if self.text.is_empty() {
            return;
        }
        if self.known.len() == TEXTS {
            self.known.clear();
        }
        self.known.insert(std::mem::take(&mut self.text), known);
    }
}

/// A heading without its numbers: `Write at 0x by goroutine :`.
fn heading(line: &[u8], text: &mut Vec<u8>) {
    let mut in_address = false;
    for &byte in line {
        in_address = (in_address && byte.is_ascii_hexdigit()) || byte == b'x';
        if byte == b'x' || !(in_address || byte.is_ascii_digit()) {
            text.push(byte);
        }
    }
}
