//! What a tarball may weigh: each byte is downloaded by every user, so growth is a decision and no accident.

use diagnostic::{Error, Result};

use super::Lock;

/// How much more than its budget a tarball may have, in percent.
const MARGIN: u64 = 2;

impl Lock {
    /// Agrees to the tarballs' sizes: those without a budget get their size for one, and with `accept` all do.
    ///
    /// # Errors
    ///
    /// A tarball is more than 2 % over its budget. The error has a table.
    pub fn budget(&mut self, accept: bool) -> Result<()> {
        for tarball in &self.tarballs {
            let size = tarball.digest.size;
            let budget = self.budgets.entry(tarball.name.clone()).or_insert(size);
            if accept {
                *budget = size;
            }
        }
        self.within_budget()
    }

    /// Checks the tarballs' sizes.
    ///
    /// # Errors
    ///
    /// A tarball is more than 2 % over its budget, or has none. The error has a table.
    pub fn within_budget(&self) -> Result<()> {
        let over =
            |name: &str, size: u64| self.budgets.get(name).is_none_or(|budget| size * 100 > budget * (100 + MARGIN));
        let grown = self.tarballs.iter().any(|tarball| over(&tarball.name, tarball.digest.size));
        if !grown {
            return Ok(());
        }
        let mut table = format!("{:28} {:>12} {:>12} {:>8}", "tarball", "budget", "bytes", "growth");
        for tarball in &self.tarballs {
            let (name, size) = (&tarball.name, tarball.digest.size);
            let (budget, growth) = match self.budgets.get(name) {
                Some(budget) => {
                    let percent = (size as f64 / (*budget).max(1) as f64 - 1.0) * 100.0;
                    (budget.to_string(), format!("{percent:+.1} %"))
                }
                None => ("none".to_owned(), String::new()),
            };
            let mark = if over(name, size) { "  <" } else { "" };
            table += &format!("\n{name:28} {budget:>12} {size:>12} {growth:>8}{mark}");
        }
        Err(Error::new(format!("a tarball is more than {MARGIN} % over its budget")).fact("sizes", table).next(
            "see what has grown (`sysroot diff OLD NEW`); if it is worth it, pack with --update-lock --accept-sizes",
        ))
    }
}
