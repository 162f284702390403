//! `licences/spdx/`: the text of each licence and exception that the packages' declarations name.
//!
//! A package's own file of licences may only name one (Debian's `copyright` refers to a folder that Debian has), or be
//! missing (the kernel's headers of the wheel bring none). So the texts are those of SPDX's list
//! (<https://spdx.org/licenses/>), which the crate `spdx` carries.

use std::collections::BTreeMap;

use diagnostic::{Error, Result};
use spdx::{AdditionItem, Expression, LicenseItem};

use crate::lock::Package;

/// Where an archive has these texts, each under its identifier.
pub const SPDX_TEXTS: &str = "licences/spdx/";

/// Texts by their identifiers.
pub type Texts = BTreeMap<&'static str, &'static str>;

/// Adds the texts that an expression names. What a `LicenseRef-…` stands for is not there: the package's own file says it.
///
/// # Errors
///
/// The reason why it is no expression of identifiers of SPDX's list.
pub fn add_texts(licence: &str, texts: &mut Texts) -> Result<(), String> {
    let expression = Expression::parse(licence).map_err(|reason| reason.to_string())?;
    for requirement in expression.requirements() {
        if let LicenseItem::Spdx { id, .. } = requirement.req.license {
            texts.insert(id.name, id.text());
        }
        if let Some(AdditionItem::Spdx(id)) = requirement.req.addition {
            texts.insert(id.name, id.text());
        }
    }
    Ok(())
}

/// The texts that the packages' licences name.
pub(super) fn texts(packages: &[Package]) -> Result<Texts> {
    let mut texts = Texts::new();
    for package in packages {
        add_texts(&package.licence, &mut texts).map_err(|reason| refused(package, &reason))?;
    }
    Ok(texts)
}

fn refused(package: &Package, reason: &str) -> Error {
    Error::new(format!("{}: licence: not an expression of identifiers of SPDX's list", package.id))
        .fact("licence", &package.licence)
        .fact("reason", reason)
        .next("write identifiers of https://spdx.org/licenses/, joined by AND, OR and WITH; LicenseRef-NAME for any other licence")
}
