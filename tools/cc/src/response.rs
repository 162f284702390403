//! Response files: `@FILE` stands for the arguments in FILE.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use crate::error::Error;
use crate::host_paths;
use crate::invocation::Call;
use crate::roots::Roots;

/// Files may name files; clang and lld refuse endless nesting too.
const DEEPEST: usize = 16;

/// The arguments as the tool will see them. The files themselves are passed on: they exist because a command line was
/// too long. A file that does not exist is an argument like any other, as for clang.
pub fn expanded(call: &Call, roots: &Roots) -> Result<Vec<Vec<u8>>, Error> {
    let mut all = Vec::with_capacity(call.args.len());
    for arg in &call.args {
        expand(arg.as_bytes(), call, roots, 0, &mut all)?;
    }
    Ok(all)
}

fn expand(arg: &[u8], call: &Call, roots: &Roots, depth: usize, all: &mut Vec<Vec<u8>>) -> Result<(), Error> {
    let content = match arg.strip_prefix(b"@") {
        None | Some(b"") => None,
        Some(path) => {
            if !roots.is_made_by_clang(path) {
                host_paths::check_path(path, arg, roots)?;
            }
            read(path, call)
        }
    };
    let Some(content) = content else {
        all.push(arg.to_vec());
        return Ok(());
    };
    if depth == DEEPEST {
        return Err(Error::refused(
            "response files name each other without an end",
            String::from_utf8_lossy(arg),
            "write the arguments into one file",
        ));
    }
    for inner in tokens(&content) {
        expand(&inner, call, roots, depth + 1, all)?;
    }
    Ok(())
}

/// The arguments in one file, as they stand there; none if it cannot be read.
pub fn tokens_of(path: &[u8], call: &Call) -> Vec<Vec<u8>> {
    read(path, call).map(|content| tokens(&content)).unwrap_or_default()
}

fn read(path: &[u8], call: &Call) -> Option<Vec<u8>> {
    (call.read)(&call.cwd.join(Path::new(OsStr::from_bytes(path)))).ok()
}

/// GNU's quoting, which clang and lld use on Linux: white space separates, a backslash takes the next byte as it is,
/// single and double quotes join.
fn tokens(content: &[u8]) -> Vec<Vec<u8>> {
    let mut tokens = Vec::new();
    let mut token: Option<Vec<u8>> = None;
    let mut quote: Option<u8> = None;
    let mut bytes = content.iter().copied();
    while let Some(byte) = bytes.next() {
        match (byte, quote) {
            (b'\\', _) => token.get_or_insert_default().extend(bytes.next()),
            (b'"' | b'\'', None) => {
                quote = Some(byte);
                token.get_or_insert_default();
            }
            (_, Some(open)) if byte == open => quote = None,
            (b' ' | b'\t' | b'\n' | b'\r' | 0, None) => tokens.extend(token.take()),
            _ => token.get_or_insert_default().push(byte),
        }
    }
    tokens.extend(token);
    tokens
}

#[cfg(test)]
mod tests {
    use super::tokens;

    #[test]
    fn quoting_is_gnus() {
        let text = br#"-I a\ b "c d" 'e "f' g"h"i "\"" "" -Dx=\\"#;
        let expected: [&[u8]; 9] = [b"-I", b"a b", b"c d", br#"e "f"#, b"ghi", b"\"", b"", br"-Dx=\", b""];
        assert_eq!(tokens(text), expected[..8]);
    }
}
