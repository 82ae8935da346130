//! The npm package and the playground that is made of it: what they need is installed, then they are built and tested
//! by their own scripts.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::cargo::{command, root, run};
use crate::components::{self, SHIPPED};
use crate::steps::Steps;
use crate::wasmtime;

const PACKAGE: &str = "packages/npm";
const PLAYGROUND: &str = "playground";

/// Builds the components, the package and the page in `dist/playground`.
pub(crate) fn build_playground() -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 2);
    build(&mut steps)
}

/// Builds the same, and runs every test. The page is tested in Chromium, and compared with the service.
pub(crate) fn test() -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 6);
    build(&mut steps)?;
    steps.next("testing the npm package");
    run(&mut npm(PACKAGE, &["test"])?)?;
    let wasmtime = wasmtime::installed_or_built(&mut steps)?;
    steps.next("testing the playground");
    run(npm(PLAYGROUND, &["test"])?.env("WASMTIME", wasmtime))?;
    steps.next("testing the component in JavaScript");
    run(&mut command(["test", "--package", "host-tests", "--", "--ignored", "js_component"]))
}

fn build(steps: &mut Steps) -> Result<()> {
    components::build(SHIPPED, steps)?;
    for (folder, what) in [(PACKAGE, "building the npm package"), (PLAYGROUND, "building the playground")] {
        steps.next(what);
        run(&mut npm(folder, &["ci"])?)?;
        run(&mut npm(folder, &["run", "build"])?)?;
    }
    Ok(())
}

/// Packs the npm package into a folder, made of the components that are built.
pub(crate) fn pack(folder: &Path) -> Result<()> {
    run(&mut npm(PACKAGE, &["ci"])?)?;
    run(&mut npm(PACKAGE, &["run", "build"])?)?;
    run(npm(PACKAGE, &["pack", "--pack-destination"])?.arg(folder))
}

/// A command of npm in a folder of the project.
fn npm(folder: &str, args: &[&str]) -> Result<Command> {
    let found = Command::new("npm").arg("--version").output();
    found.context("npm is needed: install Node.js 20 or newer")?;
    let mut command = Command::new("npm");
    command.args(args).current_dir(root()?.join(folder));
    Ok(command)
}
