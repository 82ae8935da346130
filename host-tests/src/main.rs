//! The parts of wasmtime's command line that the project needs: `wasmtime serve`, `wasmtime run` and `wasmtime compile`, with
//! their own flags.
//!
//! `./x serve` serves with it where no other wasmtime is installed, and cargo runs tests in it that are built for
//! wasm32-wasip2.

use clap::Parser;
use wasmtime::Result;
use wasmtime_cli::commands::{CompileCommand, RunCommand, ServeCommand};

#[derive(Parser)]
#[command(name = "wasmtime", version = wasmtime_environ::VERSION)]
enum Wasmtime {
    /// Serves requests with a component that exports wasi:http.
    Serve(ServeCommand),
    /// Runs a program.
    Run(RunCommand),
    /// Compiles a component for this version of wasmtime.
    Compile(CompileCommand),
}

fn main() -> Result<()> {
    match Wasmtime::parse() {
        Wasmtime::Serve(command) => command.execute(),
        Wasmtime::Run(command) => command.execute(),
        Wasmtime::Compile(command) => command.execute(),
    }
}
