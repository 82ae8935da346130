//! The vectors, made by the engine as it is built for this test: natively, or inside WebAssembly.

use std::collections::BTreeSet;

use conformance::{Outcome, RECORDED, check, file, outcomes, path, vectors};
use serde_json::Value;
use tintype_types::{Error, Options, Setting};

const RENEW: &str = "renew them: UPDATE_VECTORS=1 cargo test --package conformance";

fn make(source: &[u8], options: &Options) -> Result<Vec<u8>, Error> {
    tintype::resize(source, options).map(|rendition| rendition.image)
}

/// The name of this engine in the matrix.
fn engine() -> &'static str {
    match (cfg!(target_family = "wasm"), cfg!(target_feature = "simd128")) {
        (false, _) => "native",
        (true, true) => "WebAssembly with SIMD",
        (true, false) => "WebAssembly without SIMD",
    }
}

#[test]
fn renditions_are_those_that_are_recorded() {
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        std::fs::write(path(), file(&outcomes(&mut make))).unwrap();
        return;
    }
    check(engine(), make);
}

#[test]
fn sources_and_options_are_those_that_are_recorded() {
    if std::env::var_os("UPDATE_VECTORS").is_some() {
        return;
    }
    let outcomes = vec![Outcome::Error("none"); vectors().len()];
    let [mut written, mut recorded] =
        [&file(&outcomes), RECORDED].map(|text| serde_json::from_str::<Value>(text).unwrap());
    assert_eq!(written["sources"], recorded["sources"], "{RENEW}");
    for vector in
        [&mut written, &mut recorded].into_iter().flat_map(|file| file["vectors"].as_array_mut().unwrap())
    {
        vector.as_object_mut().unwrap().retain(|key, _| key == "source" || key == "options");
    }
    assert_eq!(written["vectors"], recorded["vectors"], "{RENEW}");
}

#[test]
fn every_option_of_the_contract_is_in_a_vector() {
    let used: BTreeSet<&str> =
        vectors().iter().flat_map(|vector| vector.options.settings()).map(|setting| setting.name()).collect();
    // A description makes no rendition.
    let is_missing = |name: &&str| !used.contains(name) && *name != "describe";
    let missing: Vec<&str> = Setting::NAMES.iter().copied().filter(is_missing).collect();
    assert_eq!(missing, [""; 0], "give each a vector in conformance/src/cases.rs");
}

#[test]
fn there_are_renditions_from_every_kind_of_source_and_few_are_alike() {
    let outcomes: Vec<String> = conformance::recorded().into_iter().map(|(_, outcome)| outcome).collect();
    let renditions: Vec<&String> = outcomes.iter().filter(|outcome| outcome.len() == 64).collect();
    let different: BTreeSet<&&String> = renditions.iter().collect();
    assert!(renditions.len() >= 500, "{}", renditions.len());
    assert!(different.len() >= 500, "{} of {}", different.len(), renditions.len());
}
