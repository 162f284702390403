//! The archive of the prebuilt tools of one architecture: `bin/`, `licences/` and a bill of materials.

use std::collections::BTreeMap;

use diagnostic::{Error, Result};
use spdx::{AdditionItem, Expression, LicenseItem};
use sysroot::json;
use sysroot::select::{Entry, Tree};

use crate::archive;
use crate::components::Component;
use crate::sbom::{self, SBOM, Subject};
use crate::source::MODULE;

/// The module's own licence.
pub const LICENCE: &str = "Apache-2.0";

/// The archive's name.
pub fn name(arch: &str) -> String {
    format!("go_race_tools_{arch}.tar.gz")
}

/// Packs programs with what they are linked from.
pub fn pack(arch: &str, mut tree: Tree, version: &str, components: &[Component]) -> Result<Vec<u8>> {
    for component in components {
        for (file, text) in &component.texts {
            let path = format!("licences/{}-{}/{file}", component.name, component.version);
            tree.insert(path, Entry::ours(text.clone()));
        }
    }
    for (id, text) in texts(components)? {
        tree.insert(format!("licences/spdx/{id}"), Entry::ours(text));
    }
    let subject = Subject {
        name: format!("{MODULE} tools for {arch}"),
        version,
        sha256: None,
        licence: Some(LICENCE),
        links: components,
        made_from: Vec::new(),
    };
    let document = sbom::document(&name(arch), &[subject]);
    tree.insert(SBOM.to_owned(), Entry::ours(json::to_text(&document)));
    archive::pack(&tree, "")
}

/// The texts of SPDX's list (<https://spdx.org/licenses/>) that the licences name, ours among them.
fn texts(components: &[Component]) -> Result<BTreeMap<&'static str, &'static str>> {
    let mut texts = BTreeMap::new();
    for licence in components.iter().map(|component| component.licence.as_str()).chain([LICENCE]) {
        let expression = Expression::parse(licence).map_err(|reason| {
            Error::new(format!("`{licence}` is no expression of identifiers of SPDX's list")).fact("reason", reason)
        })?;
        for requirement in expression.requirements() {
            if let LicenseItem::Spdx { id, .. } = requirement.req.license {
                texts.insert(id.name, id.text());
            }
            if let Some(AdditionItem::Spdx(id)) = requirement.req.addition {
                texts.insert(id.name, id.text());
            }
        }
    }
    Ok(texts)
}
