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
    assert_eq!(config.show().0.len(), VARIABLES.len() + TELEMETRY.len());
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
        ("TINTYPE_ALIAS_S3", "https://a.example.com/"),
        ("TINTYPE_HEADERS_nobody", "Authorization: x"),
        ("TINTYPE_S3_STYLE", "cubist"),
        ("TINTYPE_S3_ENDPOINT", "s4://a.example.com"),
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
    let secret = |name: &str| {
        VARIABLES
            .iter()
            .chain(TELEMETRY)
            .any(|variable| variable.name == name && variable.kind.starts_with("secret"))
    };
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
    assert_eq!(config.sources.aliases[0].name, "photos");
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

#[test]
fn an_alias_has_headers_and_a_store_of_its_own() {
    let config = read(&[
        ("TINTYPE_S3_ACCESS_KEY_ID", "main"),
        ("TINTYPE_S3_SECRET_ACCESS_KEY", "swordfish"),
        ("TINTYPE_S3_SESSION_TOKEN", "swordfish-token"),
        ("TINTYPE_ALIAS_eu", "s3://photos/"),
        ("TINTYPE_S3_REGION_EU", "eu-central-1"),
        ("TINTYPE_ALIAS_r2", "s3://photos/2026/"),
        ("TINTYPE_S3_ENDPOINT_R2", "https://r2.example.com"),
        ("TINTYPE_ALIAS_other", "s3://photos/"),
        ("TINTYPE_S3_ACCESS_KEY_ID_other", "other"),
        ("TINTYPE_S3_SECRET_ACCESS_KEY_other", "swordfish-other"),
        ("TINTYPE_ALIAS_dav", "https://dav.example.com/"),
        ("TINTYPE_HEADERS_DAV", "Authorization: Bearer swordfish"),
    ])
    .unwrap();
    let alias = |name: &str| config.sources.alias(name).unwrap();
    let store = |name: &str| alias(name).store.clone().unwrap();
    assert_eq!((store("eu").region.as_str(), store("eu").key_id.as_str()), ("eu-central-1", "main"));
    assert_eq!(store("eu").secret.unwrap().expose(), "swordfish");
    assert!(store("eu").token.is_some());
    // Credentials do not follow to another endpoint, nor a token to another key.
    assert_eq!((store("r2").secret, store("r2").token), (None, None));
    assert_eq!(
        (store("other").secret.unwrap().expose().as_str(), store("other").token),
        ("swordfish-other", None)
    );
    assert_eq!((alias("dav").headers.len(), alias("dav").store.is_none()), (1, true));
    let shown = format!("{config:?} {:?} {}", config.show(), serde_json::to_string(&config.show()).unwrap());
    assert!(!shown.contains("swordfish"), "{shown}");
    assert!(shown.contains("TINTYPE_S3_ENDPOINT_r2") && shown.contains("TINTYPE_HEADERS_dav"), "{shown}");
    let failure = read(&[("TINTYPE_ALIAS_a", "s3://b/"), ("TINTYPE_HEADERS_a", "x: swordfish")]).unwrap_err();
    assert!(!failure.to_string().contains("swordfish") && failure.to_string().contains("TINTYPE_HEADERS_a"));
}
