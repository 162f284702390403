//! The names of Go's functions, as the linker has them.

/// The package's path: what stands before the first point behind the last slash.
pub fn package(function: &str) -> &str {
    // Type arguments have slashes and points of their own.
    let plain = function.split('[').next().unwrap_or(function);
    let start = plain.rfind('/').map_or(0, |slash| slash + 1);
    plain[start..].find('.').map_or("", |dot| &function[..start + dot])
}

/// The name within the package: without type arguments, the hashes of cgo, the number of an `init`, and `-fm` of a method value.
pub fn local_name(function: &str) -> String {
    let package = package(function);
    let local = if package.is_empty() { function } else { &function[package.len() + 1..] };
    let mut name = String::with_capacity(local.len());
    let mut depth = 0usize;
    for letter in local.chars() {
        match letter {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => name.push(letter),
            _ => {}
        }
    }
    let plain = name.strip_suffix("-fm").unwrap_or(&name);
    let plain = plain.strip_suffix(".abi0").unwrap_or(plain);
    if let Some(number) = plain.strip_prefix("init.").filter(|rest| is_number(rest)) {
        return plain[..plain.len() - number.len() - 1].to_owned();
    }
    without_cgo_hash(plain)
}

/// Whether it is a function literal, or the wrapper that the compiler makes for a `go` or `defer` statement or the body of
/// a `range`: their names count literals within what they were inlined into, so that only their lines say which they are.
pub fn is_literal(local: &str) -> bool {
    local.split(['.', '-']).any(|part| {
        ["func", "gowrap", "deferwrap", "range"].iter().any(|kind| part.strip_prefix(kind).is_some_and(is_number))
    })
}

/// The test that a function is or is part of, as `go test -run` would call it: `TestA` of `TestA.func1` and `(*Suite).TestA`.
pub fn is_test(local: &str) -> Option<&str> {
    local.split(['.', '-']).find(|part| {
        ["Test", "Benchmark", "Fuzz", "Example"].iter().any(|kind| {
            // `testing` wants a letter that is not lower case behind the word, or nothing.
            part.strip_prefix(kind).is_some_and(|rest| !rest.starts_with(char::is_lowercase))
        })
    })
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `_cgoexp_0123456789ab_name` and `_cgo_0123456789ab_Cfunc_name`: the hash is of the package's C code.
fn without_cgo_hash(name: &str) -> String {
    for prefix in ["_cgoexp_", "_cgo_"] {
        if let Some(rest) = name.strip_prefix(prefix)
            && let Some((hash, of)) = rest.split_once('_')
            && hash.len() == 12
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
        {
            return format!("{prefix}{of}");
        }
    }
    name.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart() {
        for (function, in_package, local) in [
            ("example.com/a/b.F", "example.com/a/b", "F"),
            ("example.com/a.(*Box[go.shape.string]).Set", "example.com/a", "(*Box).Set"),
            ("example.com/a.Map[...].func1", "example.com/a", "Map.func1"),
            ("example.com/a.Map[example.com/b.T]", "example.com/a", "Map"),
            ("gopkg.in/yaml%2ev3.Unmarshal", "gopkg.in/yaml%2ev3", "Unmarshal"),
            ("main.init.0", "main", "init"),
            ("main.init.0.func1", "main", "init.0.func1"),
            ("main.(*T).M-fm", "main", "(*T).M"),
            ("_cgoexp_d5bd400e9b40_noted", "", "_cgoexp_noted"),
            ("main._Cfunc_note", "main", "_Cfunc_note"),
        ] {
            assert_eq!((package(function), &*local_name(function)), (in_package, local), "{function}");
        }
    }

    #[test]
    fn literals_and_wrappers_are_known_and_functions_of_like_names_are_not() {
        for literal in ["F.func1", "F.G.func2.1", "F.gowrap1", "F.deferwrap2", "F.func1-range1", "glob..func1"] {
            assert!(is_literal(literal), "{literal}");
        }
        for function in ["F", "func1st", "(*T).func", "Range1", "init"] {
            assert!(!is_literal(function), "{function}");
        }
    }

    #[test]
    fn tests_are_known_by_their_names() {
        for (local, test) in [
            ("TestA", Some("TestA")),
            ("TestA.func1", Some("TestA")),
            ("(*Suite).TestA", Some("TestA")),
            ("BenchmarkA.func1-range1", Some("BenchmarkA")),
            ("Testing", None),
            ("contest", None),
        ] {
            assert_eq!(is_test(local), test, "{local}");
        }
    }
}
