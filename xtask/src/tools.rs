//! Programs that are not part of Rust: Node.js, Chromium and Python. What is missing is installed with apt-get, where that
//! can be done without asking anyone: as root, on Debian and its relatives.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

use crate::cargo::root;

/// The oldest major version of Node.js that runs the package.
const OLDEST_NODE: u32 = 20;
/// Which one is installed where Debian's is older.
const NODE: &str = "node@22";
/// The oldest Python, as `sys.version_info`.
const OLDEST_PYTHON: &str = "(3, 10)";

/// A program that tests need.
struct Tool {
    name: &'static str,
    /// Debian's packages of it.
    packages: &'static [&'static str],
    is_there: fn() -> bool,
}

const NODE_JS: Tool =
    Tool { name: "Node.js with npm", packages: &["nodejs", "npm"], is_there: || runs("npm", &["--version"]) };
const CHROMIUM: Tool = Tool { name: "Chromium", packages: &["chromium"], is_there: || chromium().exists() };
const PYTHON: Tool =
    Tool { name: "Python with venv", packages: &["python3", "python3-venv"], is_there: has_python };

/// What there is.
#[derive(Default)]
pub(crate) struct Tools {
    /// Whether npm and a Node.js that is recent enough run.
    pub(crate) node: bool,
    /// Whether a Python runs that can make environments.
    pub(crate) python: bool,
    /// The `PATH` on which they are, if it is not the one that this program was given.
    path: Option<OsString>,
    /// What is skipped, and why.
    skipped: Vec<String>,
}

impl Tools {
    /// Installs what is missing if it can, and says what stays missing.
    pub(crate) fn provided() -> Result<Self> {
        let missing = || [&NODE_JS, &CHROMIUM, &PYTHON].into_iter().filter(|tool| !(tool.is_there)());
        let packages: Vec<&str> = missing().flat_map(|tool| tool.packages).copied().collect();
        if !packages.is_empty() && can_install() {
            install(&packages);
        }
        let mut tools = Self { python: (PYTHON.is_there)(), ..Self::default() };
        for tool in missing() {
            let packages = tool.packages.join(" ");
            tools.skip(&format!(
                "what needs {}, which is missing; on Debian: apt-get install {packages}",
                tool.name
            ));
        }
        if (NODE_JS.is_there)() {
            tools.node = has_node();
            if !tools.node {
                tools.path = newer_node()?;
                tools.node = tools.path.is_some();
            }
            if !tools.node {
                tools.skip(&format!("what needs Node.js, of which {OLDEST_NODE} or newer is needed"));
            }
        }
        Ok(tools)
    }

    /// What is there without installing anything.
    pub(crate) fn present() -> Self {
        Self { node: (NODE_JS.is_there)() && has_node(), python: (PYTHON.is_there)(), ..Self::default() }
    }

    /// A program in a folder of the project.
    pub(crate) fn command(&self, folder: &str, program: &str) -> Result<Command> {
        let mut command = Command::new(program);
        command.current_dir(root()?.join(folder)).envs(self.path.as_ref().map(|path| ("PATH", path)));
        Ok(command)
    }

    /// Runs a program in a folder of the project, and fails if it does.
    pub(crate) fn run(&self, folder: &str, program: &str, arguments: &[&str]) -> Result<()> {
        succeed(self.command(folder, program)?.args(arguments))
    }

    /// Installs what a folder's lock file says, unless that is installed already.
    pub(crate) fn npm_install(&self, folder: &str) -> Result<()> {
        let path = root()?.join(folder);
        let modified = |name: &str| path.join(name).metadata().and_then(|metadata| metadata.modified()).ok();
        let installed = modified("node_modules/.package-lock.json");
        if installed.is_some() && installed >= modified("package-lock.json") {
            return Ok(());
        }
        // Without a registry it fails at once.
        self.run(folder, "npm", &["ci", "--fetch-retries=0"])
    }

    /// An environment of Python in `target/python`, with the project's package as it is now and what its tests need.
    pub(crate) fn python_environment(&self) -> Result<PathBuf> {
        let folder = root()?.join("target/python");
        let python = folder.join("bin/python");
        if !python.exists() {
            succeed(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
        }
        let pip = |arguments: &[&str]| {
            let mut pip = Command::new(&python);
            pip.args(["-m", "pip", "--quiet", "--disable-pip-version-check"])
                .args(arguments)
                .current_dir(root()?);
            succeed(&mut pip)
        };
        pip(&["uninstall", "--yes", "tintype"])?;
        pip(&["install", "./packages/python[test]"])?;
        Ok(python)
    }

    /// Says that something is skipped, now and in the summary.
    pub(crate) fn skip(&mut self, what: &str) {
        eprintln!("    skipped: {what}");
        self.skipped.push(what.to_owned());
    }

    /// Says once more what was skipped.
    pub(crate) fn summary(&self) {
        for what in &self.skipped {
            eprintln!("skipped: {what}");
        }
    }
}

/// Where Chromium is: the variable `CHROMIUM`, or as Debian has it.
fn chromium() -> PathBuf {
    env::var_os("CHROMIUM").map_or_else(|| "/usr/bin/chromium".into(), PathBuf::from)
}

/// Whether a program ends well with these arguments.
fn runs(program: &str, arguments: &[&str]) -> bool {
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Runs a command, and fails if it does.
pub(crate) fn succeed(command: &mut Command) -> Result<()> {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let spelled = words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ");
    let status = command.status().with_context(|| format!("could not run `{spelled}`"))?;
    if !status.success() {
        bail!("`{spelled}` failed ({status})");
    }
    Ok(())
}

fn has_node() -> bool {
    runs("node", &["-e", &format!("process.exit(parseInt(process.versions.node) < {OLDEST_NODE} ? 1 : 0)")])
}

/// `ensurepip` is what Debian leaves out without `python3-venv`.
fn has_python() -> bool {
    runs(
        "python3",
        &["-c", &format!("import ensurepip, sys, venv; sys.exit(sys.version_info < {OLDEST_PYTHON})")],
    )
}

pub(crate) fn can_install() -> bool {
    let is_root =
        Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout.trim_ascii() == b"0");
    is_root && runs("apt-get", &["--version"])
}

/// Installs packages of Debian's. What cannot be installed is found missing afterwards.
fn install(packages: &[&str]) {
    eprintln!("    installing {} with apt-get", packages.join(", "));
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    };
    apt(&["update"]);
    // One by one: a package that a distribution does not have keeps none of the others away.
    for package in packages {
        apt(&["install", "--yes", "--no-install-recommends", package]);
    }
}

/// Installs a Node.js of npm's in `target/node`. Returns a `PATH` on which it comes first.
fn newer_node() -> Result<Option<OsString>> {
    let folder = root()?.join("target/node");
    let bin = folder.join("node_modules/node/bin");
    if !bin.join("node").exists() {
        eprintln!(
            "    installing {NODE} in target/node: the Node.js that is installed is older than {OLDEST_NODE}"
        );
        let mut npm = Command::new("npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--prefix"]).arg(&folder).arg(NODE);
        npm.status().context("could not run npm")?;
    }
    let old = env::var_os("PATH").unwrap_or_default();
    Ok(match bin.join("node").exists() {
        true => Some(env::join_paths([bin].into_iter().chain(env::split_paths(&old)))?),
        false => None,
    })
}
