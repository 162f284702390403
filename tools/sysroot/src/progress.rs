//! Says what goes on, on stderr: bars on a terminal, plain lines elsewhere.

use std::io::IsTerminal as _;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

/// The steps of a run.
pub struct Progress {
    bars: Option<MultiProgress>,
}

/// A step that is under way.
pub struct Step {
    bars: Option<MultiProgress>,
    bar: ProgressBar,
    name: String,
    start: Instant,
}

impl Progress {
    /// Bars if stderr is a terminal.
    pub fn on_stderr() -> Self {
        Progress { bars: std::io::stderr().is_terminal().then(MultiProgress::new) }
    }

    /// Begins a step; `bytes` is how much there is to do, if that is known.
    pub fn step(&self, name: String, bytes: Option<u64>) -> Step {
        let bar = match (&self.bars, bytes) {
            (None, _) => ProgressBar::hidden(),
            (Some(bars), None) => bars.add(ProgressBar::new_spinner().with_style(style("{spinner} {msg} {elapsed}"))),
            (Some(bars), Some(bytes)) => {
                let template = "{spinner} {msg} {bar:30} {bytes}/{total_bytes} {elapsed}";
                bars.add(ProgressBar::new(bytes).with_style(style(template)))
            }
        };
        bar.set_message(name.clone());
        bar.enable_steady_tick(Duration::from_millis(120));
        Step { bars: self.bars.clone(), bar, name, start: Instant::now() }
    }

    /// Says something that the reader must not miss.
    pub fn warn(&self, message: String) {
        print(self.bars.as_ref(), &format!("warning: {message}"));
    }
}

impl Step {
    /// How far the step is, in bytes.
    pub fn at(&self, bytes: u64) {
        self.bar.set_position(bytes);
    }

    /// Ends the step with a line that says how long it took.
    pub fn done(self, result: &str) -> Duration {
        let elapsed = self.start.elapsed();
        self.bar.finish_and_clear();
        let separator = if result.is_empty() { "" } else { ": " };
        let line = format!("{}{separator}{result} ({:.1} s)", self.name, elapsed.as_secs_f64());
        print(self.bars.as_ref(), &line);
        elapsed
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_spinner())
}

fn print(bars: Option<&MultiProgress>, line: &str) {
    match bars {
        Some(bars) => drop(bars.println(line)),
        None => eprintln!("{line}"),
    }
}
