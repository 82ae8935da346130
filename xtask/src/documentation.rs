//! The documentation of the contract, in the forms in which it travels.
//!
//! A component holds the types of its interfaces without their comments. Tools read comments from a section named
//! `package-docs`; in a component, unlike in a WIT package, that section can document only the world.

use anyhow::{Context, Result, bail};
use wasm_encoder::{ComponentSection, CustomSection};
use wit_component::{DecodedWasm, WitPrinter};
use wit_parser::{Docs, PackageId, PackageMetadata, Resolve};

use crate::cargo::root;

/// The contract as a WIT package in binary form, with its documentation. Generators of bindings read it as they read `wit/`.
pub(crate) fn package() -> Result<Vec<u8>> {
    let (resolve, package) = contract()?;
    wit_component::encode(&resolve, package)
}

/// The component with the text of the contract as the documentation of its world, for `wasm-tools component wit` to
/// print.
pub(crate) fn documented(component: &[u8]) -> Result<Vec<u8>> {
    let DecodedWasm::Component(mut resolve, world) = wit_component::decode(component)? else {
        bail!("a WIT package is no component");
    };
    let world = resolve.worlds.get_mut(world).context("a component has a world")?;
    world.docs = Docs { contents: Some(text()?) };
    let package = world.package.context("a world is in a package")?;
    let data = PackageMetadata::extract(&resolve, package).encode()?;
    let mut documented = component.to_vec();
    CustomSection { name: PackageMetadata::SECTION_NAME.into(), data: data.into() }
        .append_to_component(&mut documented);
    wit_component::decode(&documented).context("tools cannot read the documented component")?;
    Ok(documented)
}

/// The contract as one text.
fn text() -> Result<String> {
    let (resolve, package) = contract()?;
    let mut printer = WitPrinter::default();
    printer.print(&resolve, package, &[])?;
    Ok(printer.output.to_string())
}

fn contract() -> Result<(Resolve, PackageId)> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root()?.join("wit"))?;
    Ok((resolve, package))
}
