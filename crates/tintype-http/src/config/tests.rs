//! What an environment makes of the configuration.

use super::*;

fn read(pairs: &[(&str, &str)]) -> Result<Config, Failure> {
    Config::read(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())))
}

#[test]
fn every_variable_is_optional() {
    let config = read(&[]).unwrap();
    assert_eq!(config.limits.source_bytes, 50 << 20);
    assert_eq!(config.timeouts.total, Duration::from_secs(15));
    assert_eq!(config.sources.policy.to_string(), "");
    assert_eq!(config.show().0.len(), VARIABLES.len());
}

#[test]
fn values_are_read_in_their_units() {
    let config = read(&[
        ("TINTYPE_MAX_SOURCE_BYTES", "2MB"),
        ("TINTYPE_TIMEOUT_CONNECT", "250ms"),
        ("TINTYPE_TIMEOUT_TOTAL", "2"),
        ("TINTYPE_MAX_REDIRECTS", "0"),
        ("TINTYPE_SOURCES", "https://a.example, *.b.example"),
        ("TINTYPE_MAX_MEMORY", ""),
        ("TINTYPE_SERVICE_HOST", "what Kubernetes sets for a service named tintype"),
    ])
    .unwrap();
    assert_eq!(config.limits.source_bytes, 2_000_000);
    assert_eq!(config.timeouts.connect, Duration::from_millis(250));
    assert_eq!(config.timeouts.total, Duration::from_secs(2));
    assert_eq!(config.max_redirects, 0);
    assert_eq!(config.sources.policy.to_string(), "https://a.example,*.b.example");
    assert_eq!(config.limits.memory, 128 << 20);
}

#[test]
fn a_value_that_cannot_be_read_names_its_variable_and_is_not_repeated() {
    for (name, value) in [
        ("TINTYPE_MAX_SOURCE_BYTES", "lots"),
        ("TINTYPE_MAX_SOURCE_BYTES", "-1"),
        ("TINTYPE_MAX_SOURCE_PIXELS", "1e9"),
        ("TINTYPE_TIMEOUT_TOTAL", "soon"),
        ("TINTYPE_TIMEOUT_TOTAL", "99999999999999999999s"),
        ("TINTYPE_SOURCES", "ftp://a.example"),
        ("TINTYPE_MAX_REDIRECTS", "4294967296"),
        ("TINTYPE_KEY", "xyz"),
        ("TINTYPE_KEY", "abc"),
        ("TINTYPE_SALT", "abcd"),
        ("TINTYPE_SIGNATURE_SIZE", "33"),
        ("TINTYPE_BASE_URL", "ftp://a.example/"),
        ("TINTYPE_ALIAS_x", "nonsense"),
        ("TINTYPE_ALIAS_HTTP", "https://a.example.com/"),
        ("TINTYPE_ALLOW_UNSIGNED", "maybe"),
        ("TINTYPE_TTL_MIN", "366d"),
        ("TINTYPE_PREFIX", "img"),
    ] {
        let failure = read(&[(name, value)]).unwrap_err();
        assert_eq!(failure.kind(), Kind::Configuration);
        assert!(failure.message().contains(name), "{failure:?}");
        assert!(!format!("{failure:?}").contains(value), "{failure:?}");
    }
}

#[test]
fn shown_values_can_be_read_again() {
    let config = read(&[("TINTYPE_TIMEOUT_CONNECT", "1500ms")]).unwrap();
    let secrets = ["TINTYPE_KEY", "TINTYPE_SALT", "TINTYPE_WSRV_SECRET", "TINTYPE_TRUSTED_SIGNATURES"];
    let secret = |name: &str| secrets.contains(&name);
    let shown: Vec<_> = config
        .show()
        .0
        .into_iter()
        .filter(|shown| !secret(&shown.name))
        .map(|shown| (shown.name, shown.value))
        .collect();
    assert_eq!(Config::read(shown).unwrap().show(), config.show());
}

#[test]
fn secrets_are_never_shown() {
    let config = read(&[
        ("TINTYPE_KEY", "736563726574"),
        ("TINTYPE_SALT", "68656C6C6F"),
        ("TINTYPE_WSRV_SECRET", "736563726574"),
        ("TINTYPE_TRUSTED_SIGNATURES", "let-me-in"),
    ])
    .unwrap();
    assert_eq!(
        (config.keys.keys[0].expose(), config.keys.salts[0].expose()),
        (&b"secret".to_vec(), &b"hello".to_vec())
    );
    for Shown { name, value, .. } in config.show().0 {
        let secret = ["7365", "6865", "let-me"].iter().any(|secret| value.to_lowercase().contains(secret));
        assert!(!secret, "{name}={value}");
    }
}

#[test]
fn named_folders_are_allowed_sources() {
    let config = read(&[
        ("TINTYPE_BASE_URL", "http://127.0.0.1:8080/a/"),
        ("TINTYPE_ALIAS_Photos", "https://photos.example/b/"),
        ("TINTYPE_PRESET_thumb", "rs:fill:100:100"),
    ])
    .unwrap();
    assert_eq!(config.sources.aliases[0].0, "photos");
    assert_eq!(config.presets["thumb"], "rs:fill:100:100");
    let allowed = |url: &str| config.sources.policy.check(&url.parse().unwrap()).is_ok();
    assert!(allowed("http://127.0.0.1:8080/a/b.jpg") && allowed("https://photos.example/b/c.jpg"));
    assert!(!allowed("http://127.0.0.1:8080/b.jpg") && !allowed("https://photos.example/c.jpg"));
}

#[test]
fn the_configuration_is_listed_as_json_in_its_order() {
    let listing = serde_json::to_string(&read(&[("TINTYPE_PRESET_thumb", "w:8")]).unwrap().show()).unwrap();
    let bytes = r#""TINTYPE_MAX_SOURCE_BYTES":{"value":"52428800","type":"bytes","default":"50MiB","meaning":"Bytes of"#;
    assert!(
        listing.starts_with(r#"{"TINTYPE_SOURCES":{"value":"","#) && listing.contains(bytes),
        "{listing}"
    );
    let last = r#","TINTYPE_PRESET_thumb":{"value":"w:8","type":"text","default":"","meaning":""}}"#;
    assert!(listing.ends_with(last), "{listing}");
}
