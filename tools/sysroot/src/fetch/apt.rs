//! A private apt: own sources, lists and status, nothing of the system's changed, no privileges needed.
//!
//! What the machine says about how to reach a registry (proxies, certificates, credentials) stays in force.

use std::fs;
use std::path::{self, Path, PathBuf};
use std::process::Command;

use diagnostic::{Error, Result};
use tempfile::TempDir;

use super::client::Run;

/// Which Debian archive to ask.
#[derive(Clone, Debug)]
pub struct Archive {
    /// The mirror's address; without one, that of the machine's own apt.
    pub mirror: Option<String>,
    /// The keyring whose keys may sign the archive.
    pub keyring: PathBuf,
}

/// An apt for one suite.
pub(super) struct Apt {
    folder: TempDir,
}

impl Apt {
    /// Sets it up in `folder`.
    pub(super) fn new(suite: &str, archive: &Archive, folder: TempDir) -> Result<Self> {
        let apt = Apt { folder };
        for name in ["lists/partial", "cache/archives/partial", "etc"] {
            let path = apt.folder().join(name);
            fs::create_dir_all(&path).map_err(|e| Error::io("create", &path, e))?;
        }
        apt.write("status", "")?;
        apt.write("etc/sources.list", &sources(suite, archive)?)?;
        apt.write("apt.conf", &configuration(apt.folder()))?;
        Ok(apt)
    }

    /// The folder that holds all of it.
    fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// An apt-get command that works here.
    pub(super) fn get(&self) -> Command {
        self.command("apt-get")
    }

    /// An apt-cache command that works here.
    pub(super) fn cache(&self) -> Command {
        self.command("apt-cache")
    }

    /// `-c` comes after the system's configuration, so it has the last word.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.arg("-c").arg(self.folder().join("apt.conf")).arg("--quiet");
        command
    }

    fn write(&self, name: &str, content: &str) -> Result<()> {
        let path = self.folder().join(name);
        fs::write(&path, content).map_err(|e| Error::io("write", &path, e))
    }
}

/// `#clear` drops hooks and lists that the system's configuration may have: they are about the system, not about us.
/// Without the error mode, apt-get takes lists that it cannot bring for lists that nobody needs.
fn configuration(folder: &Path) -> String {
    let folder = folder.display();
    format!(
        r#"#clear APT::Update;
#clear APT::Architectures;
#clear Acquire::Languages;
APT::Architectures {{ "amd64"; "arm64"; }};
APT::Sandbox::User "";
APT::Update::Error-Mode "any";
APT::Get::AllowUnauthenticated "false";
Acquire::AllowInsecureRepositories "false";
Acquire::Languages "none";
Acquire::Retries "2";
Dir::Etc::SourceList "{folder}/etc/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "{folder}";
Dir::State::Lists "{folder}/lists";
Dir::State::Status "{folder}/status";
Dir::Cache "{folder}/cache";
Debug::NoLocking "true";
"#
    )
}

/// The sources: the suite itself and, where the machine has security updates, the suite's.
///
/// Valid-Until isn't checked: the lock says which version it wants, and a mirror that lags may have just that.
fn sources(suite: &str, archive: &Archive) -> Result<String> {
    let keyring = path::absolute(&archive.keyring).map_err(|e| Error::io("resolve", &archive.keyring, e))?;
    let keyring = keyring.display();
    let line = |mirror: &str, suite: &str| {
        format!("deb [target=Packages check-valid-until=no signed-by={keyring}] {mirror} {suite} main\n")
    };
    if let Some(mirror) = &archive.mirror {
        return Ok(line(mirror, suite));
    }
    let Mirrors { main, security } = machine_mirrors()?;
    let security = security.map(|mirror| line(&mirror, &format!("{suite}-security"))).unwrap_or_default();
    Ok(line(&main, suite) + &security)
}

#[derive(Debug, PartialEq, Eq)]
struct Mirrors {
    main: String,
    security: Option<String>,
}

/// The Debian mirrors that the machine's own apt uses.
fn machine_mirrors() -> Result<Mirrors> {
    let mut command = Command::new("apt-get");
    command.args(["indextargets", "--format", "$(ORIGIN)|$(COMPONENT)|$(RELEASE)|$(REPO_URI)", "Identifier: Packages"]);
    let run = Run::new(&mut command)?.or_fail("ask apt-get for the machine's Debian mirror")?;
    mirrors(&run.stdout()).ok_or_else(|| {
        Error::new("the machine's apt has no package lists of a Debian archive, so its mirror is unknown")
            .next("run `apt-get update` as root, or say --debian-mirror URL")
    })
}

/// Finds the mirrors in lines of `ORIGIN|COMPONENT|RELEASE|URI`.
fn mirrors(lines: &str) -> Option<Mirrors> {
    let debian = lines.lines().filter_map(|line| line.strip_prefix("Debian|main|")?.split_once('|'));
    let find = |wanted: fn(&str) -> bool| {
        debian.clone().find(|(release, _)| wanted(release)).map(|(_, mirror)| mirror.to_owned())
    };
    // A codename alone is the main archive; -updates, -security and -backports come with a dash.
    let main = find(|release| !release.contains(['-', '/']))?;
    Some(Mirrors { main, security: find(|release| release.ends_with("-security")) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_archive_and_security_are_found_among_the_machines_sources() {
        let lines = "Other|main|bookworm|https://other.invalid/debian/\n\
                     Debian|main|bookworm-updates|https://updates.invalid/\n\
                     Debian|contrib|bookworm|https://contrib.invalid/\n\
                     Debian|main|bookworm-security|https://security.invalid/\n\
                     Debian|main|bookworm|https://main.invalid/\n";
        let expected = Mirrors {
            main: "https://main.invalid/".to_owned(),
            security: Some("https://security.invalid/".to_owned()),
        };
        assert_eq!(mirrors(lines), Some(expected));
        assert_eq!(mirrors("Ubuntu|main|noble|https://main.invalid/\n"), None);
    }
}
