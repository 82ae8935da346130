//! The packages for other languages and the playground: what they need is installed, then they are built and tested by
//! their own scripts.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::cargo::{command, run};
use crate::components::{self, SHIPPED};
use crate::steps::Steps;
use crate::tools::{Tools, succeed};
use crate::vectors;
use crate::wasmtime;

pub(crate) const PACKAGE: &str = "packages/npm";
pub(crate) const PLAYGROUND: &str = "playground";
pub(crate) const PYTHON: &str = "packages/python";

/// Builds the components, the package and the page in `dist/playground`.
pub(crate) fn build_playground() -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 1);
    components::build(SHIPPED, &mut steps)?;
    let tools = Tools::present();
    ensure!(tools.node, "Node.js 20 or newer and npm are needed");
    build(&tools, &mut steps)
}

/// Builds the same, and runs every test. The page is tested in Chromium, and compared with the service.
pub(crate) fn test() -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 7);
    components::build(SHIPPED, &mut steps)?;
    steps.next("looking for Node.js, Chromium and Python");
    let tools = Tools::provided()?;
    vectors::draw()?;

    let mut environment = None;
    if tools.python {
        steps.next("testing the Python package");
        let python = tools.python_environment()?;
        succeed(vectors::named(
            tools.command(PYTHON, &python.to_string_lossy())?.args(["-m", "unittest", "discover", "tests"]),
        )?)?;
        environment = Some(python);
    }
    if tools.node {
        build(&tools, &mut steps)?;
        steps.next("testing the npm package");
        tools.npm_install(PACKAGE)?;
        succeed(vectors::named(tools.command(PACKAGE, "npm")?.arg("test"))?)?;
        let wasmtime = wasmtime::installed_or_built(&mut steps)?;
        steps.next("testing the playground");
        tools.npm_install(PLAYGROUND)?;
        let mut test = tools.command(PLAYGROUND, "npm")?;
        test.arg("test").env("WASMTIME", wasmtime).envs(environment.map(|python| ("PYTHON", python)));
        succeed(vectors::named(&mut test)?)?;
        steps.next("testing the component in JavaScript");
        run(&mut command(["test", "--package", "host-tests", "--", "--ignored", "js_component"]))?;
    }
    tools.summary();
    Ok(())
}

/// Builds the npm package and the page from the components that are there.
pub(crate) fn build(tools: &Tools, steps: &mut Steps) -> Result<()> {
    steps.next("building the npm package and dist/playground");
    tools.npm_install(&format!("{PACKAGE}/build"))?;
    tools.run(PACKAGE, "node", &["build/build.js"])?;
    tools.run(PLAYGROUND, "node", &["build.js"])
}

/// Packs the npm package into a folder, made of the components that are built.
pub(crate) fn pack(tools: &Tools, folder: &Path) -> Result<()> {
    tools.npm_install(&format!("{PACKAGE}/build"))?;
    tools.run(PACKAGE, "node", &["build/build.js"])?;
    succeed(tools.command(PACKAGE, "npm")?.args(["pack", "--pack-destination"]).arg(folder))
}
