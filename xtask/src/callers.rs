//! The tests of the packages for other languages and of the playground: what they need is installed, then they are run by
//! their own scripts.

use anyhow::Result;

use crate::cargo::{command, run};
use crate::components::{self, SHIPPED};
use crate::deploy;
use crate::licences;
use crate::packages::{self, PACKAGE, PLAYGROUND, PYTHON};
use crate::steps::Steps;
use crate::tools::{Tools, succeed};
use crate::vectors;
use crate::wasmtime;

/// Builds the components, the packages and the page, and runs every test of these, and of deployments as far as nothing has to be built
/// for them. The page is tested in Chromium, and compared with the service.
pub(crate) fn test() -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 12);
    components::build(SHIPPED, &mut steps)?;
    steps.next("looking for Node.js, Chromium and Python");
    let mut tools = Tools::provided()?;
    vectors::draw()?;

    let mut environment = None;
    if tools.python {
        steps.next("testing the Python package");
        let python = tools.python_environment()?;
        succeed(vectors::named(
            tools.command(PYTHON, &python.to_string_lossy())?.args(["-m", "unittest", "discover", "tests"]),
        )?)?;
        environment = Some(python);
        steps.next("checking licences");
        licences::check()?;
    }
    if tools.python && deploy::can_have_caches() {
        deploy::test_without_store(&mut steps)?;
    } else {
        tools.skip("the tests of deploy/, which need Python, nginx and Varnish");
    }
    if tools.node {
        packages::build(&tools, &mut steps)?;
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
