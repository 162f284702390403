//! Says what goes on, on stderr: a bar on a terminal, and a line when a step has ended.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{HumanBytes, ProgressBar, ProgressStyle};

/// A step that is under way.
pub struct Step {
    bar: ProgressBar,
    name: String,
    start: Instant,
}

impl Step {
    /// Begins a step; `bytes` is how much there is to do, if that is known.
    pub fn new(name: impl Into<String>, bytes: Option<u64>) -> Self {
        let bar = match (std::io::stderr().is_terminal(), bytes) {
            (false, _) => ProgressBar::hidden(),
            (true, None) => ProgressBar::new_spinner().with_style(style("{spinner} {msg} {bytes} {elapsed}")),
            (true, Some(bytes)) => {
                ProgressBar::new(bytes).with_style(style("{spinner} {msg} {bar:30} {bytes}/{total_bytes} {elapsed}"))
            }
        };
        let name = name.into();
        bar.set_message(name.clone());
        bar.enable_steady_tick(Duration::from_millis(120));
        Step { bar, name, start: Instant::now() }
    }

    /// So many bytes more are done.
    pub fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Ends the step with a line that says what came out, and how long it took.
    pub fn done(self, result: &str) {
        self.bar.finish_and_clear();
        eprintln!("  {}: {result} ({:.1} s)", self.name, self.start.elapsed().as_secs_f64());
    }
}

/// Says that a step begins which has a progress of its own, as Bazel has.
pub fn begin(what: &str) {
    eprintln!("airgap: {what} …");
}

/// Says something that the reader must not miss.
pub fn warn(message: &str) {
    eprintln!("warning: {message}");
}

/// Bytes for people: `43.2 MiB`.
pub fn size(bytes: u64) -> String {
    HumanBytes(bytes).to_string()
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}
