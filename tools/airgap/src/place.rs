//! The options by which Bazel takes everything from a bundle that lies at a place.

use std::fmt::Write as _;
use std::path::Path;

use crate::manifest::Workspace;

/// The configuration of Bazel's downloader: nothing is downloaded, so that what is missing is told at once and by name.
pub const DOWNLOADER: &str = "downloader.cfg";
/// Its content.
pub const DOWNLOADER_TEXT: &str = "block *\nall_blocked_message it is not in the bundle\n";

/// The lines of a bazelrc. They hold for this place of the bundle only.
pub fn bazelrc(bundle: &Path, workspace: &Workspace) -> String {
    let part = |name: &str| bundle.join(name);
    let mut text = format!("# Written by airgap: {} builds from the bundle {}\n", workspace.name, bundle.display());
    let mut option = |name: &str, value: String| {
        // A line of a bazelrc is split as a shell would split it.
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        let _ = writeln!(text, "common \"--{name}={value}\"");
    };
    option("repository_cache", part("repository_cache").display().to_string());
    option("experimental_downloader_config", part(DOWNLOADER).display().to_string());
    if part("registry").is_dir() {
        option("registry", url(&part("registry")));
    }
    for (name, path) in &workspace.modules {
        option("override_module", format!("{name}={}", part(path).display()));
    }
    for (name, path) in &workspace.repositories {
        option("override_repository", format!("{name}={}", part(path).display()));
    }
    if part("goproxy").is_dir() {
        option("repo_env", format!("GOPROXY={}", url(&part("goproxy"))));
        // Sums are checked against go.sum, which the workspace has; the checksum database is in the network.
        option("repo_env", "GOSUMDB=off".into());
    }
    if workspace.warm {
        option("disk_cache", part("disk_cache").display().to_string());
        WARM_OPTIONS.into_iter().for_each(|name| option(name, "true".into()));
    }
    text
}

/// What the actions of two machines need to be the same ones: Bazel 7 gives some of them the PATH of who calls it.
pub const WARM_OPTIONS: [&str; 1] = ["incompatible_strict_action_env"];

/// A `file:` URL of a path.
fn url(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    let mut url = "file://".to_owned();
    for &byte in path.as_os_str().as_bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~+@=,:".contains(&byte) {
            url.push(byte.into());
        } else {
            let _ = write!(url, "%{byte:02X}");
        }
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_each_part_that_is_there() {
        let dir = tempfile::tempdir().unwrap();
        let bundle = dir.path().join("a bundle");
        crate::files::make_folder(&bundle.join("registry")).unwrap();
        let mut workspace = Workspace { name: "hello".into(), ..Workspace::default() };
        workspace.modules.insert("rules_go".into(), "modules/rules_go-1".into());
        workspace.repositories.insert("a~b".into(), "repositories/a~b-2".into());
        let cold = bazelrc(&bundle, &workspace);
        let place = bundle.display();
        assert!(
            cold.contains(&format!("common \"--override_module=rules_go={place}/modules/rules_go-1\"\n")),
            "{cold}"
        );
        assert!(cold.contains(&format!("common \"--override_repository=a~b={place}/repositories/a~b-2\"\n")), "{cold}");
        assert!(cold.contains("/a%20bundle/registry\"\n"), "{cold}");
        assert!(!cold.contains("disk_cache") && !cold.contains("GOPROXY"), "{cold}");

        crate::files::make_folder(&bundle.join("goproxy")).unwrap();
        workspace.warm = true;
        let warm = bazelrc(&bundle, &workspace);
        assert!(warm.contains("--disk_cache=") && warm.contains("--incompatible_strict_action_env=true"), "{warm}");
        assert!(warm.contains("GOPROXY=file://"), "{warm}");
    }
}
