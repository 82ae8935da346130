//! Runs a WebAssembly program as `wasmtime run` does, with this machine's files and environment: what cargo calls to run
//! tests that are built for wasm32-wasip2.

use std::error::Error;

use clap::Parser as _;
use wasmtime_cli::commands::RunCommand;

fn main() -> Result<(), Box<dyn Error>> {
    let flags = ["run", "-Sinherit-env", "--dir=/"].map(Into::into);
    let command = RunCommand::try_parse_from(flags.into_iter().chain(std::env::args_os().skip(1)))?;
    Ok(command.execute()?)
}
