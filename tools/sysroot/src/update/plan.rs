//! Which packages move together, and to which version.

use diagnostic::{Error, Result};

use crate::fetch::Offer;
use crate::lock::{Package, Source};

use super::version::Version;

/// What the command line says about packages, each named by its `id` or by its registry's name.
#[derive(Clone, Debug, Default)]
pub struct Wish {
    /// The packages to look at; with none of these and no `to`, all.
    pub packages: Vec<String>,
    /// Versions that are asked for.
    pub to: Vec<(String, String)>,
}

/// A package, and what its registry has of it.
pub(super) struct Known<'a> {
    pub(super) package: &'a Package,
    pub(super) offer: Offer,
}

/// Packages of one version.
pub(super) struct Group<'a> {
    pub(super) members: Vec<Known<'a>>,
    /// The version that the command line asks for.
    to: Option<&'a str>,
}

impl Wish {
    /// Those of `packages` that the registries must be asked about: what is named, and what may belong to it.
    ///
    /// # Errors
    ///
    /// A name is that of no package.
    pub(super) fn concerned<'a>(&self, packages: &'a [Package]) -> Result<Vec<&'a Package>> {
        for name in self.names() {
            if !packages.iter().any(|package| is_called(package, name)) {
                let ids: Vec<&str> = packages.iter().map(|package| package.id.as_str()).collect();
                return Err(Error::new(format!("the lock has no package {name}"))
                    .fact("packages", ids.join(", "))
                    .next("name one of these, or the registry's name of one"));
            }
        }
        let may_belong = |a: &Package, b: &Package| match (&a.source, &b.source) {
            (Source::Debian { suite: a, .. }, Source::Debian { suite: b, .. }) => a == b,
            _ => have_one_name(a, b),
        };
        let named: Vec<&Package> = packages.iter().filter(|package| self.names_package(package)).collect();
        Ok(packages.iter().filter(|package| named.iter().any(|other| may_belong(package, other))).collect())
    }

    /// The groups of what is named, in the lock's order.
    ///
    /// # Errors
    ///
    /// Several versions are asked for.
    pub(super) fn groups<'a>(&'a self, known: Vec<Known<'a>>) -> Result<Vec<Group<'a>>> {
        let mut groups: Vec<Group<'a>> = Vec::new();
        for one in known {
            let is_of = |group: &mut Group| group.members.iter().any(|other| belong_together(&one, other));
            let mut members: Vec<Known<'a>> = groups.extract_if(.., is_of).flat_map(|group| group.members).collect();
            members.push(one);
            groups.push(Group { members, to: None });
        }
        groups.retain(|group| group.members.iter().any(|member| self.names_package(member.package)));
        for group in &mut groups {
            let of_group = |name: &str| group.members.iter().any(|member| is_called(member.package, name));
            let mut versions = self.to.iter().filter(|(name, _)| of_group(name)).map(|(_, version)| version.as_str());
            let first = versions.next();
            if let (Some(first), Some(other)) = (first, versions.find(|version| Some(*version) != first)) {
                return Err(Error::new(format!("{} cannot become both {first} and {other}", group.names()))
                    .next("packages that belong together have one version: say one --to"));
            }
            group.to = first;
        }
        Ok(groups)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        self.packages.iter().map(String::as_str).chain(self.to.iter().map(|(name, _)| name.as_str()))
    }

    fn names_package(&self, package: &Package) -> bool {
        self.names().next().is_none() || self.names().any(|name| is_called(package, name))
    }
}

impl Group<'_> {
    /// Whether the command line asks for the version.
    pub(super) fn is_insisted_on(&self) -> bool {
        self.to.is_some()
    }

    /// The version that all of the group get; none if they are as new as can be.
    ///
    /// # Errors
    ///
    /// Not every member is there in that version, or the versions cannot be compared.
    pub(super) fn target(&self) -> Result<Option<String>> {
        let target = match self.to {
            Some(version) => version.to_owned(),
            None => match self.newest()? {
                Some(version) => version,
                None => return Ok(None),
            },
        };
        if self.members.iter().all(|member| member.package.version == target) {
            return Ok(None);
        }
        let lacking: Vec<&Known> =
            self.members.iter().filter(|member| !member.offer.versions.contains(&target)).collect();
        if lacking.is_empty() {
            return Ok(Some(target));
        }
        let ids: Vec<&str> = lacking.iter().map(|member| member.package.id.as_str()).collect();
        let offered = match lacking[0].offer.versions.as_slice() {
            [] => "nothing".to_owned(),
            versions => versions.join(", "),
        };
        Err(Error::new(format!("{} {target} is not there for {}", self.names(), ids.join(", ")))
            .fact("offered", offered)
            .next(
                "packages that belong together move to one version: wait until all have it, choose one that all have \
                 (--to ID=VERSION), or name other packages",
            ))
    }

    /// A version that is newer than any that the members have or are pinned to, and is there for other platforms.
    pub(super) fn missed(&self) -> Option<&str> {
        let (newest, text) = self.newest_of(|member| &member.offer.here)?;
        let ours = self.newest_of(|member| &member.offer.versions).map(|(version, _)| version);
        let pinned = |Known { package, .. }: &Known| Version::parse(&package.version, &package.source);
        let pinned = self.members.iter().filter_map(pinned).max();
        (Some(&newest) > ours.max(pinned).as_ref()).then_some(text)
    }

    /// The newest finished version among the members' lists.
    fn newest_of<'b>(&'b self, list: impl Fn(&'b Known<'b>) -> &'b [String]) -> Option<(Version, &'b str)> {
        let mut newest: Option<(Version, &str)> = None;
        for member in &self.members {
            let parsed = list(member).iter().filter_map(|t| Some((Version::parse(t, &member.package.source)?, t)));
            for (version, text) in parsed.filter(|(version, _)| !version.is_pre_release()) {
                if newest.as_ref().is_none_or(|(known, _)| version > *known) {
                    newest = Some((version, text));
                }
            }
        }
        newest
    }

    /// The newest version that any member has, unless what is pinned is newer or there is only what is unfinished.
    fn newest(&self) -> Result<Option<String>> {
        let Some((newest, text)) = self.newest_of(|member| &member.offer.versions) else { return Ok(None) };
        for Known { package, .. } in &self.members {
            let pinned = Version::parse(&package.version, &package.source).ok_or_else(|| {
                Error::new(format!("{} {}: this version cannot be compared with others", package.id, package.version))
                    .next(format!("say --to {}={text}, if that is the one", package.id))
            })?;
            if pinned > newest {
                return Ok(None);
            }
        }
        // Of two spellings of one version, the pinned one stays.
        let is_pinned = |Known { package, .. }: &Known| {
            Version::parse(&package.version, &package.source).is_some_and(|pinned| pinned == newest)
        };
        let first = &self.members[0].package.version;
        let of_one_version = self.members.iter().all(|member| member.package.version == *first);
        Ok((!(of_one_version && self.members.iter().all(is_pinned))).then(|| text.to_owned()))
    }

    /// The registry's names of the members, each once.
    pub(super) fn names(&self) -> String {
        let mut names: Vec<&str> = Vec::new();
        for Known { package, .. } in &self.members {
            if !names.contains(&package.name.as_str()) {
                names.push(&package.name);
            }
        }
        names.join(" and ")
    }
}

fn is_called(package: &Package, name: &str) -> bool {
    package.id == name || package.name == name
}

/// The same thing for several architectures.
fn have_one_name(a: &Package, b: &Package) -> bool {
    let one_registry = match (&a.source, &b.source) {
        (Source::Pypi { .. }, Source::Pypi { .. }) => true,
        (Source::Debian { suite: a, .. }, Source::Debian { suite: b, .. }) => a == b,
        _ => false,
    };
    one_registry && a.name == b.name
}

/// Whether two packages have one version: of one name, or built from one source as the pinned version was.
fn belong_together(a: &Known, b: &Known) -> bool {
    let of_one_suite = match (&a.package.source, &b.package.source) {
        (Source::Debian { suite: a, .. }, Source::Debian { suite: b, .. }) => a == b,
        _ => false,
    };
    let of_one_source = a.offer.source.is_some() && a.offer.source == b.offer.source;
    have_one_name(a.package, b.package) || of_one_suite && of_one_source && a.package.version == b.package.version
}
