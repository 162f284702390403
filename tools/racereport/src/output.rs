//! What is printed of the races: for a terminal, for programs, for code review tools, for a browser.

mod html;
mod json;
mod sarif;
mod text;
mod view;

pub use html::html;
pub use json::json;
pub use sarif::sarif;
pub use text::{Look, text};
pub use view::Findings;
