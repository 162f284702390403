//! One frame of a stack: a function, and where in it.

/// A frame, as the report has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame<'a> {
    /// The function's name with its package's path, without arguments.
    pub function: &'a str,
    /// The file, as the compiler was told it; empty if it is not known.
    pub file: &'a str,
    /// The line, from 1; 0 if it is not known.
    pub line: u32,
}

/// `file:12 +0x34` or `file:12:5` as file and line.
pub(super) fn location(text: &str) -> Option<(&str, u32)> {
    let text = match text.rsplit_once(" +0x") {
        Some((place, offset)) if offset.bytes().all(|byte| byte.is_ascii_hexdigit()) => place,
        _ => text,
    };
    let (place, last) = numbered(text)?;
    // C has a column as well.
    Some(numbered(place).unwrap_or((place, last)))
}

fn numbered(text: &str) -> Option<(&str, u32)> {
    let (place, number) = text.rsplit_once(':')?;
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !place.is_empty()).then(|| (place, number.parse().unwrap_or(0)))
}
