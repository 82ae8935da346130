//! What holds for the built components: one program, so that each is compiled once.

mod artifacts;
mod cli;
mod clients;
mod corpus;
mod examples;
mod fuel;
mod js_component;
mod linear;
mod memory;
mod middleware;
mod pictures;
mod readme;
mod release;
mod resizer;
mod serve;
mod service;
mod service_cases;
mod service_p3;
mod simd;
mod spin;
mod spin_thumbnails;
mod static_site;
mod vectors;
mod wac_gate;
mod work;

use std::fs;
use std::path::Path;

use harness::dist::root;

#[test]
fn every_file_of_tests_is_part_of_this_program() {
    let modules = modules();
    for file in names(&root().join("host-tests/tests/all")) {
        let name = file.trim_end_matches(".rs");
        assert!(
            name == "main" || modules.contains(&name),
            "add `mod {name};` to host-tests/tests/all/main.rs"
        );
    }
}

#[test]
fn every_component_and_example_has_a_suite() {
    let modules = modules();
    for folder in ["components", "examples"] {
        let folder = root().join(folder);
        for name in names(&folder).iter().filter(|name| is_component(&folder.join(name))) {
            let module = name.replace('-', "_");
            assert!(
                modules.contains(&&*module),
                "{name} has no host test: add host-tests/tests/all/{module}.rs"
            );
        }
    }
}

/// Whether the package in this folder builds a component, and not a library that components share.
fn is_component(package: &Path) -> bool {
    fs::read_to_string(package.join("Cargo.toml")).is_ok_and(|manifest| manifest.contains("cdylib"))
}

/// The modules that this file declares.
fn modules() -> Vec<&'static str> {
    let lines = include_str!("main.rs").lines();
    lines.filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect()
}

/// The names of what is in a folder; none if it does not exist.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}
