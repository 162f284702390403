//! How many bytes of log are read in a second, by one core: cargo bench -p racereport --bench throughput
//!
//! Three logs of 100 MB: reports only, one report among other lines, and `go test -json`. Processor time, not the clock's, so
//! that what else the machine does matters little.

use racereport::bazel::Origin;
use racereport::log::Reader;
use racereport::races::Races;

const SIZE: usize = 100_000_000;

fn main() {
    let report = include_str!("../tests/logs/flow.log");
    let quiet =
        "=== RUN   TestSomething\n    some_test.go:12: a line of output as tests have it, neither short nor long\n"
            .repeat(800);
    let event = |line: &str| {
        format!(
            "{{\"Time\":\"2026-11-24T08:00:00Z\",\"Action\":\"output\",\"Package\":\"example.com/a\",\"Output\":{}}}\n",
            serde_json::Value::from(format!("{line}\n"))
        )
    };
    let events: String = report.lines().map(event).collect();
    for (name, text) in [("reports", report.to_owned()), ("quiet", format!("{quiet}{report}")), ("json", events)] {
        let mut races = Races::new("");
        let start = seconds();
        let (mut reader, mut log, mut bytes) = (Reader::default(), races.log(Origin::default()), 0);
        while bytes < SIZE {
            reader.push(text.as_bytes(), &mut log);
            bytes += text.len();
        }
        reader.finish(&mut log);
        log.finish();
        races.finish();
        let took = seconds() - start;
        println!("{name:8} {:4.0} MB in {took:.2} s, {} races", bytes as f64 / 1e6, races.list().len());
    }
}

/// The processor time of this process (proc(5): the first number of schedstat is nanoseconds).
fn seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/schedstat").expect("Linux");
    stat.split(' ').next().and_then(|number| number.parse::<f64>().ok()).expect("a number") / 1e9
}
