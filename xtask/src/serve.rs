//! `./x serve`: builds what is missing, draws a photograph to send, and becomes `wasmtime serve`. Where there is Node.js, a
//! server of the page stands before it.

use std::env;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};

use crate::cargo::{self, root};
use crate::components::SERVED;
use crate::steps::Steps;
use crate::tools::Tools;
use crate::{components, packages, wasmtime};

const DEFAULT_ADDRESS: &str = "127.0.0.1:3000";

/// Serves `dist/tintype.wasm` with every `TINTYPE_*` and `OTEL_*` variable of this environment. Flags are those of `wasmtime serve`.
pub(crate) fn serve(flags: &[String]) -> Result<()> {
    let mut steps = Steps::of(SERVED.len() + 3);
    components::build(SERVED, &mut steps)?;
    let address = address(flags).unwrap_or(DEFAULT_ADDRESS);
    let tools = Tools::present();
    let page = has_page(&tools, &mut steps);
    steps.next("drawing a photograph to send");
    let sample = sample()?;
    let wasmtime = wasmtime::installed_or_built(&mut steps)?;
    let behind = if page { serve_page(&tools, address)? } else { None };
    if let Some(line) = invitation(address, &sample) {
        println!("\n  {line}\n");
    }
    let variables = env::vars().filter(|(name, _)| name.starts_with("TINTYPE_") || name.starts_with("OTEL_"));
    let mut command = Command::new(wasmtime);
    command.args(arguments(flags, behind, variables)).arg(root()?.join("dist/tintype.wasm"));
    become_process(command)
}

/// Builds the page where that is possible. The service does without it, so nothing that fails here ends the program.
fn has_page(tools: &Tools, steps: &mut Steps) -> bool {
    if !tools.node {
        steps.next("leaving out the page at /playground/, which needs Node.js 20 or newer and npm");
        return false;
    }
    let built = packages::build(tools, steps);
    if let Err(error) = &built {
        eprintln!("    leaving out the page at /playground/: {error:#}");
    }
    built.is_ok()
}

/// Serves the page at this address, with the service behind it, whose address it returns. The server ends with this process.
fn serve_page(tools: &Tools, address: &str) -> Result<Option<SocketAddr>> {
    let Ok(front) = address.parse::<SocketAddr>() else { return Ok(None) };
    // Where nothing can listen, wasmtime says why.
    if front.port() == 0 || TcpListener::bind(front).is_err() {
        return Ok(None);
    }
    let behind = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let mut server = tools.command(packages::PLAYGROUND, "node")?;
    server.args(["serve.js", address, &format!("http://{behind}")]);
    let mut server = server.spawn().context("could not run node, which serves the page")?;
    // What is printed from here on finds it listening.
    while TcpStream::connect(front).is_err() {
        ensure!(server.try_wait()?.is_none(), "the server of the page has ended");
        thread::sleep(Duration::from_millis(20));
    }
    Ok(Some(behind))
}

/// Draws the photograph. The path is relative where that is right for a shell in the same directory.
fn sample() -> Result<PathBuf> {
    let relative = PathBuf::from("target/sample.jpg");
    let absolute = root()?.join(&relative);
    // Cargo may have been told to build elsewhere.
    fs::create_dir_all(root()?.join("target")).context("could not make target/")?;
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

/// What `wasmtime` is called with, up to the component: with the flags, but at another address if it stands `behind` the page's
/// server. Without `-Scli` it would not see its environment.
fn arguments(
    flags: &[String],
    behind: Option<SocketAddr>,
    variables: impl Iterator<Item = (String, String)>,
) -> Vec<String> {
    let mut arguments = vec!["serve".to_owned(), "-Scli".to_owned()];
    for (name, value) in variables {
        arguments.extend(["--env".to_owned(), format!("{name}={value}")]);
    }
    let mut flags = flags.to_vec();
    let behind = behind.map(|address| address.to_string());
    if behind.is_some() {
        remove_address(&mut flags);
    }
    if address(&flags).is_none() {
        arguments.extend(["--addr".to_owned(), behind.unwrap_or_else(|| DEFAULT_ADDRESS.to_owned())]);
    }
    arguments.extend(flags);
    arguments
}

/// Removes the address, in both spellings.
fn remove_address(flags: &mut Vec<String>) {
    let mut is_value = false;
    flags.retain(|flag| {
        let removed = is_value || flag.starts_with("--addr");
        is_value = !is_value && flag == "--addr";
        !removed
    });
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
        assert_eq!(arguments(&words("-Oopt-level=2"), None, variables()), words(expected));
        let expected = "serve -Scli --env TINTYPE_SOURCES=https://a.example --addr=[::1]:80";
        assert_eq!(arguments(&words("--addr=[::1]:80"), None, variables()), words(expected));
    }

    #[test]
    fn behind_the_page_wasmtime_listens_elsewhere() {
        let behind = || Some("127.0.0.1:4567".parse().unwrap());
        let expected = words("serve -Scli --addr 127.0.0.1:4567 -Shttp");
        for flags in ["--addr 127.0.0.1:80 -Shttp", "-Shttp --addr=[::1]:80", "-Shttp"] {
            assert_eq!(arguments(&words(flags), behind(), std::iter::empty()), expected, "{flags}");
        }
    }

    #[test]
    fn a_port_that_is_not_known_yet_makes_no_invitation() {
        assert!(invitation("127.0.0.1:3000", Path::new("sample.jpg")).is_some());
        assert_eq!(invitation("127.0.0.1:0", Path::new("sample.jpg")), None);
    }
}
