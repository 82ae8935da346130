//! The project's chores: `cargo xtask <command>`, or `./x <command>`, which installs the toolchain first.
//!
//! Nothing here knows about images. `build` turns crates into components, `serve` and `test` build and then hand over
//! to wasmtime and to `host-tests`, so that this crate itself builds quickly.

mod callers;
mod cargo;
mod components;
mod deploy;
mod documentation;
mod licences;
mod packages;
mod release;
mod serve;
mod size;
mod steps;
mod suite;
mod tools;
mod vectors;
mod wasmtime;

use std::process::Command;

use anyhow::{Result, bail};

use components::SHIPPED;
use steps::Steps;

const USAGE: &str = "\
usage: ./x <command>

  build           build everything in dist/; dist/tintype.wasm is the service and the resizer in one
  serve [flags]   build, then serve dist/tintype.wasm with `wasmtime serve` on 127.0.0.1:3000 (--addr changes that);
                  uses the wasmtime on the PATH if it is recent enough; with Node.js, a browser gets the playground
  bench [job]     build, then measure jobs whose name contains `job`, and sharp if it is installed
  bench-jpeg files
                  decode these files at each scale, natively and in WebAssembly, and with other decoders
  contact-sheet [file]
                  build, then draw what each option does to a picture, by default to docs/contact-sheet.webp
  playground      build the npm package and, in dist/playground, the page that resizes photographs in the browser
  test-callers    build these and the Python package, and run their tests and most of deploy/'s; on Debian, as root, it
                  installs Node.js, Chromium, Python, nginx and Varnish where they are missing; elsewhere it says what
                  it skips
  vectors         make the renditions that conformance/vectors.json records in every engine that there is, and print
                  which engines make the same bytes
  test-deploy     run the tests of deploy/: stores of objects, caches, telemetry, and files for other hosts;
                  needs Python, and installs a store, nginx and Varnish
  load [flags]    put a mixed load on the service for a minute, check every answer, print what it took and draw
                  target/load.svg; --help lists the flags; needs Python
  demo            serve a store of objects, the service, a cache in front of it and a collector on this machine
  licences        check licences, sources and duplicates of all dependencies with cargo-deny; needs Python
  dist            build what a release consists of, in dist/release
  reproduce       build that again from a copy in another folder, and compare
  test            check formatting and lints, build everything, run every test
";

fn main() -> Result<()> {
    let mut args = std::env::args().skip(1);
    let command = args.next();
    let rest: Vec<String> = args.collect();
    match (command.as_deref(), rest.as_slice()) {
        (Some("build"), []) => build(),
        (Some("serve"), flags) => serve::serve(flags),
        (Some("bench"), jobs) => bench(jobs),
        (Some("bench-jpeg"), files @ [_, ..]) => bench_jpeg(files),
        (Some("contact-sheet"), []) => contact_sheet("docs/contact-sheet.webp"),
        (Some("contact-sheet"), [file]) => contact_sheet(file),
        (Some("playground"), []) => packages::build_playground(),
        (Some("dist"), []) => release::make(),
        (Some("reproduce"), []) => release::reproduce(),
        (Some("test-callers"), []) => callers::test(),
        (Some("vectors"), []) => vectors::compare(),
        (Some("test-deploy"), []) => deploy::test(),
        (Some("load"), flags) => deploy::load(flags),
        (Some("demo"), flags) => deploy::demo(flags),
        (Some("licences"), []) => licences::check(),
        (Some("test"), []) => suite::run_all(),
        (Some("help" | "--help" | "-h"), _) => {
            print!("{USAGE}");
            Ok(())
        }
        (None, _) => bail!("no command given\n\n{USAGE}"),
        (Some(other), _) => bail!("`{other} {}` is not a command\n\n{USAGE}", rest.join(" ")),
    }
}

fn build() -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 1);
    components::build(SHIPPED, &mut steps)?;
    steps.next("building dist/guests, which only tests run");
    components::build_guests()
}

fn bench(jobs: &[String]) -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 1);
    components::build(SHIPPED, &mut steps)?;
    steps.next("measuring");
    cargo::run(harness("bench")?.args(jobs))
}

fn contact_sheet(file: &str) -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 1);
    components::build(SHIPPED, &mut steps)?;
    steps.next("drawing");
    cargo::run(harness("contact-sheet")?.arg(file))
}

/// A program of the harness, built.
fn harness(name: &str) -> Result<Command> {
    // Together with `host-tests`, so that both share one wasmtime.
    let mut build =
        cargo::command(["build", "--package", "host-tests", "--package", "harness", "--bin", name]);
    Ok(Command::new(cargo::artifact(&mut build, name, "")?))
}

fn bench_jpeg(files: &[String]) -> Result<()> {
    const EXAMPLE: [&str; 5] = ["--release", "--package", "tintype-jpeg", "--example", "bench"];
    // A program in wasmtime has no folder that other paths could begin in.
    let files = files.iter().map(std::path::absolute).collect::<Result<Vec<_>, _>>()?;
    let mut steps = Steps::of(2);
    steps.next("decoding natively");
    cargo::run(cargo::command(["run"]).args(EXAMPLE).arg("--").args(&files))?;
    steps.next("decoding in WebAssembly");
    cargo::run(wasmtime::in_wasm(["run"])?.args(EXAMPLE).arg("--").args(&files))
}
