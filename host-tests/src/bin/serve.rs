//! Serves `dist/tintype.wasm` with `wasmtime serve`, for `./x serve` and for the tests.
//!
//! It draws a sample photograph, prints a line that sends it, and passes every `TINTYPE_*` variable of its own
//! environment on. Flags are those of `wasmtime serve`; the address is 127.0.0.1:3000 unless `--addr` says otherwise.

use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use clap::Parser as _;
use host_tests::{dist, pictures};
use wasmtime_cli::commands::ServeCommand;

const DEFAULT_ADDRESS: &str = "127.0.0.1:3000";

fn main() -> Result<(), Box<dyn Error>> {
    let flags: Vec<String> = env::args().skip(1).collect();
    let mut command = vec!["serve".to_owned(), "-Scli".to_owned()];
    for (name, value) in env::vars().filter(|(name, _)| name.starts_with("TINTYPE_")) {
        command.extend(["--env".to_owned(), format!("{name}={value}")]);
    }
    if address(&flags).is_none() {
        command.extend(["--addr".to_owned(), DEFAULT_ADDRESS.to_owned()]);
    }
    command.extend(flags.iter().cloned());
    command.push(dist::path("tintype.wasm").display().to_string());

    let command = ServeCommand::try_parse_from(command)?;
    invite(address(&flags).unwrap_or(DEFAULT_ADDRESS))?;
    Ok(command.execute()?)
}

/// The address that the flags ask for.
fn address(flags: &[String]) -> Option<&str> {
    flags.iter().enumerate().find_map(|(index, flag)| match flag.strip_prefix("--addr")? {
        "" => flags.get(index + 1).map(String::as_str),
        value => value.strip_prefix('='),
    })
}

/// Prints a command line that makes a rendition. A port that is not known yet makes no line that works, so none is printed.
fn invite(address: &str) -> Result<(), Box<dyn Error>> {
    if address.ends_with(":0") {
        return Ok(());
    }
    let sample = sample()?;
    println!("\n  curl --data-binary @{} \"http://{address}/?width=800\" -o photo.webp\n", sample.display());
    Ok(())
}

/// Draws the sample photograph. The path is relative where that is right for a shell in the same directory.
fn sample() -> Result<PathBuf, Box<dyn Error>> {
    let relative = PathBuf::from("target/sample.jpg");
    let absolute = dist::root().join(&relative);
    fs::create_dir_all(dist::root().join("target"))?;
    fs::write(&absolute, pictures::photograph(2400, 1600).jpeg())?;
    Ok(if env::current_dir()? == dist::root() { relative } else { absolute })
}
