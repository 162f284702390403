//! What a leak is, and who brought it.

use std::collections::{BTreeMap, BTreeSet};

/// The kinds of leaks, the most important first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A program of the host that an action runs.
    Tool,
    /// A file from outside that an action reads.
    Input,
    /// A path of the host in an argument.
    Argument,
    /// A path of the host in an environment variable.
    Environment,
    /// The program interpreter of a binary.
    Interpreter,
    /// A library that a binary loads.
    Library,
    /// A folder in which a binary looks for libraries.
    RunPath,
    /// A version of symbols that a library of the machine must have.
    SymbolVersion,
    /// A symbol that nothing defines.
    UndefinedSymbol,
    /// A path of the machine that built a binary.
    BuildPath,
    /// A race detector's runtime of another Go version.
    RaceRuntime,
}

impl Kind {
    /// All kinds, in their order.
    pub const ALL: [Kind; 11] = [
        Kind::Tool,
        Kind::Input,
        Kind::Argument,
        Kind::Environment,
        Kind::Interpreter,
        Kind::Library,
        Kind::RunPath,
        Kind::SymbolVersion,
        Kind::UndefinedSymbol,
        Kind::BuildPath,
        Kind::RaceRuntime,
    ];

    /// The name in JSON and in allow-lists.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Tool => "tool",
            Kind::Input => "input",
            Kind::Argument => "argument",
            Kind::Environment => "environment",
            Kind::Interpreter => "interpreter",
            Kind::Library => "library",
            Kind::RunPath => "run-path",
            Kind::SymbolVersion => "symbol-version",
            Kind::UndefinedSymbol => "undefined-symbol",
            Kind::BuildPath => "build-path",
            Kind::RaceRuntime => "race-runtime",
        }
    }

    /// A heading for people.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Tool => "Tools of the host that actions run",
            Kind::Input => "Inputs from outside the execution root",
            Kind::Argument => "Paths of the host in arguments",
            Kind::Environment => "Paths of the host in the environment",
            Kind::Interpreter => "Binaries that need the host's loader",
            Kind::Library => "Binaries that need the host's libraries",
            Kind::RunPath => "Run paths",
            Kind::SymbolVersion => "Versions that the host's libraries must have",
            Kind::UndefinedSymbol => "Symbols that nothing defines",
            Kind::BuildPath => "Paths of the build machine in binaries",
            Kind::RaceRuntime => "Race detectors of another Go version",
        }
    }

    /// What it leads to, for people.
    pub fn meaning(self) -> &'static str {
        match self {
            Kind::Tool => {
                "Another machine lacks it or has another version: the build fails there, or gives something else"
            }
            Kind::Input => "The file is no part of the sources: what is built depends on this machine",
            Kind::Argument => "The path need not exist elsewhere, and caches are not shared",
            Kind::Environment => {
                "The value need not be the same elsewhere: other programs are found, and caches are not shared"
            }
            Kind::Interpreter => "The program does not start where this loader is missing",
            Kind::Library => "The program does not start where the library is missing",
            Kind::RunPath => "The program loads libraries from these folders of the machine that runs it",
            Kind::SymbolVersion => "The program does not start with an older library",
            Kind::UndefinedSymbol => "The program crashes where it uses the symbol",
            Kind::BuildPath => "Two machines build different files, and each tells of its machine",
            Kind::RaceRuntime => {
                "Each Go version is tested with its own runtime only: the detector may crash, or miss races"
            }
        }
    }
}

/// What leaked, and by what.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Leak {
    /// The kind.
    pub kind: Kind,
    /// The path, library, version or symbol from outside.
    pub value: String,
    /// Where it stands: an argument, a variable, a section, what a link leads to.
    pub place: String,
}

impl Leak {
    /// A leak.
    pub fn new(kind: Kind, value: impl Into<String>, place: impl Into<String>) -> Self {
        Leak { kind, value: value.into(), place: place.into() }
    }
}

/// Who brought a leak.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// The target's label, or the file of a binary that was named on the command line.
    pub target: String,
    /// The action's mnemonic; empty for a binary.
    pub mnemonic: String,
}

/// Leaks, with everyone who brought each.
pub type Leaks = BTreeMap<Leak, BTreeSet<Source>>;
