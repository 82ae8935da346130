//! What holds for the built components: one program, so that each is compiled once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]
// Tests fail by panicking, also in functions that several of them share.

/// Declares the modules, and lists them for the test that no component goes untested.
macro_rules! suites {
    ($($name:ident)*) => {
        $(mod $name;)*
        const SUITES: &[&str] = &[$(stringify!($name)),*];
    };
}

suites! { artifacts clients corpus fuel pictures resizer serve service service_cases simd spin }

#[test]
fn every_component_and_example_has_a_suite() {
    for folder in ["components", "examples"] {
        let Ok(entries) = std::fs::read_dir(host_tests::dist::root().join(folder)) else { continue };
        for entry in entries.map(Result::unwrap).filter(|entry| entry.path().is_dir()) {
            let name = entry.file_name().into_string().unwrap().replace('-', "_");
            assert!(
                SUITES.contains(&name.as_str()),
                "{folder}/{name} has no host test: add host-tests/tests/all/{name}.rs"
            );
        }
    }
}
