//! The npm package, and the page that is made with it.

use std::path::Path;

use anyhow::{Result, ensure};

use crate::components::{self, SHIPPED};
use crate::steps::Steps;
use crate::tools::{Tools, succeed};

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
