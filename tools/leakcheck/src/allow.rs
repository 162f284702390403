//! What is allowed, and why: the built-in list, and lists of users.

use std::fs;
use std::path::Path;

use diagnostic::{Error, Result};
use serde_json::Value;

use crate::binary::numbers;
use crate::leak::{Kind, Leak, Source};

/// One entry: which leaks, and why they are none.
#[derive(Clone, Debug)]
pub struct Entry {
    kind: Kind,
    path: String,
    place: String,
    target: String,
    mnemonic: String,
    /// Why.
    pub reason: String,
    /// Who says so: `built in`, or the file and the entry's number.
    pub origin: String,
}

const GO_PATH: &str = "rules_go puts /bin and /usr/bin into PATH of each Go action (go/private/context.bzl); the compiler is \
                       called by its path";
const PATH: &str = "Bazel puts these into PATH of such actions (all three by --incompatible_strict_action_env); their programs are \
                    called by path";
const WRAPPER: &str = "rules_go builds its own builder by a script, binary_wrapper.sh, which needs a bash";
const BOOTSTRAP: &str = "rules_rust builds its process wrapper by a script first, which needs a bash";
const TEST: &str = "Bazel runs each test by its own script, test-setup.sh, which needs a bash and a PATH; the test's program is \
                    checked by itself";
const BOOT: &str = "the linker and the static glibc that link this module's own tools belong to the environment that builds \
                    them (docs/bootstrap.md)";
const RUST: &str = "the Rust toolchain that compiles this module's own tools belongs to the environment that builds them \
                    (docs/bootstrap.md)";

/// What this module cannot change: kind, path, place, target, mnemonic, reason.
const BUILT_IN: [(Kind, &str, &str, &str, &str, &str); 14] = [
    (Kind::Environment, "/bin", "variable PATH", "*", "Go*", GO_PATH),
    (Kind::Environment, "/usr/bin", "variable PATH", "*", "Go*", GO_PATH),
    (Kind::Tool, "*bash", "*/binary_wrapper.sh", "*", "GoToolchainBinary*", WRAPPER),
    (Kind::Tool, "*bash", "*/bootstrap_process_wrapper.sh", "@@rules_rust*", "Rustc", BOOTSTRAP),
    (Kind::Tool, "*sh", "*test-setup.sh", "*", "TestRunner", TEST),
    (Kind::Environment, "*", "variable PATH", "*", "TestRunner", TEST),
    (Kind::Tool, "*go_race_boot/*", "leads to *", "*", "*", BOOT),
    (Kind::Input, "*go_race_boot/*", "leads to *", "*", "*", BOOT),
    (Kind::Tool, "*rust_toolchain*", "leads to *", "@@rules_rust?//*", "*", RUST),
    (Kind::Input, "*rust_toolchain*", "leads to *", "@@rules_rust?//*", "*", RUST),
    (Kind::Input, "*rust_toolchain*", "leads to *", "@@rules_rust??*", "*", RUST),
    (Kind::Tool, "*rust_toolchain*", "leads to *", "@@toolchains_go_race*", "*", RUST),
    (Kind::Input, "*rust_toolchain*", "leads to *", "@@toolchains_go_race*", "*", RUST),
    (Kind::Input, "*go_race_boot/*", "an absolute path", "*", "*", BOOT),
];

/// The actions of C, C++ and Rust, and the folders that Bazel's own PATH has.
const PATH_OF: ([&str; 3], [&str; 3]) = (["Cpp*", "CcStrip", "Rustc"], ["/bin", "/usr/bin", "/usr/local/bin"]);

/// The built-in entries.
pub fn built_in() -> Vec<Entry> {
    let (mnemonics, folders) = PATH_OF;
    let path = mnemonics.into_iter().flat_map(|mnemonic| {
        folders.map(move |folder| (Kind::Environment, folder, "variable PATH", "*", mnemonic, PATH))
    });
    let entries = BUILT_IN.into_iter().chain(path).map(|(kind, path, place, target, mnemonic, reason)| Entry {
        kind,
        path: path.into(),
        place: place.into(),
        target: target.into(),
        mnemonic: mnemonic.into(),
        reason: reason.into(),
        origin: "built in".into(),
    });
    entries.collect()
}

/// Entries for programs that may need glibc up to a version.
pub fn glibc(version: &str) -> Vec<Entry> {
    let entry = |kind, path: &str| Entry {
        kind,
        path: path.into(),
        place: "*".into(),
        target: "*".into(),
        mnemonic: "*".into(),
        reason: format!("the build chose glibc {version} (--glibc): its loader and libraries are the machine's"),
        origin: format!("--glibc={version}"),
    };
    let libraries = ["libc", "libm", "libdl", "libpthread", "librt", "libresolv", "libutil", "ld-linux*"];
    let libraries = libraries.iter().map(|name| entry(Kind::Library, &format!("{name}.so.?")));
    let mut all: Vec<Entry> = libraries.collect();
    all.push(entry(Kind::Interpreter, "/lib*/ld-linux*.so.?"));
    all.push(entry(Kind::SymbolVersion, &format!("GLIBC_<={version}")));
    all
}

/// Reads a user's list.
pub fn read(path: &Path) -> Result<Vec<Entry>> {
    let text = fs::read_to_string(path).map_err(|reason| Error::io("read", path, reason))?;
    parse(&text, &path.display().to_string())
}

/// Reads the text of a list.
pub fn parse(text: &str, name: &str) -> Result<Vec<Entry>> {
    let wrong = |what: String| {
        Error::new(what)
            .fact("allow-list", name)
            .next("write {\"allow\": [{\"kind\": …, \"path\": …, \"reason\": …}]}; see docs/leakcheck.md")
    };
    let value: Value = serde_json::from_str(text).map_err(|reason| wrong(format!("this is no JSON: {reason}")))?;
    let list =
        value.get("allow").and_then(Value::as_array).ok_or_else(|| wrong("the list `allow` is missing".into()))?;
    let mut entries = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let entry = format!("allow[{index}]");
        let fields = value.as_object().ok_or_else(|| wrong(format!("{entry}: expected an object")))?;
        const FIELDS: [&str; 6] = ["kind", "path", "place", "target", "mnemonic", "reason"];
        if let Some(field) = fields.keys().find(|field| !FIELDS.contains(&field.as_str())) {
            return Err(wrong(format!("{entry}: unknown field {field}, expected one of {}", FIELDS.join(", "))));
        }
        let field = |name: &str, default: Option<&str>| match (fields.get(name).map(Value::as_str), default) {
            (Some(Some(text)), _) if !text.trim().is_empty() => Ok(text.to_owned()),
            (None, Some(default)) => Ok(default.to_owned()),
            _ => Err(wrong(format!("{entry}: {name}: expected a string that isn't empty"))),
        };
        let kind = field("kind", None)?;
        let known = || Kind::ALL.map(Kind::name).join(", ");
        entries.push(Entry {
            kind: Kind::ALL
                .into_iter()
                .find(|known| known.name() == kind)
                .ok_or_else(|| wrong(format!("{entry}: unknown kind {kind}, expected one of {}", known())))?,
            path: field("path", None)?,
            place: field("place", Some("*"))?,
            target: field("target", Some("*"))?,
            mnemonic: field("mnemonic", Some("*"))?,
            reason: field("reason", None)?,
            origin: format!("{name}: {entry}"),
        });
    }
    Ok(entries)
}

impl Entry {
    /// Whether it allows a leak that `source` brought.
    pub fn allows(&self, leak: &Leak, source: &Source) -> bool {
        self.kind == leak.kind
            && match self.path.strip_prefix("GLIBC_<=") {
                Some(most) => leak.value.starts_with("GLIBC_2") && numbers(&leak.value) <= numbers(most),
                None => matches(&self.path, &leak.value),
            }
            && matches(&self.place, &leak.place)
            && matches(&self.target, &source.target)
            && matches(&self.mnemonic, &source.mnemonic)
    }

    /// What it allows, in short.
    pub fn pattern(&self) -> String {
        format!("{} {}", self.kind.name(), self.path)
    }
}

/// Whether a text has a pattern's form: `*` is anything, `?` is one character.
pub fn matches(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut back) = (0, 0, None);
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            back = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((star, from)) = back {
            back = Some((star, from + 1));
            (p, t) = (star + 1, from + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|&c| c == '*')
}
