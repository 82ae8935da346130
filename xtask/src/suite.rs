//! Everything that must hold before a change is good.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::cargo::{command, output_of, root, run};
use crate::components::{self, SHIPPED};
use crate::steps::Steps;
use crate::vectors;
use crate::wasmtime::in_wasm;

/// Steps in addition to those of the components.
const STEPS: usize = 6;

/// Checks formatting, lints and documentation, builds the components, runs every test.
pub(crate) fn run_all() -> Result<()> {
    let mut steps = Steps::of(STEPS + SHIPPED.len());
    steps.next("checking the formatting");
    run(&mut command(["fmt", "--all", "--check"]))?;

    components::build(SHIPPED, &mut steps)?;
    components::build_guests()?;

    steps.next("checking lints");
    clippy(["--workspace", "--all-targets"])?;
    clippy(["--target=wasm32-unknown-unknown", "--package=tintype-resizer", "--package=simd-guard"])?;
    clippy([
        "--target=wasm32-wasip2",
        "--package=tintype-service",
        "--package=tintype-service-p3",
        "--package=tintype-host-p3",
        "--package=tintype-middleware",
    ])?;

    FUZZED.into_iter().try_for_each(check_lock)?;

    steps.next("checking the documentation");
    run(command(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "--deny warnings"))?;

    steps.next("testing the libraries inside WebAssembly");
    run(&mut test_in_wasm(&libraries()?)?)?;
    run(&mut vectors::without_simd()?)?;

    steps.next("testing the libraries natively");
    // By themselves, as they are built elsewhere: together, they would give their dependencies other features, and cargo
    // would build those once more.
    run(&mut command(["test", "--package=xtask"]))?;
    run(&mut command([
        "test",
        "--workspace",
        "--exclude=xtask",
        "--exclude=host-tests",
        "--exclude=harness",
    ]))?;

    steps.next("testing the built components");
    run(&mut command(["test", "--package", "host-tests"]))
}

/// The workspaces of fuzz targets, which need another compiler to be built.
const FUZZED: [&str; 3] = ["fuzz", "crates/tintype-jpeg/fuzz", "crates/tintype-webp/fuzz"];

/// Checks that the lock file of a workspace has all that its packages depend on.
fn check_lock(workspace: &str) -> Result<()> {
    let manifest = root()?.join(workspace).join("Cargo.toml");
    let metadata = ["metadata", "--locked", "--format-version=1", "--manifest-path"];
    run(command(metadata).arg(manifest).stdout(Stdio::null()))
}

/// Checks packages for lints, with warnings denied.
fn clippy<const N: usize>(packages: [&str; N]) -> Result<()> {
    run(command(["clippy"]).args(packages).args(["--", "--deny", "warnings"]))
}

/// The names of the engine's packages: the root and everything in `crates/` except those without kernels: the service, the program
/// and the bindings.
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
        let is_engine = folder.as_os_str().is_empty() || folder.starts_with("crates");
        let others = ["tintype-http", "tintype-cli", "tintype-guest"];
        let is_library = is_engine && !others.iter().any(|other| folder.ends_with(other));
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
