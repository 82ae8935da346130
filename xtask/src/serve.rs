//! `./x serve`: builds what is missing, draws a photograph to send, and becomes `wasmtime serve`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo::{self, root};
use crate::components::SERVED;
use crate::steps::Steps;
use crate::{components, wasmtime};

const DEFAULT_ADDRESS: &str = "127.0.0.1:3000";
/// Where the playground is served, with the service behind it.
const PLAYGROUND_PORT: &str = "3001";

/// Serves `dist/tintype.wasm` with every `TINTYPE_*` and `OTEL_*` variable of this environment. Flags are those of `wasmtime serve`.
pub(crate) fn serve(flags: &[String]) -> Result<()> {
    let mut steps = Steps::of(SERVED.len() + 2);
    components::build(SERVED, &mut steps)?;
    steps.next("drawing a photograph to send");
    let sample = sample()?;
    let wasmtime = wasmtime::installed_or_built(&mut steps)?;
    let address = address(flags).unwrap_or(DEFAULT_ADDRESS);
    if let Some(line) = invitation(address, &sample) {
        println!("\n  {line}\n");
    }
    serve_playground(address)?;
    let variables = env::vars().filter(|(name, _)| name.starts_with("TINTYPE_") || name.starts_with("OTEL_"));
    let mut command = Command::new(wasmtime);
    command.args(arguments(flags, variables)).arg(root()?.join("dist/tintype.wasm"));
    become_process(command)
}

/// Serves the playground, if `./x playground` has built it. Its server prints its URL, and ends with this process.
fn serve_playground(address: &str) -> Result<()> {
    if !root()?.join("dist/playground/index.html").exists() || address.ends_with(":0") {
        return Ok(());
    }
    let mut server = Command::new("node");
    server.arg(root()?.join("playground/serve.js")).args([PLAYGROUND_PORT, &format!("http://{address}")]);
    server.spawn().context("could not run node, which serves the playground")?;
    Ok(())
}

/// Draws the photograph. The path is relative where that is right for a shell in the same directory.
fn sample() -> Result<PathBuf> {
    let relative = PathBuf::from("target/sample.jpg");
    let absolute = root()?.join(&relative);
    let draw = ["run", "--quiet", "--package", "pictures", "--bin", "sample", "--"];
    cargo::run(cargo::command(draw).arg(&absolute))?;
    Ok(if env::current_dir()? == root()? { relative } else { absolute })
}

/// The address that the flags ask for.
fn address(flags: &[String]) -> Option<&str> {
    flags.iter().enumerate().find_map(|(index, flag)| match flag.strip_prefix("--addr")? {
        "" => flags.get(index + 1).map(String::as_str),
        value => value.strip_prefix('='),
    })
}

/// A command line that makes a rendition. There is none for port 0, since the system has not chosen one yet.
fn invitation(address: &str, sample: &Path) -> Option<String> {
    let line =
        format!("curl --data-binary @{} \"http://{address}/?width=800\" -o photo.webp", sample.display());
    (!address.ends_with(":0")).then_some(line)
}

/// What `wasmtime` is called with, up to the component. Without `-Scli` it would not see its environment.
fn arguments(flags: &[String], variables: impl Iterator<Item = (String, String)>) -> Vec<String> {
    let mut arguments = vec!["serve".to_owned(), "-Scli".to_owned()];
    for (name, value) in variables {
        arguments.extend(["--env".to_owned(), format!("{name}={value}")]);
    }
    if address(flags).is_none() {
        arguments.extend(["--addr".to_owned(), DEFAULT_ADDRESS.to_owned()]);
    }
    arguments.extend(flags.iter().cloned());
    arguments
}

/// Replaces this process, so that signals reach the server. Comes back only with an error.
#[cfg(unix)]
fn become_process(mut command: Command) -> Result<()> {
    let error = std::os::unix::process::CommandExt::exec(&mut command);
    Err(error).with_context(|| format!("could not run {}", command.get_program().display()))
}

/// Runs the server and waits for its end.
#[cfg(not(unix))]
fn become_process(mut command: Command) -> Result<()> {
    command.status().with_context(|| format!("could not run {}", command.get_program().display()))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn an_address_is_found_in_both_spellings() {
        assert_eq!(address(&words("-Shttp --addr 0.0.0.0:80")), Some("0.0.0.0:80"));
        assert_eq!(address(&words("--addr=[::1]:8080 -Shttp")), Some("[::1]:8080"));
        assert_eq!(address(&words("-Shttp")), None);
    }

    #[test]
    fn variables_and_flags_reach_wasmtime() {
        let variables = || [("TINTYPE_SOURCES".to_owned(), "https://a.example".to_owned())].into_iter();
        let expected =
            "serve -Scli --env TINTYPE_SOURCES=https://a.example --addr 127.0.0.1:3000 -Oopt-level=2";
        assert_eq!(arguments(&words("-Oopt-level=2"), variables()), words(expected));
        let expected = "serve -Scli --env TINTYPE_SOURCES=https://a.example --addr=[::1]:80";
        assert_eq!(arguments(&words("--addr=[::1]:80"), variables()), words(expected));
    }

    #[test]
    fn a_port_that_is_not_known_yet_makes_no_invitation() {
        assert!(invitation("127.0.0.1:3000", Path::new("sample.jpg")).is_some());
        assert_eq!(invitation("127.0.0.1:0", Path::new("sample.jpg")), None);
    }
}
