//! The examination: asks everything once, and lets each check judge it.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, process};

use bazel::Bazel;
use diagnostic::{Error, Result};

use crate::ask::debug::{Debug, Resolution, Selection};
use crate::ask::facts::{EXPRESSION, Facts};
use crate::ask::names::Names;
use crate::ask::options::Options;
use crate::check;
use crate::report::Report;

/// The package of the targets that need a toolchain.
const PACKAGE: &str = "//tools/doctor/resolution:";

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Request {
    /// The workspace, and its Bazel.
    pub bazel: Bazel,
    /// Flags of the build to examine.
    pub flags: Vec<String>,
    /// Whether Bazel may fetch what is missing.
    pub fetch: bool,
}

/// A workspace under examination.
pub struct Patient<'a> {
    /// What is asked for.
    pub request: &'a Request,
    /// What our repositories are called there.
    pub names: Names,
    /// The options of a build there.
    pub options: Options,
    /// What is resolved there.
    pub resolved: Resolved,
    /// What would be resolved if our toolchains came first; only where they do not win as it is.
    pub healed: Option<Resolved>,
}

/// Examines a workspace. An error means that it could not be examined.
pub fn examine(request: &Request) -> Result<Report> {
    let bazel = &request.bazel;
    let names = Names::ask(bazel)?;
    let options = options(request, &names)?;
    // Before the resolution: its options differ, and Bazel would analyze twice more.
    let sandbox = check::sandbox::check(request, &names);
    let resolved = Resolved::ask(request, &names, &[])?;
    let mut patient = Patient { request, names, options, resolved, healed: None };
    if !check::toolchain::ours_win(&patient) {
        let first = format!("--extra_toolchains={}", patient.names.label("//toolchain:all"));
        patient.healed = Resolved::ask(request, &patient.names, &[first]).ok();
    }
    let mut findings = check::toolchain::check(&patient);
    findings.extend(check::payload::check(&patient));
    findings.extend(sandbox);
    findings.extend(check::pair::check(&patient));
    findings.extend(check::version::check(&patient));
    Ok(Report { workspace: bazel.workspace().to_owned(), findings })
}

fn options(request: &Request, names: &Names) -> Result<Options> {
    let events = scratch("events.json");
    let mut words =
        vec!["build".to_owned(), "--nobuild".into(), format!("--build_event_json_file={}", events.display())];
    words.extend(request.flags.iter().cloned());
    words.push(names.label(&format!("{PACKAGE}nothing")));
    let outcome = request.bazel.run(words);
    let text = fs::read_to_string(&events).unwrap_or_default();
    let _ = fs::remove_file(&events);
    outcome?;
    let options = Options::of_events(&text);
    if options.is_empty() {
        return Err(Error::new("Bazel did not say its options").fact("asked by", "--build_event_json_file"));
    }
    Ok(options)
}

/// A file for Bazel to write to.
pub fn scratch(name: &str) -> PathBuf {
    env::temp_dir().join(format!("go_race_doctor.{}.{name}", process::id()))
}

/// How Bazel resolves toolchains.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    debug: Debug,
    facts: Facts,
}

impl Resolved {
    /// Asks Bazel, with more options.
    fn ask(request: &Request, names: &Names, more: &[String]) -> Result<Self> {
        let (nothing_fetched, said) = Self::ask_once(request, names, more, true)?;
        if !nothing_fetched.debug.is_empty() {
            return Ok(nothing_fetched);
        }
        if request.fetch {
            let (resolved, said) = Self::ask_once(request, names, more, false)?;
            return if resolved.debug.is_empty() { Err(nothing_resolved(&said)) } else { Ok(resolved) };
        }
        Err(nothing_resolved(&said)
            .next("mend what Bazel names; if a repository is not fetched yet, call this with --fetch"))
    }

    fn ask_once(request: &Request, names: &Names, more: &[String], offline: bool) -> Result<(Self, String)> {
        // Bazel says nothing about what it remembers: an option that no earlier run had makes it resolve anew.
        let once = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let mut words = vec![
            "cquery".to_owned(),
            "--keep_going".into(),
            format!("--toolchain_resolution_debug={PACKAGE},^{once}$"),
            "--output=starlark".into(),
            format!("--starlark:expr={EXPRESSION}"),
        ];
        words.extend(offline.then(|| "--nofetch".to_owned()));
        words.extend(request.flags.iter().chain(more).cloned());
        words.push(format!("kind(\"_resolution rule\", {})", names.label(&format!("{PACKAGE}all"))));
        let (answer, _) = request.bazel.attempt(words)?;
        Ok((Self { debug: Debug::read(&answer.stderr), facts: Facts::read(&answer.stdout) }, answer.stderr))
    }

    /// How a type of toolchain, by the end of its label, was resolved for one of our platforms; for the platform of the
    /// command line if there is none.
    pub fn resolution(&self, names: &Names, toolchain_type: &str, platform: Option<&str>) -> Option<&Resolution> {
        self.debug.find(
            |label| label.ends_with(toolchain_type),
            |label| match platform {
                Some(platform) => names.is(label, &format!("{PACKAGE}{platform}")),
                None => !label.contains(PACKAGE),
            },
        )
    }

    /// The toolchain that was taken.
    pub fn selection<'a>(&'a self, resolution: &'a Resolution) -> Option<&'a Selection> {
        self.debug.selection(resolution)
    }

    /// A fact about what a target of ours got.
    pub fn fact(&self, names: &Names, target: &str, fact: &str) -> Option<&str> {
        self.facts.get(|label| names.is(label, &format!("{PACKAGE}{target}")), fact)
    }
}

fn nothing_resolved(said: &str) -> Error {
    let lines: Vec<&str> = said.lines().filter(|line| line.starts_with("ERROR")).take(8).collect();
    Error::new("Bazel resolved no toolchain at all").fact("stderr", lines.join("\n"))
}
