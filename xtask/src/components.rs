//! Builds the components and composes them.
//!
//! The same sources give the same bytes on every machine: paths that differ between machines are mapped to fixed ones,
//! and nothing of the surroundings enters the files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wac_graph::{CompositionGraph, EncodeOptions, plug, types::Package};
use wasm_encoder::{ComponentSection, ComponentSectionId, RawSection};
use wasm_opt::{Feature, OptimizationOptions, Pass};
use wasmparser::{BinaryReader, Parser};
use wit_component::ComponentEncoder;

use crate::cargo::{self, progress, root};
use crate::size::{grouped, gzipped};

/// Core modules that tests run.
const GUESTS: &[&str] = &["simd-guard"];

/// Makes `dist/resizer.wasm`, `dist/service.wasm` and `dist/tintype.wasm`, and prints their sizes. Beside them,
/// `dist/guests/` gets what tests run.
pub fn build() -> Result<()> {
    let dist = root()?.join("dist");
    let guests = dist.join("guests");
    fs::create_dir_all(&guests).with_context(|| format!("could not make {}", guests.display()))?;

    progress("building dist/resizer.wasm");
    let resizer = compile("tintype-resizer", "wasm32-unknown-unknown")?;
    let resizer = componentize(&optimize(&resizer, &mut OptimizationOptions::new_optimize_for_size())?)?;
    progress("building dist/service.wasm");
    // Built for no system, too: its imports come from its own bindings, and without a C library it is 40 KB smaller.
    let service = compile("tintype-service", "wasm32-unknown-unknown")?;
    let mut smallest = OptimizationOptions::new_optimize_for_size_aggressively();
    // What is used most, constants and functions, gets the numbers that are shortest to write.
    smallest.add_pass(Pass::ConstHoisting).add_pass(Pass::ReorderFunctions).set_converge();
    let service = componentize(&optimize(&service, &mut smallest)?)?;
    progress("composing dist/tintype.wasm");
    let tintype = compose(&service, &resizer)?;

    for guest in GUESTS {
        let path = guests.join(format!("{guest}.wasm"));
        fs::copy(compile(guest, "wasm32-unknown-unknown")?, path).context("could not copy a guest")?;
    }
    let files = [("resizer.wasm", resizer), ("service.wasm", service), ("tintype.wasm", tintype)];
    for (name, bytes) in files {
        let path = dist.join(name);
        fs::write(&path, &bytes).with_context(|| format!("could not write {}", path.display()))?;
        let (plain, packed) = (grouped(bytes.len()), grouped(gzipped(&bytes)?));
        eprintln!("    dist/{name:<13} {plain:>10} bytes {packed:>10} bytes gzip -9");
    }
    Ok(())
}

/// The release build of a package's cdylib.
fn compile(package: &str, target: &str) -> Result<PathBuf> {
    let flags = serde_json::to_string(&path_mappings()?)?;
    let mut command = cargo::command(["build", "--release", "--package", package, "--target", target]);
    command.arg("--config").arg(format!("target.{target}.rustflags={flags}"));
    // Flags in the environment would take the place of the project's own, simd128 among them.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo::artifact(&mut command, &package.replace('-', "_"), ".wasm")
}

/// A core module that does the same in fewer bytes: LLVM leaves WebAssembly's own waste, such as locals that hold the
/// same value, to Binaryen.
fn optimize(module: &Path, options: &mut OptimizationOptions) -> Result<Vec<u8>> {
    // What rustc uses by default, and simd128. What is not named here, the optimised module cannot use.
    for feature in [
        Feature::BulkMemory,
        Feature::Multivalue,
        Feature::MutableGlobals,
        Feature::ReferenceTypes,
        Feature::SignExt,
        Feature::Simd,
        Feature::TruncSat,
    ] {
        options.enable_feature(feature);
    }
    let file = module.with_extension("opt.wasm");
    options.run(module, &file).with_context(|| format!("could not optimise {}", module.display()))?;
    fs::read(&file).with_context(|| format!("could not read {}", file.display()))
}

/// Compiler flags that give the sources of dependencies and of `std`, which panic messages name, the same path everywhere.
fn path_mappings() -> Result<Vec<String>> {
    let cargo_home = match std::env::var_os("CARGO_HOME") {
        Some(home) => PathBuf::from(home),
        None => std::env::home_dir().context("there is no home directory: set CARGO_HOME")?.join(".cargo"),
    };
    let sysroot = cargo::output_of("rustc", &["--print", "sysroot"])?;
    let version = cargo::output_of("rustc", &["--version", "--verbose"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let map = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    Ok(vec![
        map(&cargo_home.join("registry/src"), "/cargo"),
        map(&Path::new(&sysroot).join("lib/rustlib/src/rust"), &format!("/rustc/{commit}")),
    ])
}

/// A component with a core module's own imports and no others: for the resizer, none.
fn componentize(module: &[u8]) -> Result<Vec<u8>> {
    stripped(&ComponentEncoder::default().module(module)?.validate(true).encode()?)
}

/// A component, or a module in one, without custom sections: the names of its parts and of the tools that made it, kilobytes
/// that only a debugger would read.
fn stripped(binary: &[u8]) -> Result<Vec<u8>> {
    const PREAMBLE: usize = 8;
    const CUSTOM: u8 = 0;
    // In a component. A module has its types and its tables under these numbers.
    const NESTED: [u8; 2] = [ComponentSectionId::CoreModule as u8, ComponentSectionId::Component as u8];
    let mut reader = BinaryReader::new(binary, 0);
    let mut out = reader.read_bytes(PREAMBLE)?.to_vec();
    let component = Parser::is_component(&out);
    while !reader.eof() {
        let id = reader.read_u8()?;
        let size = reader.read_var_u32()?;
        let data = reader.read_bytes(size.try_into()?)?;
        if component && NESTED.contains(&id) {
            RawSection { id, data: &stripped(data)? }.append_to_component(&mut out);
        } else if id != CUSTOM {
            RawSection { id, data }.append_to_component(&mut out);
        }
    }
    Ok(out)
}

/// `service` with what it imports of `resizer` plugged in, as `wac plug service.wasm --plug resizer.wasm` does.
fn compose(service: &[u8], resizer: &[u8]) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, bytes: &[u8]| {
        let package = Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut())?;
        Ok::<_, anyhow::Error>(graph.register_package(package)?)
    };
    let socket = register("tintype:service", service)?;
    let plugs = vec![register("tintype:resizer", resizer)?];
    plug(&mut graph, plugs, socket).map_err(|error| anyhow!("could not compose: {error}"))?;
    stripped(&graph.encode(EncodeOptions::default())?)
}
