//! The `wasmtime` that serves components and runs tests: one that is installed, or the project's own.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Result;

use crate::cargo;
use crate::steps::Steps;

/// The oldest major version that serves the component.
const OLDEST: u32 = 36;

/// Builds the `wasmtime` of `host-tests`, which has just the commands that the project needs, and returns its path.
pub(crate) fn build() -> Result<PathBuf> {
    let mut build = cargo::command(["build", "--package", "host-tests", "--bin", "wasmtime"]);
    cargo::artifact(&mut build, "wasmtime", "")
}

/// The `wasmtime` on the `PATH` if it is recent enough; otherwise builds the project's own. Says which.
pub(crate) fn installed_or_built(steps: &mut Steps) -> Result<PathBuf> {
    let path = Path::new("wasmtime");
    let printed = Command::new(path).arg("--version").output().ok();
    let printed = printed.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match printed {
        Some(version) if major(&version).is_some_and(|major| major >= OLDEST) => {
            steps.next(&format!("using {version}, which is installed"));
            Ok(path.to_owned())
        }
        other => {
            let reason = match other {
                Some(version) => format!("{version} is installed, but {OLDEST} or newer is needed"),
                None => "none is installed".to_owned(),
            };
            steps.next(&format!("building wasmtime, because {reason}: some minutes the first time"));
            build()
        }
    }
}

/// The first number of what `wasmtime --version` prints, such as `wasmtime 48.0.8 (5e1a2c3f4 2026-06-22)`.
fn major(printed: &str) -> Option<u32> {
    printed.strip_prefix("wasmtime ")?.split('.').next()?.parse().ok()
}

/// A cargo command whose programs are built for wasm32-wasip2 and run by the project's own wasmtime, with this machine's
/// files and environment.
pub(crate) fn in_wasm<const N: usize>(args: [&str; N]) -> Result<Command> {
    let wasmtime = build()?;
    let runner = [&*wasmtime.to_string_lossy(), "run", "-Sinherit-env", "--dir=/"];
    let mut command = cargo::command(args);
    command.args(["--target", "wasm32-wasip2"]);
    command.arg("--config").arg(format!("target.wasm32-wasip2.runner={}", serde_json::to_string(&runner)?));
    Ok(command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_read_with_and_without_its_commit() {
        assert_eq!(major("wasmtime 48.0.8 (5e1a2c3f4 2026-06-22)"), Some(48));
        assert_eq!(major("wasmtime 36.0.0"), Some(36));
        assert_eq!(major("wasmtime-cli 0.40.0"), None);
        assert_eq!(major(""), None);
    }
}
