//! Runs cargo and finds what it made.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// The repository's root.
///
/// Cargo sets the folder of the running program's package, which may have moved since the program was built.
pub(crate) fn root() -> Result<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
    Ok(Path::new(&package).parent().context("xtask has no parent directory")?.to_owned())
}

/// A call of the cargo that runs this program.
pub(crate) fn command<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(args);
    command
}

/// Runs a command, in the repository's root unless it has a folder of its own, and fails if it does.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    if command.get_current_dir().is_none() {
        command.current_dir(root()?);
    }
    let status = command.status().with_context(|| spelled(command))?;
    if !status.success() {
        bail!("`{}` failed ({status})", spelled(command));
    }
    Ok(())
}

/// Runs a cargo build and returns the one file that it made of `target` whose name ends in `ending`.
pub(crate) fn artifact(command: &mut Command, target: &str, ending: &str) -> Result<PathBuf> {
    command.arg("--message-format=json-render-diagnostics");
    // Cargo's progress goes to standard error, which stays the terminal.
    let output =
        command.current_dir(root()?).stderr(Stdio::inherit()).output().with_context(|| spelled(command))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", spelled(command), output.status);
    }
    String::from_utf8(output.stdout)
        .context("cargo's messages are not UTF-8")?
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| text(message, "/target/name") == Some(target))
        // A library may have the name of one of the project's own programs.
        .filter(|message| text(message, "/package_id").is_some_and(|package| package.starts_with("path+")))
        .filter_map(|message| message.get("filenames").cloned())
        .filter_map(|names| serde_json::from_value::<Vec<PathBuf>>(names).ok())
        .flatten()
        .find(|file| file.to_string_lossy().ends_with(ending))
        .with_context(|| format!("`{}` made no {target}{ending}", spelled(command)))
}

fn text<'m>(message: &'m Value, pointer: &str) -> Option<&'m str> {
    message.pointer(pointer)?.as_str()
}

/// Standard output of a program that ran in the repository's root, without white space around it.
pub(crate) fn output_of(program: &str, args: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(args)
        .current_dir(root()?)
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("could not run {program}"))?;
    if !output.status.success() {
        bail!("`{program} {}` failed ({})", args.join(" "), output.status);
    }
    Ok(String::from_utf8(output.stdout)
        .with_context(|| format!("{program} printed no UTF-8"))?
        .trim()
        .to_owned())
}

fn spelled(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}
