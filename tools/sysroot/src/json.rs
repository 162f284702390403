//! Reads JSON objects field by field, with errors that name the entry and the field.
//!
//! `serde`'s derive would be shorter, but it is a procedural macro (see Cargo.toml).

use diagnostic::{Error, Result};
use serde_json::{Map, Value};

/// One JSON object, and how to call it in an error: `packages[2]`.
pub struct Object<'a> {
    map: &'a Map<String, Value>,
    entry: String,
}

impl<'a> Object<'a> {
    /// Takes `value` as an object without any field but `known`.
    pub fn new(value: &'a Value, entry: impl Into<String>, known: &[&str]) -> Result<Self> {
        let entry = entry.into();
        let map = value.as_object().ok_or_else(|| Error::new(format!("{entry}: expected a JSON object")))?;
        match map.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(Error::new(format!("{entry}: unknown field {key}, expected one of {}", known.join(", ")))),
            None => Ok(Object { map, entry }),
        }
    }

    /// The error for a `field` that isn't `expected`.
    pub fn wrong(&self, field: &str, expected: &str) -> Error {
        Error::new(format!("{}: {field}: expected {expected}", self.entry))
    }

    /// A string that isn't empty.
    pub fn string(&self, field: &str) -> Result<String> {
        match self.map.get(field).and_then(Value::as_str) {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(self.wrong(field, "a string that isn't empty")),
        }
    }

    /// A name that can be part of a path: no separator, not hidden.
    pub fn file_name(&self, field: &str) -> Result<String> {
        let name = self.string(field)?;
        match name.contains('/') || name.starts_with(['.', '-']) {
            true => Err(self.wrong(field, "a file name")),
            false => Ok(name),
        }
    }

    /// A SHA-256 digest, as 64 lower-case hexadecimal digits.
    pub fn sha256(&self, field: &str) -> Result<String> {
        let digest = self.string(field)?;
        match digest.len() == 64 && digest.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            true => Ok(digest),
            false => Err(self.wrong(field, "64 lower-case hexadecimal digits")),
        }
    }

    /// A number of bytes or files.
    pub fn count(&self, field: &str) -> Result<u64> {
        self.map.get(field).and_then(Value::as_u64).ok_or_else(|| self.wrong(field, "a whole number"))
    }

    /// A list.
    pub fn list(&self, field: &str) -> Result<&'a [Value]> {
        let list = self.map.get(field).and_then(Value::as_array);
        list.map(Vec::as_slice).ok_or_else(|| self.wrong(field, "a list"))
    }

    /// A list of strings.
    pub fn strings(&self, field: &str) -> Result<Vec<String>> {
        let strings = self.list(field)?.iter().map(|value| value.as_str().map(str::to_owned));
        strings.collect::<Option<_>>().ok_or_else(|| self.wrong(field, "a list of strings"))
    }
}

/// The text of a JSON file as committed: two spaces of indentation and a newline at the end.
pub fn to_text(value: &Value) -> String {
    format!("{value:#}\n")
}
