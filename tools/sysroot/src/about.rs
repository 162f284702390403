//! What an archive says of itself: `manifest.json` and `sbom.spdx.json`. (The packages' own files of licences are files like others;
//! `licences/spdx/` has the text of each licence that they name.)
//!
//! No action's tree has them: the unpacker is told what to unpack. Both follow from the archive's other files and from the
//! packages that these are from, and from nothing else.

mod licences;
mod manifest;
mod spdx;

use diagnostic::Result;
use sha2::{Digest as _, Sha256};

use crate::json;
use crate::lock::Package;
use crate::select::{Entry, Tree};

pub use self::licences::{SPDX_TEXTS, Texts, add_texts};
pub use self::manifest::{MANIFEST, Manifest, Member};
pub use self::spdx::{CREATED, declared, relationship};

/// The archive's software bill of materials: SPDX 2.3, as JSON.
pub const SBOM: &str = "sbom.spdx.json";

/// Adds licence texts, manifest and bill of materials to the tree of the archive called `name`, which is made of `packages`.
/// A package whose licence is no SPDX expression is an error.
pub fn describe(tree: &mut Tree, name: &str, packages: Vec<Package>) -> Result<()> {
    for (id, text) in licences::texts(&packages)? {
        tree.insert(format!("{SPDX_TEXTS}{id}"), Entry::ours(text.to_owned()));
    }
    let manifest = Manifest::of(tree, name, packages);
    let text = json::to_text(&manifest.to_json());
    let namespace = format!("urn:sha256:{}", hexadecimal(&Sha256::digest(text.as_bytes())));
    let sbom = spdx::document(tree, &manifest, &namespace);
    tree.insert(MANIFEST.to_owned(), Entry::ours(text));
    tree.insert(SBOM.to_owned(), Entry::ours(json::to_text(&sbom)));
    Ok(())
}

/// Adds a manifest to the tree of an archive whose packages no lock describes: there is no bill of materials.
pub fn list(tree: &mut Tree, name: &str) {
    let manifest = Manifest::of(tree, name, Vec::new());
    tree.insert(MANIFEST.to_owned(), Entry::ours(json::to_text(&manifest.to_json())));
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
