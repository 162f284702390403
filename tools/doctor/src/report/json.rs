//! A report for machines; docs/doctor.md describes the schema.

use serde_json::{Value, json};

use super::{Finding, Report};

/// The version of the schema. A field that is added does not change it.
const VERSION: u32 = 1;

/// The report as one JSON object.
pub fn render(report: &Report, exit_code: u8) -> Value {
    json!({
        "version": VERSION,
        "workspace": report.workspace.display().to_string(),
        "exit_code": exit_code,
        "checks": report.findings.iter().map(check).collect::<Vec<_>>(),
    })
}

fn check(finding: &Finding) -> Value {
    json!({
        "id": finding.id,
        "status": finding.status.name(),
        "summary": finding.summary,
        "why": finding.why,
        "next": finding.next,
        "data": finding.data,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Status;

    #[test]
    fn the_json_has_the_documented_fields() {
        let finding = Finding::new("mirror.url", Status::NotMade, "not asked").next("ask").fact("url", "https://a");
        let report = Report { workspace: "/work".into(), findings: vec![finding] };
        let expected = json!({
            "version": 1,
            "workspace": "/work",
            "exit_code": 0,
            "checks": [{
                "id": "mirror.url",
                "status": "not made",
                "summary": "not asked",
                "why": [],
                "next": ["ask"],
                "data": {"url": "https://a"},
            }],
        });
        assert_eq!(render(&report, 0), expected);
    }
}
