//! Configuration: environment variables `TINTYPE_…`, every one optional.
//!
//! The table below is the only list of them: the fields of [`Config`], their parsing, their defaults and what is told
//! about them are all made from it.

use core::time::Duration;

use crate::failure::{Failure, Kind};
use crate::grammar::imgproxy::Presets;
use crate::grammar::signature::Pair;
use crate::grammar::value;
use crate::prelude::*;
use crate::source::policy::{Pattern, Policy};
use crate::source::url::Url;
use crate::text;

/// A type that a variable can have.
trait Value {
    /// The type's name in the documentation.
    fn kind(&self) -> &'static str;
    /// Takes a value; the error says what is accepted.
    fn set(&mut self, text: &str) -> Result<(), String>;
    /// Writes the value as it may be shown to anybody: without secrets.
    fn show(&self) -> String;
}

/// What is known of one variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// `TINTYPE_…`
    pub name: &'static str,
    /// The value that holds when it is not set; empty for none.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// A variable with the value that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// `TINTYPE_…`
    pub name: String,
    /// The name of its type.
    pub kind: &'static str,
    /// The value, without secrets.
    pub value: String,
    /// The value that holds when it is not set; empty for none.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

macro_rules! variables {
    ($($(#[doc = $meaning:literal])+ $field:ident: $type:ty = $name:literal, $default:literal;)+) => {
        /// The configuration of the service.
        #[derive(Clone, Debug, Default)]
        pub struct Config {
            $($(#[doc = $meaning])+ pub $field: $type,)+
            /// Keys with their salts.
            pub pairs: Vec<Pair>,
            /// Base URLs of sources by the name before the colon: `TINTYPE_ALIAS_<name>`.
            pub aliases: Vec<(String, Url)>,
            /// Options of imgproxy's grammar by name: `TINTYPE_PRESET_<name>`.
            pub presets: Presets,
        }

        /// Every variable, in the order of the documentation.
        pub const VARIABLES: &[Variable] =
            &[$(Variable { name: $name, default: $default, meaning: concat!($($meaning),+) },)+];

        impl Config {
            /// The fields of all [`VARIABLES`], in their order.
            fn fields(&mut self) -> [&mut dyn Value; VARIABLES.len()] {
                [$(&mut self.$field,)+]
            }

            /// The same, to be read.
            fn values(&self) -> [&dyn Value; VARIABLES.len()] {
                [$(&self.$field,)+]
            }
        }
    };
}

variables! {
    /// Sources that may be fetched: `[scheme://]host[:port][/path]` with `*` in hosts, between commas.
    sources: Policy = "TINTYPE_SOURCES", "";
    /// Bytes of source that are accepted.
    source_bytes: Bytes = "TINTYPE_MAX_SOURCE_BYTES", "50MiB";
    /// Pixels of source that are accepted, width × height.
    source_pixels: u64 = "TINTYPE_MAX_SOURCE_PIXELS", "100000000";
    /// Longest side of a rendition in pixels.
    output_side: u32 = "TINTYPE_MAX_OUTPUT_SIDE", "8192";
    /// Pixels of a rendition, width × height.
    output_pixels: u64 = "TINTYPE_MAX_OUTPUT_PIXELS", "40000000";
    /// Memory that the work on one image is predicted to need at most.
    memory: Bytes = "TINTYPE_MAX_MEMORY", "128MiB";
    /// Bytes of a source URL.
    url_bytes: Bytes = "TINTYPE_MAX_URL_BYTES", "4096";
    /// The folder that relative source URLs begin in; what lies in it is an allowed source.
    base_url: Option<Url> = "TINTYPE_BASE_URL", "";
    /// An image that is answered where the source of another one fails, made with the same options.
    fallback_url: Option<Url> = "TINTYPE_FALLBACK_URL", "";
    /// Keys that sign URLs, in hexadecimal, between commas. With a key, URLs that are not signed are refused.
    keys: Secrets = "TINTYPE_KEY", "";
    /// Salts in hexadecimal, as many as keys.
    salts: Secrets = "TINTYPE_SALT", "";
    /// Bytes of a signature, 1 to 32.
    signature_size: u32 = "TINTYPE_SIGNATURE_SIZE", "32";
    /// Secrets in hexadecimal that sign `/wsrv/s/…` as nginx's `secure_link_md5` does, between commas.
    link_secrets: Secrets = "TINTYPE_WSRV_SECRET", "";
    /// Texts that are accepted in place of a signature, between commas.
    trusted_signatures: Words = "TINTYPE_TRUSTED_SIGNATURES", "";
    /// Accept URLs that are not signed although there is a key.
    allow_unsigned: bool = "TINTYPE_ALLOW_UNSIGNED", "0";
    /// How long an image may be cached where the origin does not say.
    ttl: Duration = "TINTYPE_TTL", "1d";
    /// Take over how long the origin lets its source be cached.
    ttl_from_origin: bool = "TINTYPE_TTL_FROM_ORIGIN", "1";
    /// The shortest time that is taken over from an origin.
    ttl_min: Duration = "TINTYPE_TTL_MIN", "0";
    /// The longest time that is taken over from an origin.
    ttl_max: Duration = "TINTYPE_TTL_MAX", "365d";
    /// How long a stale image may be shown while a new one is made; 0 for not at all.
    stale_while_revalidate: Duration = "TINTYPE_STALE_WHILE_REVALIDATE", "0";
    /// Trust an origin's strong `ETag` and its `Last-Modified`: a request can then be answered with 304 without a download.
    trust_origin_etag: bool = "TINTYPE_TRUST_ORIGIN_ETAG", "0";
    /// Origins of web pages whose scripts may read images: `*`, or a list between commas; empty for none.
    cors: Plain = "TINTYPE_CORS", "";
    /// Write a line of JSON to standard error for each request.
    log: bool = "TINTYPE_LOG", "1";
    /// Answer `GET /config`.
    debug: bool = "TINTYPE_DEBUG", "0";
    /// Redirects that are followed.
    redirects: u32 = "TINTYPE_MAX_REDIRECTS", "3";
    /// How long connecting to an origin may take.
    connect_timeout: Duration = "TINTYPE_TIMEOUT_CONNECT", "3s";
    /// How long an origin may take from the connection to its first byte.
    first_byte_timeout: Duration = "TINTYPE_TIMEOUT_FIRST_BYTE", "5s";
    /// How long an origin, or a client that sends an image, may pause.
    between_bytes_timeout: Duration = "TINTYPE_TIMEOUT_BETWEEN_BYTES", "5s";
    /// How long a request may take until its answer begins.
    total_timeout: Duration = "TINTYPE_TIMEOUT_TOTAL", "15s";
}

/// What the names of aliases begin with.
const ALIAS: &str = "TINTYPE_ALIAS_";

/// What the names of presets begin with.
const PRESET: &str = "TINTYPE_PRESET_";

/// The variables that begin with a prefix, by the lower-case rest of their names.
fn family(environment: &[(String, String)], prefix: &str) -> Vec<(String, String)> {
    let mut family = Vec::new();
    for (name, value) in environment {
        if let Some(rest) = name.strip_prefix(prefix) {
            family.push((text::lower(rest), value.clone()));
        }
    }
    family
}

impl Config {
    /// Reads the configuration from an environment. A value that cannot be read is a failure that names its variable: a
    /// limit that is misspelled must not fall back to none.
    pub fn read(environment: &[(String, String)]) -> Result<Config, Failure> {
        let mut config = Config::default();
        for (variable, field) in VARIABLES.iter().zip(config.fields()) {
            let mut text = variable.default;
            for (name, value) in environment {
                if name == variable.name && !value.is_empty() {
                    text = value.trim_ascii();
                }
            }
            field.set(text).map_err(|reason| broken(variable.name, reason))?;
        }
        config.presets = family(environment, PRESET);
        for (name, text) in &family(environment, ALIAS) {
            let url = read_url(text).map_err(|reason| broken(&text::concat(&[ALIAS, name]), reason))?;
            config.aliases.push((name.clone(), url));
        }
        config.complete()?;
        Ok(config)
    }

    /// Every variable with what is known of it and the value that holds, without secrets.
    pub fn show(&self) -> Vec<Shown> {
        let mut shown = Vec::new();
        for (variable, value) in VARIABLES.iter().zip(self.values()) {
            shown.push(Shown {
                name: variable.name.into(),
                kind: value.kind(),
                value: value.show(),
                default: variable.default,
                meaning: variable.meaning.trim_ascii(),
            });
        }
        let mut further = |prefix: &str, name: &str, kind: &'static str, value: String| {
            let name = text::concat(&[prefix, name]);
            shown.push(Shown { name, kind, value, default: "", meaning: "" });
        };
        for (name, url) in &self.aliases {
            further(ALIAS, name, "URL", url.text());
        }
        for (name, text) in &self.presets {
            further(PRESET, name, "text", text.clone());
        }
        shown
    }

    /// Whether URLs have to be signed.
    pub fn signed(&self) -> bool {
        let secret = !self.pairs.is_empty() || !self.link_secrets.0.is_empty();
        secret && !self.allow_unsigned
    }

    /// What several variables say together.
    fn complete(&mut self) -> Result<(), Failure> {
        if !(1..=32).contains(&self.signature_size) {
            return Err(broken("TINTYPE_SIGNATURE_SIZE", "expected 1 to 32".into()));
        }
        if self.ttl_min > self.ttl_max {
            return Err(broken("TINTYPE_TTL_MIN", "expected at most TINTYPE_TTL_MAX".into()));
        }
        let (keys, salts) = (&self.keys.0, &self.salts.0);
        if !salts.is_empty() && salts.len() != keys.len() {
            return Err(broken("TINTYPE_SALT", "expected as many salts as TINTYPE_KEY has keys".into()));
        }
        for (index, key) in keys.iter().enumerate() {
            let salt = salts.get(index).map_or(&[][..], Vec::as_slice);
            self.pairs.push((key.clone(), salt.to_vec()));
        }
        // What the operator has named is allowed without being listed again.
        if let Some(url) = &self.base_url {
            self.sources.0.push(Pattern::under(url));
        }
        for (_, url) in &self.aliases {
            self.sources.0.push(Pattern::under(url));
        }
        if let Some(url) = &self.fallback_url {
            self.sources.0.push(Pattern::exact(url));
        }
        Ok(())
    }
}

fn broken(name: &str, reason: String) -> Failure {
    // The value stays out of the answer: it may be a secret.
    let message = text::concat(&["the variable ", name, " cannot be read"]);
    Failure::new(Kind::Configuration, message).detail(reason)
}

/// Reads a whole number with one of these units behind it; the error says what is expected.
fn number(text: &str, units: &[(&str, u32)], most: u64, expected: &str) -> Result<u64, String> {
    let (digits, unit) = text::until(text, |b| !b.is_ascii_digit());
    for (name, size) in units {
        let size = u64::from(*size);
        if *name == unit.trim_ascii()
            && let Some(number) = value::integer(digits, 0, most.checked_div(size).unwrap_or_default())
        {
            return Ok(number * size);
        }
    }
    Err(text::concat(&["expected ", expected]))
}

/// What stands behind a number that has no unit.
const PLAIN: &[(&str, u32)] = &[("", 1)];

impl Value for u64 {
    fn kind(&self) -> &'static str {
        "number"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = number(text, PLAIN, u64::MAX, "a whole number in plain digits")?;
        Ok(())
    }

    fn show(&self) -> String {
        text::decimal(*self)
    }
}

impl Value for u32 {
    fn kind(&self) -> &'static str {
        "number"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = number(text, PLAIN, u32::MAX.into(), "a whole number up to 4294967295")? as u32;
        Ok(())
    }

    fn show(&self) -> String {
        text::decimal((*self).into())
    }
}

/// A number of bytes, written with or without a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl Bytes {
    /// The number as a length in memory.
    pub fn length(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Value for Bytes {
    fn kind(&self) -> &'static str {
        "bytes"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        const UNITS: &[(&str, u32)] = &[
            ("", 1),
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
            ("kB", 1_000),
            ("MB", 1_000_000),
            ("GB", 1_000_000_000),
        ];
        self.0 = number(text, UNITS, u64::MAX, "a number of bytes such as 1000, 64KiB or 50MiB")?;
        Ok(())
    }

    fn show(&self) -> String {
        text::decimal(self.0)
    }
}

impl Value for bool {
    fn kind(&self) -> &'static str {
        "switch"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = value::boolean(text).ok_or("expected 1, true, 0 or false")?;
        Ok(())
    }

    fn show(&self) -> String {
        text::decimal((*self).into())
    }
}

impl Value for Duration {
    fn kind(&self) -> &'static str {
        "duration"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        const UNITS: &[(&str, u32)] =
            &[("", 1000), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
        const TEN_YEARS: u64 = 10 * 365 * 86_400_000;
        let expected = "a duration such as 500ms, 5s, 10m, 12h or 30d";
        *self = Duration::from_millis(number(text, UNITS, TEN_YEARS, expected)?);
        Ok(())
    }

    fn show(&self) -> String {
        match self.subsec_millis() {
            0 => text::concat(&[&text::decimal(self.as_secs()), "s"]),
            millis => text::concat(&[&text::decimal(self.as_secs() * 1000 + u64::from(millis)), "ms"]),
        }
    }
}

impl Value for Option<Url> {
    fn kind(&self) -> &'static str {
        "URL"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = if text.is_empty() { None } else { Some(read_url(text)?) };
        Ok(())
    }

    fn show(&self) -> String {
        self.as_ref().map(Url::text).unwrap_or_default()
    }
}

fn read_url(text: &str) -> Result<Url, String> {
    // The message holds the URL, which may hold a secret.
    Url::parse(text, 4096).map_err(|failure| failure.detail.clone().unwrap_or_default())
}

/// The words between commas.
pub fn words(text: &str) -> Vec<&str> {
    text::words(text, |b| b == b',')
}

/// Bytes that nobody is to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(pub Vec<Vec<u8>>);

impl Value for Secrets {
    fn kind(&self) -> &'static str {
        "secrets in hexadecimal"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        for word in &words(text) {
            let secret = hexadecimal(word);
            self.0.push(secret.ok_or("expected pairs of hexadecimal digits, and commas between secrets")?);
        }
        Ok(())
    }

    fn show(&self) -> String {
        hidden(self.0.len())
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (digits, after) = rest.split_at_checked(2)?;
        bytes.push(text::number(digits, 16)? as u8);
        rest = after;
    }
    Some(bytes)
}

/// How many secrets there are.
fn hidden(count: usize) -> String {
    text::concat(&["(", &text::decimal(count as u64), ")"])
}

/// Words that nobody is to see, between commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

impl Value for Words {
    fn kind(&self) -> &'static str {
        "secrets"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        for word in &words(text) {
            self.0.push((*word).to_owned());
        }
        Ok(())
    }

    fn show(&self) -> String {
        hidden(self.0.len())
    }
}

/// Any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain(pub String);

impl Value for Plain {
    fn kind(&self) -> &'static str {
        "text"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        self.0 = text.into();
        Ok(())
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

impl Value for Policy {
    fn kind(&self) -> &'static str {
        "patterns"
    }

    fn set(&mut self, text: &str) -> Result<(), String> {
        self.add(text)
    }

    fn show(&self) -> String {
        let mut list = String::new();
        for pattern in &self.0 {
            text::add(&mut list, ",", &pattern.text());
        }
        list
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pairs: &[(&str, &str)]) -> Result<Config, Failure> {
        let environment: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        Config::read(&environment)
    }

    #[test]
    fn every_variable_is_optional() {
        let config = read(&[]).unwrap();
        assert_eq!(config.source_bytes, Bytes(50 << 20));
        assert_eq!(config.total_timeout, Duration::from_secs(15));
        assert!(config.sources.0.is_empty());
        assert_eq!(config.show().len(), VARIABLES.len());
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
        assert_eq!(config.source_bytes.0, 2_000_000);
        assert_eq!(config.connect_timeout, Duration::from_millis(250));
        assert_eq!(config.total_timeout, Duration::from_secs(2));
        assert_eq!(config.redirects, 0);
        assert_eq!(config.sources.0.len(), 2);
        assert_eq!(config.memory.0, 128 << 20);
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
            ("TINTYPE_ALLOW_UNSIGNED", "maybe"),
            ("TINTYPE_TTL_MIN", "366d"),
        ] {
            let failure = read(&[(name, value)]).unwrap_err();
            assert_eq!(failure.kind, Kind::Configuration);
            assert!(failure.message.contains(name), "{failure:?}");
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
            .into_iter()
            .filter(|shown| !secret(&shown.name))
            .map(|shown| (shown.name, shown.value))
            .collect();
        assert_eq!(Config::read(&shown).unwrap().show(), config.show());
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
        assert_eq!(config.pairs, [(b"secret".to_vec(), b"hello".to_vec())]);
        for Shown { name, value, .. } in config.show() {
            let secret =
                ["7365", "6865", "let-me"].iter().any(|secret| value.to_lowercase().contains(secret));
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
        assert_eq!(config.aliases[0].0, "photos");
        assert_eq!(config.presets[0], ("thumb".into(), "rs:fill:100:100".into()));
        let allowed = |url: &str| config.sources.check(&Url::parse(url, 100).unwrap()).is_ok();
        assert!(allowed("http://127.0.0.1:8080/a/b.jpg") && allowed("https://photos.example/b/c.jpg"));
        assert!(!allowed("http://127.0.0.1:8080/b.jpg") && !allowed("https://photos.example/c.jpg"));
    }
}
