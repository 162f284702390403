//! Why an entry is refused, in words.

use std::borrow::Cow;
use std::fmt;

/// Why an entry may not be made.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum EntryFault {
    Type(Cow<'static, str>),
    Format,
    Number(&'static str),
    Mode(u32),
    NotUtf8,
    EmptyName,
    Absolute,
    Component(&'static str),
    Control,
    FileNamedAsFolder,
    FolderWithContent(u64),
    Duplicate,
    Case(String),
    BelowFile(String),
    TooMany(u64),
    TooLarge(u64),
    Truncated { declared: u64, found: u64 },
}

impl fmt::Display for EntryFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(name) => write!(f, "{name}, where only regular files and folders are allowed"),
            Self::Format => write!(f, "a header that is neither ustar nor GNU tar"),
            Self::Number(field) => write!(f, "a {field} field that is not an octal number"),
            Self::Mode(mode) => write!(f, "a setuid, setgid or sticky bit in its mode {mode:04o}"),
            Self::NotUtf8 => write!(f, "a name that is not UTF-8"),
            Self::EmptyName => write!(f, "an empty name"),
            Self::Absolute => write!(f, "an absolute path"),
            Self::Component(name) => write!(f, "{name} in its path"),
            Self::Control => write!(f, "a control character in its name"),
            Self::FileNamedAsFolder => write!(f, "a regular file whose name ends in a slash"),
            Self::FolderWithContent(bytes) => write!(f, "a folder with {bytes} bytes of content"),
            Self::Duplicate => write!(f, "a name that an earlier entry has"),
            Self::Case(earlier) => write!(f, "a name that differs only by case from the earlier {earlier:?}"),
            Self::BelowFile(file) => write!(f, "a path below {file:?}, which is a regular file"),
            Self::TooMany(limit) => write!(f, "one entry more than the {limit} allowed"),
            Self::TooLarge(bytes) => {
                write!(f, "a size of {bytes} bytes, more than an archive may hold")
            }
            Self::Truncated { declared, found } => {
                write!(f, "a size of {declared} bytes, of which the archive holds {found}")
            }
        }
    }
}
