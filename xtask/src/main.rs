//! The project's chores: `cargo xtask <command>`, or `./x <command>`, which installs the toolchain first.
//!
//! Nothing here knows about images. `build` turns crates into components, `serve` and `test` build and then hand over
//! to `host-tests`, which holds everything that needs a WebAssembly engine, so that this crate builds quickly.

mod cargo;
mod components;
mod size;
mod suite;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: ./x <command>

  build           build dist/resizer.wasm, dist/service.wasm and dist/tintype.wasm, which is both in one
  serve [flags]   build, then serve dist/tintype.wasm on 127.0.0.1:3000 (--addr changes that)
  bench [job]     build, then measure jobs whose name contains `job`, beside sharp where that is installed
  bench-jpeg files
                  decode these files at each scale, natively and in WebAssembly, beside other decoders
  test            check formatting and lints, build everything, run every test
";

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    match (command.as_deref(), rest.as_slice()) {
        (Some("build"), []) => components::build(),
        (Some("serve"), flags) => serve(flags),
        (Some("bench"), jobs) => bench(jobs),
        (Some("bench-jpeg"), files @ [_, ..]) => bench_jpeg(files),
        (Some("test"), []) => suite::run_all(),
        (Some("help" | "--help" | "-h"), _) => {
            print!("{USAGE}");
            Ok(())
        }
        (None, _) => bail!("no command given\n\n{USAGE}"),
        (Some(other), _) => bail!("`{other} {}` is not a command\n\n{USAGE}", rest.join(" ")),
    }
}

fn serve(flags: &[String]) -> Result<()> {
    components::build()?;
    cargo::progress("building the server (the first time takes some minutes)");
    cargo::run(cargo::command(["run", "--package", "host-tests", "--bin", "serve", "--"]).args(flags))
}

fn bench(jobs: &[String]) -> Result<()> {
    components::build()?;
    cargo::run(cargo::command(["run", "--package", "host-tests", "--bin", "bench", "--"]).args(jobs))
}

fn bench_jpeg(files: &[String]) -> Result<()> {
    const EXAMPLE: [&str; 5] = ["--release", "--package", "tintype-jpeg", "--example", "bench"];
    cargo::progress("natively");
    cargo::run(cargo::command(["run"]).args(EXAMPLE).arg("--").args(files))?;
    cargo::progress("in WebAssembly");
    cargo::run(cargo::in_wasm(["run"])?.args(EXAMPLE).arg("--").args(files))
}
