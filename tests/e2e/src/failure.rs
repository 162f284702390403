//! Failures are shown when they happen: the test harness shows them at the end, which a run that is stopped never reaches.

use std::cell::Cell;
use std::io::Write as _;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

/// How much of a message is shown at once: its first bytes, and its last ones, where programs say what went wrong.
const SHOWN: [usize; 2] = [500, 3000];

thread_local! {
    /// Whether what runs in this thread is to fail.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// Whether assertions fail, as a test of these assertions wants to see.
pub fn fails(assertions: impl FnOnce()) -> bool {
    EXPECTED.set(true);
    let failed = panic::catch_unwind(AssertUnwindSafe(assertions)).is_err();
    EXPECTED.set(false);
    failed
}

/// Has each failure of a test shown at once, past what the harness holds back, beside what the harness does.
pub(crate) fn show_at_once() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let harness = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !EXPECTED.get() {
                let thread = std::thread::current();
                let message = shortened(&info.to_string());
                let text = format!("FAILS: {}: {message}\n", thread.name().unwrap_or_default());
                // Where nobody listens, the harness has it still.
                let _ = std::io::stderr().write_all(text.as_bytes());
            }
            harness(info);
        }));
    });
}

/// A text without its middle, if it is long.
fn shortened(text: &str) -> String {
    let [start, end] = SHOWN;
    if text.len() <= start + end {
        return text.to_owned();
    }
    format!("{}\n[…]\n{}", &text[..text.floor_char_boundary(start)], &text[text.ceil_char_boundary(text.len() - end)..])
}
