use clap::Parser;
fn main() {
    wasmtime_cli::commands::ServeCommand::parse().execute().unwrap()
}
