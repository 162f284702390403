//! Memory is bounded by the number of distinct races, and not by the size of a log.
//!
//! This is the only test of its file: the allocator counts for the whole process.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use racereport::bazel::Origin;
use racereport::log::Reader;
use racereport::races::Races;

struct Counting;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: the system's allocator does everything.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Relaxed) + layout.size();
        PEAK.fetch_max(now, Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }
}

const PIECE: usize = 64 << 10;

/// The number of distinct races in so many bytes of log, and the most that reading it takes beyond what is there already.
/// Each byte of `log` that is a `#` becomes another number in each repetition.
fn peak_of(log: &str, size: usize) -> (usize, usize) {
    let before = NOW.load(Relaxed);
    PEAK.store(before, Relaxed);
    let mut races = Races::new("");
    let (mut reader, mut one) = (Reader::default(), races.log(Origin::default()));
    let (mut fed, mut number) = (0, 0);
    while fed < size {
        let text = log.replace('#', &number.to_string());
        text.as_bytes().chunks(PIECE).for_each(|piece| reader.push(piece, &mut one));
        (fed, number) = (fed + text.len(), number + 1);
    }
    reader.finish(&mut one);
    one.finish();
    races.finish();
    (races.list().len(), PEAK.load(Relaxed) - before)
}

#[test]
fn memory_grows_with_the_number_of_distinct_races_alone() {
    let flow = std::fs::read_to_string("tests/logs/flow.log").unwrap();
    let event = |line: &str| {
        let output = serde_json::Value::from(format!("{line}\n"));
        format!("{{\"Time\":\"#\",\"Action\":\"output\",\"Package\":\"a/p#\",\"Test\":\"T#\",\"Output\":{output}}}\n")
    };
    let json: String = flow.lines().map(event).collect::<String>() + "{\"Action\":\"fail\",\"Package\":\"a/p#\"}\n";
    for (name, log, distinct) in [
        ("the same races", flow.clone(), 5),
        ("at other addresses", flow.replace("0x0", "0x#0"), 5),
        ("in other tests and packages", json, 5),
        ("one line", "a".repeat(PIECE), 0),
        ("beginnings of reports", "# | WARNING: DATA RACE\nanother line\n".to_owned(), 0),
    ] {
        let (few, little) = peak_of(&log, 1 << 19);
        let (many, much) = peak_of(&log, 4 << 20);
        assert_eq!((few, many), (distinct, distinct), "{name}");
        assert!(much < little + little / 4, "{name}: {little} bytes of memory, and {much} for eight times the log");
    }
    let distinct = flow.replace(".go:", ".go:#");
    let (few, little) = peak_of(&distinct, 1 << 20);
    let (many, much) = peak_of(&distinct, 2 << 20);
    let each = (much - little) / (many - few);
    assert!(many > few && each < 16 << 10, "{each} bytes for each distinct race");
}
