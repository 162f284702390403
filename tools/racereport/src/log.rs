//! Finds reports in the bytes of logs: lines, what stands before and in them, and which of them make a report.

mod assemble;
mod clean;
mod event;
mod lane;
mod lines;
mod prefix;
mod reader;
mod tests;
mod xml;

pub use assemble::{Assembled, LIMIT as REPORT_LIMIT};
pub use lines::LIMIT as LINE_LIMIT;
pub use reader::{Found, Reader, Sink};
