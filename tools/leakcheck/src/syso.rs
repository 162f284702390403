//! Which Go version's race runtime (`race_linux*.syso`) is in a binary.
//!
//! A linker keeps a section's bytes but for the places of its relocations, which it fills and may relax. So the largest code
//! section of a syso is looked for by its longest run without a relocation, and where that stands, every byte that no
//! relocation touches is compared. This needs no symbols, so that stripped binaries are recognised as well.

use std::fs;
use std::path::Path;

use diagnostic::{Error, Result};
use object::{Object as _, ObjectSection as _, SectionKind};

/// Bytes before a relocation's place that a linker may change too: thread-local accesses on amd64 are rewritten whole.
const BEFORE: u64 = 4;
/// Bytes from a relocation's place on that a linker may change.
const AFTER: u64 = 12;
/// The shortest run that is looked for.
const RUN: usize = 24;

/// One syso of one Go SDK.
#[derive(Clone, Debug)]
pub struct Syso {
    /// The Go version, as in the SDK's file `VERSION`: `go1.27.0`.
    pub go: String,
    /// The variant: `amd64v1`, `amd64v3`, `arm64`.
    pub variant: String,
    code: Vec<u8>,
    kept: Vec<bool>,
    run: (usize, usize),
}

/// The sysos for Linux on amd64 and arm64 of a Go SDK.
pub fn of_sdk(goroot: &Path) -> Result<Vec<Syso>> {
    let version = goroot.join("VERSION");
    let go = fs::read_to_string(&version).map_err(|reason| {
        Error::io("read", &version, reason).next("name a Go SDK by --goroot: the folder of `go env GOROOT`")
    })?;
    let go = go.lines().next().unwrap_or_default().trim().to_owned();
    let race = goroot.join("src/runtime/race");
    let mut all = Vec::new();
    for (variant, file) in [
        ("amd64v1", "internal/amd64v1/race_linux.syso"),
        ("amd64v3", "internal/amd64v3/race_linux.syso"),
        ("arm64", "race_linux_arm64.syso"),
    ] {
        let path = race.join(file);
        if let Ok(data) = fs::read(&path) {
            all.push(Syso::parse(&go, variant, &data).map_err(|reason| Error::io("read", &path, reason))?);
        }
    }
    if all.is_empty() {
        return Err(Error::new("this Go SDK has no race_linux*.syso").fact("folder", race.display()));
    }
    Ok(all)
}

impl Syso {
    /// Reads a relocatable object.
    pub fn parse(go: &str, variant: &str, data: &[u8]) -> Result<Self, String> {
        let file = object::File::parse(data).map_err(|reason| reason.to_string())?;
        let text = file.sections().filter(|section| section.kind() == SectionKind::Text);
        let section = text.max_by_key(|section| section.size()).ok_or("it has no code")?;
        let code = section.data().map_err(|reason| reason.to_string())?.to_vec();
        let mut kept = vec![true; code.len()];
        for (at, _) in section.relocations() {
            let from = at.saturating_sub(BEFORE) as usize;
            let to = ((at + AFTER) as usize).min(code.len());
            kept[from.min(to)..to].fill(false);
        }
        let run = longest_run(&kept);
        if run.1 < RUN {
            return Err(format!("its code has no {RUN} bytes without a relocation"));
        }
        Ok(Syso { go: go.to_owned(), variant: variant.to_owned(), code, kept, run })
    }

    /// Whether this is the one in a binary's code.
    pub fn is_in(&self, code: &[u8]) -> bool {
        let (start, length) = self.run;
        memchr::memmem::find_iter(code, &self.code[start..start + length]).any(|at| {
            let Some(base) = at.checked_sub(start) else { return false };
            code.get(base..base + self.code.len()).is_some_and(|there| {
                there.iter().zip(&self.code).zip(&self.kept).all(|((there, ours), kept)| !kept || there == ours)
            })
        })
    }
}

fn longest_run(kept: &[bool]) -> (usize, usize) {
    let (mut best, mut start) = ((0, 0), 0);
    for (at, keep) in kept.iter().enumerate() {
        if !keep {
            start = at + 1;
        } else if at + 1 - start > best.1 {
            best = (start, at + 1 - start);
        }
    }
    best
}
