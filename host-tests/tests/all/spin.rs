//! `spin.toml` says what `spin up` serves: everything in it must exist and fit the component.

use std::collections::BTreeSet;

use host_tests::client::Server;
use host_tests::pictures::photograph;
use host_tests::{Service, dist};
use tintype_service::config::VARIABLES;
use toml::Value;

use crate::service::picture_of;

fn manifest() -> Value {
    let text = std::fs::read_to_string(dist::root().join("spin.toml")).expect("spin.toml");
    toml::from_str(&text).expect("spin.toml is TOML")
}

/// The component that the trigger names.
fn component(manifest: &Value) -> &Value {
    let [trigger] = manifest["trigger"]["http"].as_array().unwrap().as_slice() else { panic!("one trigger") };
    assert_eq!(trigger["route"].as_str(), Some("/..."), "the component routes by itself");
    &manifest["component"][trigger["component"].as_str().unwrap()]
}

fn environment(component: &Value) -> Vec<(&str, &str)> {
    let variables = component["environment"].as_table().unwrap();
    variables.iter().map(|(name, value)| (name.as_str(), value.as_str().unwrap())).collect()
}

#[test]
fn every_path_in_the_manifest_resolves() {
    let manifest = manifest();
    assert_eq!(manifest["spin_manifest_version"].as_integer(), Some(2));
    assert_eq!(manifest["application"]["version"].as_str(), Some(env!("CARGO_PKG_VERSION")));
    let component = component(&manifest);
    assert!(dist::path("tintype.wasm").ends_with(component["source"].as_str().unwrap()));
    let build = &component["build"];
    let command = build["command"].as_str().unwrap();
    assert_eq!(command, "./x build");
    assert!(dist::root().join("x").is_file());
    for pattern in build["watch"].as_array().unwrap() {
        let pattern = pattern.as_str().unwrap();
        let fixed = pattern.split_once('*').map_or(pattern, |(folder, _)| folder);
        assert!(dist::root().join(fixed).exists(), "{pattern} matches nothing");
    }
}

#[test]
fn the_environment_is_one_that_the_service_reads() {
    let manifest = manifest();
    for (name, _) in environment(component(&manifest)) {
        assert!(VARIABLES.iter().any(|variable| variable.name == name), "the service does not read {name}");
    }
}

#[test]
fn spin_lets_the_service_reach_what_the_service_allows() {
    let manifest = manifest();
    let component = component(&manifest);
    let hosts = component["allowed_outbound_hosts"].as_array().unwrap();
    let hosts: BTreeSet<&str> = hosts.iter().map(|host| host.as_str().unwrap()).collect();
    let environment = environment(component);
    let sources = environment.iter().find(|(name, _)| *name == "TINTYPE_SOURCES").unwrap().1;
    let sources: BTreeSet<&str> =
        sources.split(',').map(str::trim).filter(|source| !source.is_empty()).collect();
    assert_eq!(hosts, sources);
}

#[test]
fn what_the_manifest_names_makes_renditions() {
    let manifest = manifest();
    let variables = environment(component(&manifest));
    let service = variables.iter().fold(Service::new(), |service, (name, value)| service.env(name, value));
    assert_eq!(service.get("/healthz").status, 200);
    picture_of(&service.post("/?width=80", &photograph(160, 120).jpeg()), "image/webp", 80, 60);
}
