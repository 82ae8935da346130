//! `./x licences`: what `deny.toml` says of dependencies, checked by cargo-deny.

use std::process::Command;

use anyhow::Result;

use crate::cargo::{self, root, run};

const VERSION: &str = "0.20.2";

/// Checks licences, sources and bans. Building cargo-deny takes minutes, so `./x test` does without.
pub(crate) fn check() -> Result<()> {
    let target = root()?.join("target/deny");
    let program = target.join("bin/cargo-deny");
    if !program.exists() {
        let install = ["install", "cargo-deny", "--version", VERSION, "--locked", "--debug"];
        run(cargo::command(install).arg("--root").arg(&target))?;
    }
    run(Command::new(program).args(["check", "licenses", "bans", "sources"]).current_dir(root()?))
}
