//! What the files in `dist/` promise by their size, imports and exports.

use std::io::Write as _;

use flate2::{Compression, write::GzEncoder};
use harness::dist;
use wasmparser::{Parser, Payload};

/// The composed component has at most this many bytes after `gzip -9`: it travels with every deployment, and edge platforms
/// allow 1 MB.
const MAX_GZIPPED: usize = 1_000_000;

/// Packages of WASI that the composed component may import. Neither files nor sockets are among them: the only way out
/// is `wasi:http`, which the host can watch.
const ALLOWED_IMPORTS: &[&str] = &["wasi:cli/", "wasi:clocks/", "wasi:http/", "wasi:io/", "wasi:random/"];

#[test]
fn the_resizer_imports_nothing_at_all() {
    let (imports, exports) = boundary("resizer.wasm");
    assert_eq!(imports, [""; 0]);
    let contract = ["tintype:image/inspect@0.2.0", "tintype:image/resize@0.2.0", "tintype:image/types@0.2.0"];
    assert_eq!(exports, contract);
}

#[test]
fn the_service_imports_the_resizer_and_the_composition_does_not() {
    let ours = |import: &&String| import.starts_with("tintype:");
    let (service, exports) = boundary("service.wasm");
    assert!(service.iter().any(|import| import == "tintype:image/resize@0.2.0"), "{service:?}");
    assert_eq!(exports.len(), 1, "{exports:?}");
    let (tintype, _) = boundary("tintype.wasm");
    assert_eq!(tintype.iter().find(ours), None);
}

#[test]
fn the_composition_reaches_neither_files_nor_sockets() {
    let (imports, exports) = boundary("tintype.wasm");
    for import in &imports {
        assert!(ALLOWED_IMPORTS.iter().any(|allowed| import.starts_with(allowed)), "{import} is imported");
    }
    let [export] = exports.as_slice() else { panic!("one export: {exports:?}") };
    assert!(export.starts_with("wasi:http/incoming-handler@0.2."), "{export}");
}

#[test]
fn the_composition_stays_small() {
    let bytes = dist::read("tintype.wasm");
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&bytes).unwrap();
    let gzipped = encoder.finish().unwrap().len();
    assert!(gzipped <= MAX_GZIPPED, "dist/tintype.wasm has {gzipped} bytes gzipped, of {MAX_GZIPPED}");
}

#[test]
fn the_resizer_has_its_documentation_with_it_and_the_composition_carries_none() {
    let docs = documentation("resizer.wasm");
    assert_eq!(docs.len(), 1, "tools read one");
    for text in ["Target width in pixels", "Makes a rendition of an image", "The reason why a call failed"] {
        assert!(docs.concat().contains(text), "{text}");
    }
    assert!(documentation("wit.wasm").concat().contains("Target width in pixels"));
    assert_eq!(documentation("tintype.wasm"), [""; 0]);
}

/// The sections of a component, and of what is in it, that document it.
fn documentation(name: &str) -> Vec<String> {
    let bytes = dist::read(name);
    let payloads = Parser::new(0).parse_all(&bytes).map(Result::unwrap);
    let sections = payloads.filter_map(|payload| match payload {
        Payload::CustomSection(section) if section.name() == "package-docs" => {
            Some(String::from_utf8_lossy(section.data()).into_owned())
        }
        _ => None,
    });
    sections.collect()
}

/// The names of a component's imports and exports, in order.
pub(crate) fn boundary(name: &str) -> (Vec<String>, Vec<String>) {
    let bytes = dist::read(name);
    let (mut imports, mut exports) = (Vec::new(), Vec::new());
    let mut depth = 0;
    for payload in Parser::new(0).parse_all(&bytes) {
        match payload.unwrap() {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 0 => {
                imports.extend(section.into_iter().map(|import| import.unwrap().name.name.to_owned()));
            }
            Payload::ComponentExportSection(section) if depth == 0 => {
                exports.extend(section.into_iter().map(|export| export.unwrap().name.name.to_owned()));
            }
            _ => {}
        }
    }
    exports.sort();
    (imports, exports)
}
