//! `spin.toml` sets variables: each must be one that the service reads.

use tintype_http::config::VARIABLES;

#[test]
fn every_variable_of_the_spin_manifest_is_one_that_the_service_reads() {
    let manifest = include_str!("../../../spin.toml");
    let words = manifest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    let mut names = words.filter(|word| word.starts_with("TINTYPE_")).peekable();
    assert!(names.peek().is_some(), "spin.toml sets no variable");
    for name in names {
        assert!(VARIABLES.iter().any(|variable| variable.name == name), "the service does not read {name}");
    }
}
