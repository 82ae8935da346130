//! The built resizer makes what `conformance/vectors.json` records.

use harness::Resizer;

#[test]
fn renditions_in_wasmtime_are_those_that_are_recorded() {
    let mut resizer = Resizer::new();
    conformance::check("wasmtime, Cranelift", |source, options| {
        resizer.resize(source, options).map(|rendition| rendition.image)
    });
}
