//! The archive of the prebuilt tools of one architecture: `bin/`, `licences/` and a bill of materials.

use diagnostic::{Error, Result};
use sysroot::about::{SBOM, SPDX_TEXTS, Texts, add_texts};
use sysroot::json;
use sysroot::select::{Entry, Tree};

use crate::archive;
use crate::components::Component;
use crate::sbom::{self, Subject};
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
        tree.insert(format!("{SPDX_TEXTS}{id}"), Entry::ours(text));
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
fn texts(components: &[Component]) -> Result<Texts> {
    let mut texts = Texts::new();
    for licence in components.iter().map(|component| component.licence.as_str()).chain([LICENCE]) {
        add_texts(licence, &mut texts).map_err(|reason| {
            Error::new(format!("`{licence}` is no expression of identifiers of SPDX's list")).fact("reason", reason)
        })?;
    }
    Ok(texts)
}
