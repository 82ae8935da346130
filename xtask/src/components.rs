//! Builds the components and composes them.
//!
//! The same sources give the same bytes on every machine: paths that differ between machines are mapped to fixed ones,
//! and nothing of the surroundings enters the files.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use wac_graph::{CompositionGraph, EncodeOptions, plug, types::Package};
use wasm_encoder::{ComponentSection, ComponentSectionId, RawSection};
use wasmparser::{BinaryReader, Parser};
use wit_component::ComponentEncoder;

use crate::cargo::{self, root};
use crate::documentation;
use crate::size::{grouped, gzipped};
use crate::steps::Steps;

/// A package that becomes a file in `dist/`.
pub(crate) struct Component {
    package: &'static str,
    /// The name of its library or program.
    artifact: &'static str,
    /// What it is built for. For wasm32-wasip2, rustc makes a component; elsewhere, the module that it makes becomes one
    /// here.
    target: &'static str,
    file: &'static str,
    /// The most that a function may cost, by LLVM's measure, to be inlined. Given, it counts for what is optimised for size,
    /// too.
    inlining: Option<u32>,
    role: Role,
}

/// What a component is.
enum Role {
    /// The resizer, which comes first, and gets the contract's documentation.
    Resizer,
    /// One that needs the resizer; this file holds both.
    Service(&'static str),
    /// One that stands alone.
    Program,
}

/// The resizer alone.
pub(crate) const RESIZER: Component = Component {
    package: "tintype-resizer",
    artifact: "tintype_resizer",
    target: "wasm32-unknown-unknown",
    file: "resizer.wasm",
    // 12 kB less when compressed, for 3% more instructions at most; lower values cost more.
    inlining: Some(150),
    role: Role::Resizer,
};

const SERVICE: Component = Component {
    package: "tintype-service",
    artifact: "tintype_service",
    target: "wasm32-wasip2",
    file: "service.wasm",
    inlining: None,
    role: Role::Service("tintype.wasm"),
};

const SERVICE_P3: Component = Component {
    package: "tintype-service-p3",
    artifact: "tintype_service_p3",
    target: "wasm32-wasip2",
    file: "service-p3.wasm",
    inlining: None,
    role: Role::Service("tintype-p3.wasm"),
};

const MIDDLEWARE: Component = Component {
    package: "tintype-middleware",
    artifact: "tintype_middleware",
    target: "wasm32-wasip2",
    file: "middleware.wasm",
    inlining: None,
    role: Role::Service("tintype-middleware.wasm"),
};

const CLI: Component = Component {
    package: "tintype-cli",
    artifact: "tintype",
    target: "wasm32-wasip2",
    file: "tintype-cli.wasm",
    inlining: None,
    role: Role::Program,
};

/// Everything that is shipped. The resizer comes first, because the others are composed with it.
pub(crate) const SHIPPED: &[Component] = &[RESIZER, SERVICE, SERVICE_P3, MIDDLEWARE, CLI];

/// What `./x serve` serves, and what that is made of.
pub(crate) const SERVED: &[Component] = &[RESIZER, SERVICE];

/// Modules and components that only tests run, in `dist/guests/`, and what they are built for.
const GUESTS: &[(&str, &str)] = &[("simd-guard", "wasm32-unknown-unknown"), ("site", "wasm32-wasip2")];

/// What a package that is shipped is built for.
pub(crate) fn target_of(package: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|component| component.package == package).map(|component| component.target)
}

/// The names of all components in `dist/`.
#[cfg(test)]
pub(crate) fn files() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().flat_map(|component| match component.role {
        Role::Service(composition) => vec![component.file, composition],
        Role::Resizer | Role::Program => vec![component.file],
    })
}

/// Makes the files of these components in `dist/`, in one step each, and prints their sizes.
pub(crate) fn build(components: &[Component], steps: &mut Steps) -> Result<()> {
    let dist = root()?.join("dist");
    fs::create_dir_all(&dist).with_context(|| format!("could not make {}", dist.display()))?;
    let mut resizer = Vec::new();
    for component in components {
        steps.next(&match component.role {
            Role::Service(composition) => format!("building dist/{} and dist/{composition}", component.file),
            Role::Resizer | Role::Program => format!("building dist/{}", component.file),
        });
        let module = compile(component.package, component.artifact, component.target, component.inlining)?;
        let bytes = fs::read(&module).with_context(|| format!("could not read {}", module.display()))?;
        let bytes = componentized(&bytes)?;
        match component.role {
            Role::Service(composition) => {
                save(&dist, component.file, &bytes)?;
                save(&dist, composition, &composed(&bytes, &resizer)?)?;
            }
            Role::Resizer => {
                save(&dist, component.file, &documentation::documented(&bytes)?)?;
                resizer = bytes;
            }
            Role::Program => save(&dist, component.file, &bytes)?,
        }
    }
    save(&dist, "wit.wasm", &documentation::package()?)
}

/// Makes the files in `dist/guests/`, one of which is the middleware in front of a site.
pub(crate) fn build_guests() -> Result<()> {
    let guests = root()?.join("dist/guests");
    fs::create_dir_all(&guests).with_context(|| format!("could not make {}", guests.display()))?;
    for (guest, target) in GUESTS {
        let module = compile(guest, &guest.replace('-', "_"), target, None)?;
        fs::copy(module, guests.join(format!("{guest}.wasm"))).context("could not copy a guest")?;
    }
    let read = |file: PathBuf| fs::read(&file).with_context(|| format!("could not read {}", file.display()));
    let middleware = read(guests.with_file_name("tintype-middleware.wasm"))?;
    let in_front = composed(&middleware, &read(guests.join("site.wasm"))?)?;
    fs::write(guests.join("in-front.wasm"), in_front).context("could not write a composition")
}

/// The release build of a package's cdylib or program.
fn compile(package: &str, artifact: &str, target: &str, inlining: Option<u32>) -> Result<PathBuf> {
    let mut flags = compiler_flags()?;
    flags.extend(inlining.map(|threshold| format!("-Cllvm-args=-inline-threshold={threshold}")));
    let flags = serde_json::to_string(&flags)?;
    let mut command = cargo::command(["build", "--release", "--package", package, "--target", target]);
    command.arg("--config").arg(format!("target.{target}.rustflags={flags}"));
    // Flags in the environment would take the place of the project's own, simd128 among them.
    command.env_remove("RUSTFLAGS").env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo::artifact(&mut command, artifact, ".wasm")
}

/// Compiler flags for what is shipped: they give the sources of dependencies and of `std`, which panic messages name, the same
/// path everywhere, and make the file small.
fn compiler_flags() -> Result<Vec<String>> {
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
        // The linker pads the numbers that it fills in unless it is told not to.
        "-Clink-arg=--compress-relocations".to_owned(),
    ])
}

/// A component without custom sections. Of a core module it is made with the module's own imports and no others: for the
/// resizer, none.
fn componentized(binary: &[u8]) -> Result<Vec<u8>> {
    if Parser::is_component(binary) {
        return stripped(binary);
    }
    stripped(&ComponentEncoder::default().module(binary)?.validate(true).encode()?)
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

/// `socket` with its imports plugged into what `provider` exports, as `wac plug socket.wasm --plug provider.wasm` does.
fn composed(socket: &[u8], provider: &[u8]) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, bytes: &[u8]| {
        let package = Package::from_bytes(name, None, bytes.to_vec(), graph.types_mut())?;
        Ok::<_, anyhow::Error>(graph.register_package(package)?)
    };
    let socket = register("tintype:socket", socket)?;
    let plugs = vec![register("tintype:plug", provider)?];
    plug(&mut graph, plugs, socket).map_err(|error| anyhow!("could not compose: {error}"))?;
    stripped(&graph.encode(EncodeOptions::default())?)
}

/// Puts a file into `dist/` and prints its size. It appears complete or not at all, also to a program that reads the one
/// before it.
fn save(dist: &Path, name: &str, bytes: &[u8]) -> Result<()> {
    let (path, draft) = (dist.join(name), dist.join(format!("{name}.new")));
    fs::write(&draft, bytes)
        .and_then(|()| fs::rename(&draft, &path))
        .with_context(|| format!("could not write {}", path.display()))?;
    let (plain, packed) = (grouped(bytes.len()), grouped(gzipped(bytes)?));
    eprintln!("    dist/{name:<23} {plain:>10} bytes {packed:>10} bytes gzip -9");
    Ok(())
}
