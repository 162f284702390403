//! Which of two versions is newer, by the rules of each registry.

use std::cmp::Ordering;

use crate::lock::Source;

/// A version that can be compared with others of its registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Version {
    Python(Python),
    Debian(Debian),
}

impl Version {
    /// Nothing, if `text` is no version of this registry.
    pub(super) fn parse(text: &str, source: &Source) -> Option<Self> {
        match source {
            Source::Pypi { .. } => Python::parse(text).map(Version::Python),
            Source::Debian { .. } => Debian::parse(text).map(Version::Debian),
        }
    }

    /// Whether its makers call it unfinished. Debian has no such mark: what a suite has is meant for use.
    pub(super) fn is_pre_release(&self) -> bool {
        match self {
            Version::Python(python) => python.is_pre_release(),
            Version::Debian(_) => false,
        }
    }
}

/// A version of the Python package index in its normal form, which pip prints: `1!2.0rc1.post2.dev3`. The fields' order is
/// that of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Python {
    epoch: u64,
    /// Without zeros at the end: 1.0 is 1.
    release: Vec<u64>,
    /// `a`, `b`, `rc`; a development version of none of them is older, a final one newer.
    stage: (u8, u64),
    post: Option<u64>,
    /// The largest number for what is no development version: these come before what they lead to.
    dev: u64,
}

const ONLY_DEV: u8 = 0;
const STAGES: [(&str, u8); 3] = [("a", 1), ("b", 2), ("rc", 3)];
const FINAL: u8 = 4;

impl Python {
    fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = match text.split_once('!') {
            Some((epoch, rest)) => (epoch.parse().ok()?, rest),
            None => (0, text),
        };
        let (rest, dev) = marked(rest, ".dev")?;
        let (rest, post) = marked(rest, ".post")?;
        let stage = STAGES.iter().find_map(|(mark, rank)| Some((rest.split_once(mark)?, *rank)));
        let (rest, stage) = match stage {
            Some(((rest, number), rank)) => (rest, (rank, number.parse().ok()?)),
            None if dev.is_some() && post.is_none() => (rest, (ONLY_DEV, 0)),
            None => (rest, (FINAL, 0)),
        };
        let mut release: Vec<u64> = rest.split('.').map(|number| number.parse().ok()).collect::<Option<_>>()?;
        while release.last() == Some(&0) {
            release.pop();
        }
        Some(Python { epoch, release, stage, post, dev: dev.unwrap_or(u64::MAX) })
    }

    fn is_pre_release(&self) -> bool {
        self.stage.0 != FINAL || self.dev != u64::MAX
    }
}

/// Cuts `mark` and the number after it from the end.
fn marked<'a>(text: &'a str, mark: &str) -> Option<(&'a str, Option<u64>)> {
    match text.split_once(mark) {
        Some((rest, number)) => Some((rest, Some(number.parse().ok()?))),
        None => Some((text, None)),
    }
}

/// A version of Debian: `EPOCH:UPSTREAM-REVISION`.
#[derive(Clone, Debug)]
pub(super) struct Debian {
    epoch: u64,
    upstream: String,
    revision: String,
}

impl Debian {
    fn parse(text: &str) -> Option<Self> {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) => (epoch.parse().ok()?, rest),
            None => (0, text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        let legal = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".+-~:".contains(&byte));
        let begins = upstream.starts_with(|first: char| first.is_ascii_digit());
        (begins && legal(rest)).then(|| Debian { epoch, upstream: upstream.to_owned(), revision: revision.to_owned() })
    }
}

impl Ord for Debian {
    fn cmp(&self, other: &Self) -> Ordering {
        let upstream = || by_parts(&self.upstream, &other.upstream);
        self.epoch.cmp(&other.epoch).then_with(upstream).then_with(|| by_parts(&self.revision, &other.revision))
    }
}

impl PartialOrd for Debian {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// As the order says: `1.0` and `1.00` are one version.
impl PartialEq for Debian {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Debian {}

/// Compares text and numbers in turn, as Debian's policy says.
fn by_parts(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a.as_bytes(), b.as_bytes());
    while !a.is_empty() || !b.is_empty() {
        let (text_a, text_b) = (cut(&mut a, |byte| !byte.is_ascii_digit()), cut(&mut b, |byte| !byte.is_ascii_digit()));
        // The end of the text counts as a byte, too: what comes after it doesn't matter then.
        for i in 0..text_a.len().max(text_b.len()) {
            let order = weight(text_a.get(i)).cmp(&weight(text_b.get(i)));
            if order.is_ne() {
                return order;
            }
        }
        let (number_a, number_b) = (cut(&mut a, u8::is_ascii_digit), cut(&mut b, u8::is_ascii_digit));
        let (number_a, number_b) = (without_zeros(number_a), without_zeros(number_b));
        let order = number_a.len().cmp(&number_b.len()).then_with(|| number_a.cmp(number_b));
        if order.is_ne() {
            return order;
        }
    }
    Ordering::Equal
}

/// A tilde before the end, the end before letters, these before everything else.
fn weight(byte: Option<&u8>) -> i32 {
    match byte {
        Some(b'~') => -1,
        None => 0,
        Some(letter) if letter.is_ascii_alphabetic() => i32::from(*letter),
        Some(other) => i32::from(*other) + 256,
    }
}

fn cut<'a>(bytes: &mut &'a [u8], belongs: impl Fn(&u8) -> bool) -> &'a [u8] {
    let end = bytes.iter().position(|byte| !belongs(byte)).unwrap_or(bytes.len());
    let (part, rest) = bytes.split_at(end);
    *bytes = rest;
    part
}

fn without_zeros(digits: &[u8]) -> &[u8] {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    &digits[zeros..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn ascending<T: Ord + std::fmt::Debug>(parse: fn(&str) -> Option<T>, versions: &[&str]) {
        let versions: Vec<T> = versions.iter().map(|text| parse(text).unwrap_or_else(|| panic!("{text}"))).collect();
        for (i, a) in versions.iter().enumerate() {
            for (j, b) in versions.iter().enumerate() {
                assert_eq!(a.cmp(b), i.cmp(&j), "{a:?} and {b:?}");
            }
        }
    }

    #[test]
    fn versions_of_python_are_in_the_order_of_pep_440() {
        ascending(
            Python::parse,
            &[
                "0.9.1",
                "0.10.0",
                "0.11.0.dev3747",
                "0.11.0a1.dev2",
                "0.11.0a1",
                "0.11.0a1.post3",
                "0.11.0b1",
                "0.11.0rc1",
                "0.11.0rc2",
                "0.11.0",
                "0.11.0.post0.dev1",
                "0.11.0.post0",
                "0.11.1",
                "1!0.1",
            ],
        );
        assert_eq!(Python::parse("1.0"), Python::parse("1"));
        for text in ["", "v1", "1.x", "1.0.devel", "1..2"] {
            assert_eq!(Python::parse(text), None, "{text}");
        }
    }

    #[test]
    fn pre_releases_of_python_are_known() {
        let is_pre_release = |text: &str| Python::parse(text).unwrap().is_pre_release();
        assert!(["1.0a1", "1.0b2", "1.0rc1", "1.0.dev3", "1.0.post1.dev2"].into_iter().all(is_pre_release));
        assert!(!["1.0", "0.17.0.post0"].into_iter().any(is_pre_release));
    }

    #[test]
    fn versions_of_debian_are_in_the_order_of_its_policy() {
        ascending(
            Debian::parse,
            &[
                "1.0~~",
                "1.0~~a",
                "1.0~",
                "1.0~rc1-1",
                "1.0",
                "1.0-1~deb13u1",
                "1.0-1",
                "1.0-1+b1",
                "1.0-1.1",
                "1.0-2",
                "1.0-10",
                "1.0a-1",
                "1.0+git1-1",
                "1.0.1-1",
                "1.2.5-3",
                "1.2.5-3.1~deb13u1",
                "1.2.5-3.1",
                "14.2.0-19",
                "1:0.1-1",
            ],
        );
        assert_eq!(Debian::parse("1.00-01"), Debian::parse("1.0-1"));
        for text in ["", "a1", "1_2", "x:1"] {
            assert_eq!(Debian::parse(text), None, "{text}");
        }
    }
}
