//! Deployments: their tests, a load on the service, and a demonstration. What these need is installed first: a store of
//! objects from crates.io, packages of Python in a folder of their own, nginx and Varnish from Debian.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cargo::{self, root, run};
use crate::components::{self, SERVED, SHIPPED};
use crate::steps::Steps;
use crate::tools::can_install;
use crate::wasmtime;

/// Where the scripts lie.
const SCRIPTS: &str = "deploy/test";

/// The store of objects, which verifies signatures.
const STORE: [&str; 2] = ["s3s-fs", "0.17.0"];

/// Runs the tests of `deploy/`.
pub(crate) fn test() -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 5);
    components::build(SHIPPED, &mut steps)?;
    let mut python = python(&mut steps, Peers::CachesAndStore)?;
    steps.next("testing deployments");
    run(python.args(["-m", "unittest", "discover", "--verbose", "--start-directory", SCRIPTS]))
}

/// Runs the tests of `deploy/` for which no store has to be built, which takes minutes: caches, files and telemetry. The components
/// have to be there.
pub(crate) fn test_without_store(steps: &mut Steps) -> Result<()> {
    let mut python = python(steps, Peers::Caches)?;
    steps.next("testing deployments");
    let tests = ["-m", "unittest", "discover", "--start-directory", SCRIPTS, "--pattern", "test_[cft]*.py"];
    run(python.args(tests))
}

/// Puts a mixed load on the service for a while, checks every answer, and prints what it took. Arguments are those of
/// `deploy/test/load.py`.
pub(crate) fn load(args: &[String]) -> Result<()> {
    let mut steps = Steps::of(SERVED.len() + 4);
    components::build(SERVED, &mut steps)?;
    let mut python = python(&mut steps, Peers::None)?;
    steps.next("putting a load on the service");
    run(python.arg(format!("{SCRIPTS}/load.py")).args(args))
}

/// Serves a store, the service and a cache in front of it, as `docs/deploy.md` has them, until it is interrupted.
pub(crate) fn demo(args: &[String]) -> Result<()> {
    let mut steps = Steps::of(SERVED.len() + 5);
    components::build(SERVED, &mut steps)?;
    let mut python = python(&mut steps, Peers::CachesAndStore)?;
    steps.next("serving");
    run(python.arg(format!("{SCRIPTS}/demo.py")).args(args))
}

/// What the scripts need besides the service.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Peers {
    None,
    Caches,
    CachesAndStore,
}

/// Python, with all that the scripts need in its environment.
fn python(steps: &mut Steps, peers: Peers) -> Result<Command> {
    let wasmtime = wasmtime::installed_or_built(steps)?;
    let target = root()?.join("target/deploy");
    steps.next("installing packages of Python");
    let programs = programs_of_python()?;
    let mut command = Command::new(programs.join("python"));
    command.current_dir(root()?).env("WASMTIME", wasmtime).env("PYTHONDONTWRITEBYTECODE", "1");
    if peers != Peers::None {
        steps.next("installing nginx and Varnish, and a store of objects if it is needed");
        install_caches()?;
    }
    if peers == Peers::CachesAndStore {
        command.env("S3S_FS", store(&target)?);
    }
    // Debian keeps servers out of the way of users, and packages of Python bring programs.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{}:{path}:/usr/sbin", programs.display()));
    Ok(command)
}

/// The folder of a Python of the project's own, and of the programs that its packages bring.
pub(crate) fn programs_of_python() -> Result<PathBuf> {
    let environment = root()?.join("target/deploy/python");
    let programs = environment.join("bin");
    if !programs.join("python").exists() {
        let made = Command::new("python3").args(["-m", "venv"]).arg(&environment).status();
        if !made.context("python3 is needed: install it with its module venv")?.success() {
            bail!("python3 could not make an environment: install its module venv (python3-venv)");
        }
    }
    let requirements = root()?.join(SCRIPTS).join("requirements.txt");
    let mut pip = Command::new(programs.join("python"));
    run(pip.args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(requirements))?;
    Ok(programs)
}

/// The store of objects, installed unless it is there.
fn store(target: &std::path::Path) -> Result<PathBuf> {
    let [name, version] = STORE;
    let program = target.join("bin").join(name);
    if !program.exists() {
        let install = ["install", name, "--version", version, "--features", "binary", "--debug"];
        run(cargo::command(install).arg("--root").arg(target))?;
    }
    Ok(program)
}

/// The packages of Debian with nginx and Varnish, as far as these are missing.
fn missing_caches() -> Vec<&'static str> {
    let is_missing =
        |name: &str| Command::new(name).arg(if name == "nginx" { "-v" } else { "-V" }).output().is_err();
    let in_sbin = |name: &str| PathBuf::from("/usr/sbin").join(name).exists();
    let caches = [("nginx", "nginx"), ("varnishd", "varnish")];
    let missing = caches.into_iter().filter(|(program, _)| is_missing(program) && !in_sbin(program));
    missing.map(|(_, package)| package).collect()
}

/// Whether nginx and Varnish are there, or can be installed without asking anyone.
pub(crate) fn can_have_caches() -> bool {
    missing_caches().is_empty() || can_install()
}

/// Installs nginx and Varnish where this is Debian and they are missing.
fn install_caches() -> Result<()> {
    let missing = missing_caches();
    if missing.is_empty() {
        return Ok(());
    }
    let install = || {
        run(Command::new("apt-get").arg("update"))?;
        run(Command::new("apt-get").args(["install", "--yes", "--no-install-recommends"]).args(&missing))
    };
    install().with_context(|| format!("could not install {}: install it by hand", missing.join(" and ")))
}
