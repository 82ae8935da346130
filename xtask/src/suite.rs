//! Everything that must hold before a change is good.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::cargo::{command, in_wasm, output_of, progress, root, run};
use crate::components;

/// Checks formatting and lints, builds the components, runs every test.
pub fn run_all() -> Result<()> {
    progress("checking the formatting");
    run(&mut command(["fmt", "--all", "--check"]))?;

    components::build()?;
    progress("building the components as WASI components");
    let components = ["--package", "tintype-resizer", "--package", "tintype-service"];
    run(command(["build", "--target", "wasm32-wasip2"]).args(components))?;

    progress("running clippy");
    let clippy = |flags: &[&str]| run(command(["clippy"]).args(flags).args(["--", "--deny", "warnings"]));
    // This package by itself, as it was built: beside others, its dependencies would have other features, and Binaryen is
    // minutes of C++.
    clippy(&["--package", "xtask", "--all-targets"])?;
    clippy(&["--workspace", "--exclude", "xtask", "--all-targets"])?;
    clippy(&[
        "--target",
        "wasm32-unknown-unknown",
        "--package",
        "tintype-resizer",
        "--package",
        "simd-guard",
    ])?;
    clippy(&["--target", "wasm32-wasip2", "--package", "tintype-service"])?;

    progress("testing the libraries inside WebAssembly");
    run(&mut test_in_wasm(&libraries()?)?)?;

    progress("testing natively");
    run(&mut command(["test", "--package", "xtask"]))?;
    run(&mut command(["test", "--workspace", "--exclude", "xtask", "--exclude", "host-tests"]))?;

    progress("testing the built components");
    run(&mut command(["test", "--package", "host-tests"]))
}

/// The names of the engine's packages: the root and everything in `crates/`.
fn libraries() -> Result<Vec<String>> {
    let metadata = output_of("cargo", &["metadata", "--no-deps", "--format-version", "1"])?;
    let metadata: Value = serde_json::from_str(&metadata).context("cargo metadata is not JSON")?;
    let members = metadata
        .pointer("/packages")
        .and_then(Value::as_array)
        .context("cargo metadata lists no packages")?;
    let root = root()?;
    let names = members.iter().filter_map(|package| {
        let manifest = PathBuf::from(package.pointer("/manifest_path")?.as_str()?);
        let folder = manifest.parent()?.strip_prefix(&root).ok()?;
        let is_library = folder.as_os_str().is_empty() || folder.starts_with("crates");
        is_library.then(|| package.pointer("/name")?.as_str().map(str::to_owned))?
    });
    Ok(names.collect())
}

/// `cargo test` for wasm32-wasip2 on these packages, in which the kernels take their simd128 form.
fn test_in_wasm(packages: &[String]) -> Result<Command> {
    let mut test = in_wasm(["test", "--lib", "--tests"])?;
    for package in packages {
        test.args(["--package", package]);
    }
    Ok(test)
}
