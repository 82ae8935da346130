//! The recorded renditions (`conformance/vectors.json`) in every engine that there is.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::cargo::{self, root};
use crate::components::{self, RESIZER};
use crate::packages::{self, PACKAGE, PLAYGROUND, PYTHON};
use crate::steps::Steps;
use crate::tools::{Tools, succeed};
use crate::wasmtime::in_wasm;

/// Where sources are drawn, and where each engine says what it made.
fn folder() -> Result<PathBuf> {
    Ok(root()?.join("target/vectors"))
}

/// Draws the sources, which tests in other languages read.
pub(crate) fn draw() -> Result<()> {
    let draw = ["run", "--quiet", "--package", "conformance", "--bin", "sources", "--"];
    cargo::run(cargo::command(draw).arg(folder()?.join("sources")))
}

/// A command that is told where they are.
pub(crate) fn named(command: &mut Command) -> Result<&mut Command> {
    Ok(command.env("TINTYPE_VECTORS", folder()?))
}

/// The tests of the vectors in WebAssembly without SIMD: the scalar kernels, on 32 bits.
pub(crate) fn without_simd() -> Result<Command> {
    let mut test = in_wasm(["test", "--package", "conformance"])?;
    // Added to the flags of `.cargo/config.toml`, after them.
    test.args(["--config", "target.wasm32-wasip2.rustflags=['-Ctarget-feature=-simd128']"]);
    Ok(test)
}

/// Makes every vector in every engine, and prints which make what is recorded.
pub(crate) fn compare() -> Result<()> {
    let mut steps = Steps::of(10);
    components::build(&[RESIZER], &mut steps)?;
    steps.next("looking for Node.js, Chromium and Python");
    let tools = Tools::provided()?;
    draw()?;
    let results = folder()?.join("results");
    let _ = fs::remove_dir_all(&results);
    let mut failed = Vec::new();
    let mut run = |engine: &str, result: Result<()>| {
        if let Err(error) = result {
            eprintln!("{engine}: {error:#}");
            failed.push(engine.to_owned());
        }
    };

    steps.next("natively");
    run("native", cargo::run(named(&mut cargo::command(["test", "--package", "conformance"]))?));
    steps.next("in WebAssembly without SIMD");
    run("without SIMD", cargo::run(named(&mut without_simd()?)?));
    steps.next("in wasmtime");
    run(
        "wasmtime",
        cargo::run(named(&mut cargo::command(["test", "--package", "host-tests", "--", "vectors::"]))?),
    );
    if tools.python {
        steps.next("in Python");
        let python = tools.python_environment()?;
        let mut test = tools.command(PYTHON, &python.to_string_lossy())?;
        test.args(["-m", "unittest", "discover", "tests", "-p", "test_vectors.py"]);
        run("Python", succeed(named(&mut test)?));
    }
    if tools.node {
        packages::build(&tools, &mut steps)?;
        for (folder, engines) in [(PACKAGE, "in Node, Deno, Bun and workerd"), (PLAYGROUND, "in Chromium")] {
            steps.next(engines);
            tools.npm_install(folder)?;
            let mut test = tools.command(folder, "node")?;
            test.args(["--test", "test/vectors.test.js"]);
            run(engines, succeed(named(&mut test)?));
        }
    }
    steps.next("comparing with conformance/vectors.json");
    tools.summary();
    let print = ["run", "--quiet", "--package", "conformance", "--bin", "matrix", "--"];
    run("the matrix", cargo::run(cargo::command(print).arg(&results)));
    if failed.is_empty() {
        return Ok(());
    }
    bail!("failed: {}", failed.join("; "))
}
