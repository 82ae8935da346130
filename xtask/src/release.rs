//! `./x dist`: what a release consists of, in `dist/release`: the components and the contract under their versions, the npm
//! package, bills of materials, notices, and the SHA-256 of everything.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::cargo::{output_of, root, run};
use crate::components::{self, SHIPPED};
use crate::packages;
use crate::steps::Steps;
use crate::tools::Tools;

/// What is released, in the names of `dist/`, and the packages that each is made of.
const RELEASED: &[(&str, &[&str])] = &[
    ("resizer", &["tintype-resizer"]),
    ("service", &["tintype-service"]),
    ("tintype", &["tintype-service", "tintype-resizer"]),
    ("service-p3", &["tintype-service-p3"]),
    ("tintype-p3", &["tintype-service-p3", "tintype-resizer"]),
    ("middleware", &["tintype-middleware"]),
    ("tintype-middleware", &["tintype-middleware", "tintype-resizer"]),
    ("tintype-cli", &["tintype-cli"]),
];

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// Builds everything and makes `dist/release` anew. The npm package is part of it where there is Node.js.
pub(crate) fn make() -> Result<()> {
    let mut steps = Steps::of(SHIPPED.len() + 2);
    components::build(SHIPPED, &mut steps)?;
    let (dist, release) = (root()?.join("dist"), root()?.join("dist/release"));
    if release.exists() {
        fs::remove_dir_all(&release).context("could not remove the release before this one")?;
    }
    fs::create_dir_all(&release).context("could not make dist/release")?;

    steps.next("naming and describing what is released");
    for (name, packages) in RELEASED {
        let component = fs::read(dist.join(format!("{name}.wasm"))).context("a component is missing")?;
        write(&release, &format!("{name}-{VERSION}.wasm"), &component)?;
        let bill = serde_json::to_vec_pretty(&bill_of_materials(name, packages, &component)?)?;
        write(&release, &format!("{name}-{VERSION}.cdx.json"), &bill)?;
    }
    let contract = fs::read(dist.join("wit.wasm")).context("the contract is missing")?;
    write(&release, &format!("tintype-image-{}.wasm", contract_version()?), &contract)?;
    let notices = fs::read(root()?.join("docs/licences.md")).context("the notices are missing")?;
    write(&release, "LICENCES.md", &notices)?;

    steps.next("packing the npm package");
    let tools = Tools::present();
    if tools.node {
        packages::pack(&tools, &release)?;
    } else {
        eprintln!("    left out: there is no npm");
    }
    write(&release, "SHA256SUMS", sums(&release)?.as_bytes())
}

/// Builds a copy of what git tracks in another folder and checks that every file of the release is the same.
pub(crate) fn reproduce() -> Result<()> {
    let sums = "dist/release/SHA256SUMS";
    let expected = fs::read_to_string(root()?.join(sums)).context("there is no release: run ./x dist")?;
    let copy = std::env::temp_dir().join(format!("tintype-copy-{}", std::process::id()));
    run(Command::new("git").args(["worktree", "add", "--detach"]).arg(&copy).arg("HEAD"))?;
    let built = Command::new("./x").arg("dist").current_dir(&copy).env_remove("CARGO_TARGET_DIR").status();
    let found = fs::read_to_string(copy.join(sums));
    run(Command::new("git").args(["worktree", "remove", "--force"]).arg(&copy))?;
    if !built.context("could not run ./x")?.success() {
        bail!("the copy could not be built");
    }
    let found = found.context("the copy has no release")?;
    let different: Vec<_> =
        expected.lines().filter(|line| !found.lines().any(|other| other == *line)).collect();
    if !different.is_empty() {
        bail!("built in another folder, these files differ:\n{}", different.join("\n"));
    }
    eprintln!("    {} files are the same, built in another folder", expected.lines().count());
    Ok(())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    fs::write(folder.join(name), bytes).with_context(|| format!("could not write {name}"))
}

/// What `sha256sum --check` reads, in the order of names.
fn sums(folder: &Path) -> Result<String> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let names = entries.collect::<Result<BTreeSet<String>>>()?;
    names.iter().map(|name| Ok(format!("{}  {name}\n", sha256(&fs::read(folder.join(name))?)))).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The version of the contract, as its package says.
fn contract_version() -> Result<String> {
    let text = fs::read_to_string(root()?.join("wit/worlds.wit")).context("the contract is missing")?;
    let package =
        text.lines().find_map(|line| line.strip_prefix("package tintype:image@")?.strip_suffix(';'));
    Ok(package.context("the contract has no version")?.to_owned())
}

/// A component's bill of materials in CycloneDX: the crates that are linked into it, with their licences.
fn bill_of_materials(name: &str, packages: &[&str], component: &[u8]) -> Result<Value> {
    let mut linked = BTreeSet::new();
    for package in packages {
        linked.extend(linked_into(package)?);
    }
    let libraries: Vec<Value> = linked.iter().map(Linked::described).collect();
    Ok(json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": { "component": {
            "type": "application",
            "bom-ref": name,
            "name": name,
            "version": VERSION,
            "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            "hashes": [{ "alg": "SHA-256", "content": sha256(component) }],
        } },
        "components": libraries,
        "dependencies": [{ "ref": name, "dependsOn": linked.iter().map(Linked::url).collect::<Vec<_>>() }],
    }))
}

/// A crate that is linked into a component.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Linked {
    name: String,
    version: String,
    licence: String,
}

impl Linked {
    /// Reads a line of `cargo tree`: `name v1.2.3 (folder)|licence (*)`.
    fn read(line: &str) -> Option<Self> {
        let (package, licence) = line.split_once('|')?;
        let mut words = package.split(' ');
        let (name, version) = (words.next()?, words.next()?.strip_prefix('v')?);
        let licence = licence.trim_end_matches(" (*)").replace('/', " OR ");
        Some(Self { name: name.to_owned(), version: version.to_owned(), licence })
    }

    /// Its package URL.
    fn url(&self) -> String {
        format!("pkg:cargo/{}@{}", self.name, self.version.replace('+', "%2B"))
    }

    fn described(&self) -> Value {
        json!({
            "type": "library",
            "bom-ref": self.url(),
            "name": self.name,
            "version": self.version,
            "licenses": [{ "expression": self.licence }],
            "purl": self.url(),
        })
    }
}

/// The crates that are linked into a package's build for WebAssembly; those that run at build time are not.
fn linked_into(package: &str) -> Result<BTreeSet<Linked>> {
    let target = components::target_of(package).context("not a package that is shipped")?;
    let arguments = ["tree", "--locked", "--package", package, "--target", target];
    let format = ["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}|{l}"];
    let tree = output_of("cargo", &[&arguments[..], &format[..]].concat())?;
    Ok(tree.lines().filter_map(Linked::read).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_cargo_tree_become_packages() {
        let linked = Linked::read("wasip3 v0.10.0+wasi-0.3.2|Apache-2.0/MIT (*)").unwrap();
        assert_eq!(linked.url(), "pkg:cargo/wasip3@0.10.0%2Bwasi-0.3.2");
        assert_eq!(linked.licence, "Apache-2.0 OR MIT");
        assert_eq!(Linked::read("tintype v0.1.0 (/a b/c)|MIT").unwrap().version, "0.1.0");
        assert_eq!(Linked::read(""), None);
    }

    #[test]
    fn sums_are_those_of_sha256sum() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }

    #[test]
    fn every_component_that_is_built_is_released() {
        let released: BTreeSet<&str> = RELEASED.iter().map(|(name, _)| *name).collect();
        for file in components::files() {
            assert!(released.contains(file.trim_end_matches(".wasm")), "{file} is not released");
        }
    }
}
