//! Cut reports: each joins the whole race of which it is the beginning.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::Race;
use crate::identity::frames_of;

/// A stack as its frames' keys.
type Frames = Vec<Vec<u8>>;

/// So many stacks of a report count; ThreadSanitizer compares no more than four accesses.
const STACKS: usize = 4;

/// Joins cut reports with whole ones. What is left of a report must be found in a whole one: all of its first access, if
/// there is a second, and the beginning of the last. One that fits none stays, and says that it is cut.
///
/// Time and memory are linear in the size of the races' texts.
pub fn merge(races: &mut Vec<Race>, root: &str) {
    if races.iter().all(|race| race.complete) {
        return;
    }
    let mut whole: HashMap<u64, usize> = HashMap::new();
    for (index, race) in races.iter().enumerate().filter(|(_, race)| race.complete) {
        let stacks = stacks(race, root);
        for (position, last) in stacks.iter().enumerate() {
            let others =
                stacks.iter().enumerate().filter(|(other, _)| *other != position).map(|(_, first)| Some(first));
            for first in others.chain([None]) {
                beginnings(race, first, last).into_iter().for_each(|hash| _ = whole.entry(hash).or_insert(index));
            }
        }
    }
    let owner = |race: &Race| {
        let known: Vec<Frames> = stacks(race, root).into_iter().filter(|stack| !stack.is_empty()).collect();
        let hash = match &known[..] {
            _ if race.complete => None,
            [] => None,
            [only] => beginnings(race, None, only).pop(),
            [first, last, ..] => beginnings(race, Some(first), last).pop(),
        };
        whole.get(&hash?).copied()
    };
    let owners: Vec<Option<usize>> = races.iter().map(owner).collect();
    let mut kept: Vec<Option<Race>> = std::mem::take(races).into_iter().map(Some).collect();
    for (index, owner) in owners.into_iter().enumerate() {
        let Some(owner) = owner else { continue };
        if let (Some(cut), Some(whole)) = (kept[index].take(), &mut kept[owner]) {
            whole.join(cut);
        }
    }
    races.extend(kept.into_iter().flatten());
}

fn stacks(race: &Race, root: &str) -> Vec<Frames> {
    race.report().accesses().take(STACKS).map(|stack| frames_of(stack, root)).collect()
}

/// A hash for each beginning of `last`; the whole stack's comes last.
fn beginnings(race: &Race, first: Option<&Frames>, last: &Frames) -> Vec<u64> {
    let mut hasher = DefaultHasher::new();
    (race.kind, first).hash(&mut hasher);
    let hashes = last.iter().map(|frame| {
        frame.hash(&mut hasher);
        hasher.clone().finish()
    });
    hashes.collect()
}
