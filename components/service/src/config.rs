//! Configuration: environment variables `TINTYPE_…`, every one optional. Their names stand here without that beginning.
//!
//! The table below is the only list of them: the fields of [`Config`], their parsing, their defaults and what
//! [`VARIABLES`] tells about them are all made from it.

use std::time::Duration;

use crate::failure::{Failure, Kind};
use crate::grammar::imgproxy::Presets;
use crate::grammar::signature::Pair;
use crate::grammar::value;
use crate::source::policy::{Pattern, Policy};
use crate::source::url::Url;
use crate::text;

/// A type that a variable can have.
trait Value {
    /// Takes a value; the error says what is accepted.
    fn set(&mut self, text: &str) -> Result<(), String>;
    /// Writes the value as it may be shown to anybody: without secrets.
    fn show(&self) -> String;
}

/// A type's name in the documentation.
trait Named {
    const NAME: &'static str;
}

/// What the documentation tells of one variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// `TINTYPE_…`
    pub name: &'static str,
    /// The name of its type.
    pub kind: &'static str,
    /// The value that holds when it is not set; empty for none.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

/// What the names of all variables begin with.
const PREFIX: &str = "TINTYPE_";

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
        pub const VARIABLES: &[Variable] = &[$(Variable {
            name: concat!("TINTYPE_", $name),
            kind: <$type as Named>::NAME,
            default: $default,
            meaning: concat!($($meaning),+),
        },)+];

        /// Names without what they begin with, and defaults: one text, since a table of texts is a third longer.
        const DEFAULTS: &str = concat!($($name, "=", $default, " ",)+);

        /// The places of the fields in the table.
        #[allow(non_camel_case_types)]
        enum Place {
            $($field,)+
        }

        impl Config {
            /// The field at a place in the table.
            fn field(&mut self, place: usize) -> Option<&mut dyn Value> {
                match place {
                    $(place if place == Place::$field as usize => Some(&mut self.$field),)+
                    _ => None,
                }
            }

            /// The same, to be read.
            fn value(&self, place: usize) -> Option<&dyn Value> {
                match place {
                    $(place if place == Place::$field as usize => Some(&self.$field),)+
                    _ => None,
                }
            }
        }
    };
}

variables! {
    /// Sources that may be fetched: `[scheme://]host[:port][/path]` with `*` in hosts, between commas.
    sources: Policy = "SOURCES", "";
    /// Bytes of source that are accepted.
    source_bytes: Bytes = "MAX_SOURCE_BYTES", "50MiB";
    /// Pixels of source that are accepted, width × height.
    source_pixels: u64 = "MAX_SOURCE_PIXELS", "100000000";
    /// Longest side of a rendition in pixels.
    output_side: u32 = "MAX_OUTPUT_SIDE", "8192";
    /// Pixels of a rendition, width × height.
    output_pixels: u64 = "MAX_OUTPUT_PIXELS", "40000000";
    /// Memory that the work on one image is predicted to need at most.
    memory: Bytes = "MAX_MEMORY", "128MiB";
    /// Bytes of a source URL.
    url_bytes: Bytes = "MAX_URL_BYTES", "4096";
    /// The folder that relative source URLs begin in; what lies in it is an allowed source.
    base_url: Option<Url> = "BASE_URL", "";
    /// An image that is answered where the source of another one fails, made with the same options.
    fallback_url: Option<Url> = "FALLBACK_URL", "";
    /// Keys that sign URLs, in hexadecimal, between commas. With a key, URLs that are not signed are refused.
    keys: Secrets = "KEY", "";
    /// Salts in hexadecimal, as many as keys.
    salts: Secrets = "SALT", "";
    /// Bytes of a signature, 1 to 32.
    signature_size: u32 = "SIGNATURE_SIZE", "32";
    /// Secrets in hexadecimal that sign `/wsrv/s/…` as nginx's `secure_link_md5` does, between commas.
    link_secrets: Secrets = "WSRV_SECRET", "";
    /// Texts that are accepted in place of a signature, between commas.
    trusted_signatures: Words = "TRUSTED_SIGNATURES", "";
    /// Accept URLs that are not signed although there is a key.
    allow_unsigned: bool = "ALLOW_UNSIGNED", "0";
    /// How long an image may be cached where the origin does not say.
    ttl: Duration = "TTL", "1d";
    /// Take over how long the origin lets its source be cached.
    ttl_from_origin: bool = "TTL_FROM_ORIGIN", "1";
    /// The shortest time that is taken over from an origin.
    ttl_min: Duration = "TTL_MIN", "0";
    /// The longest time that is taken over from an origin.
    ttl_max: Duration = "TTL_MAX", "365d";
    /// How long a stale image may be shown while a new one is made; 0 for not at all.
    stale_while_revalidate: Duration = "STALE_WHILE_REVALIDATE", "0";
    /// Trust an origin's strong `ETag` and its `Last-Modified`: a request can then be answered with 304 without a download.
    trust_origin_etag: bool = "TRUST_ORIGIN_ETAG", "0";
    /// Origins of web pages whose scripts may read images: `*`, or a list between commas; empty for none.
    cors: Plain = "CORS", "";
    /// Write a line of JSON to standard error for each request.
    log: bool = "LOG", "1";
    /// Answer `GET /config`.
    debug: bool = "DEBUG", "0";
    /// Redirects that are followed.
    redirects: u32 = "MAX_REDIRECTS", "3";
    /// How long connecting to an origin may take.
    connect_timeout: Duration = "TIMEOUT_CONNECT", "3s";
    /// How long an origin may take from the connection to its first byte.
    first_byte_timeout: Duration = "TIMEOUT_FIRST_BYTE", "5s";
    /// How long an origin, or a client that sends an image, may pause.
    between_bytes_timeout: Duration = "TIMEOUT_BETWEEN_BYTES", "5s";
    /// How long a request may take until its answer begins.
    total_timeout: Duration = "TIMEOUT_TOTAL", "15s";
}

/// What the names of aliases and presets go on with.
const ALIAS: &str = "ALIAS_";
const PRESET: &str = "PRESET_";

/// The variables that begin with a prefix, by the lower-case rest of their names.
fn family(environment: &[(String, String)], prefix: &str) -> Vec<(String, String)> {
    let mut family = Vec::new();
    for (name, value) in environment {
        if let Some(rest) = name.strip_prefix(PREFIX).and_then(|name| name.strip_prefix(prefix)) {
            family.push((rest.to_ascii_lowercase(), value.clone()));
        }
    }
    family
}

/// The value of a variable, if it has one.
fn lookup<'a>(environment: &'a [(String, String)], name: &str) -> Option<&'a str> {
    for (known, value) in environment {
        if known.strip_prefix(PREFIX) == Some(name) && !value.is_empty() {
            return Some(value);
        }
    }
    None
}

impl Config {
    /// Reads the configuration from an environment. A value that cannot be read is a failure that names its variable: a
    /// limit that is misspelled must not fall back to none.
    pub fn read(environment: &[(String, String)]) -> Result<Config, Failure> {
        let mut config = Config::default();
        for (place, variable) in text::split(DEFAULTS, ' ').into_iter().enumerate() {
            let (name, default) = text::split_once(variable, "=").unwrap_or_default();
            let text = lookup(environment, name).unwrap_or(default);
            if let Some(field) = config.field(place) {
                field.set(text.trim_ascii()).map_err(|reason| broken(&[name], reason))?;
            }
        }
        config.presets = family(environment, PRESET);
        for (name, text) in family(environment, ALIAS) {
            let url = read_url(&text).map_err(|reason| broken(&[ALIAS, &name], reason))?;
            config.aliases.push((name, url));
        }
        config.complete()?;
        Ok(config)
    }

    /// Every variable with the value that holds, without secrets.
    pub fn show(&self) -> Vec<(String, String)> {
        let mut shown = Vec::new();
        for (place, variable) in text::split(DEFAULTS, ' ').into_iter().enumerate() {
            if let (Some((name, _)), Some(value)) = (text::split_once(variable, "="), self.value(place)) {
                shown.push((text::concat(&[PREFIX, name]), value.show()));
            }
        }
        for (name, url) in &self.aliases {
            shown.push((text::concat(&[PREFIX, ALIAS, name]), url.text()));
        }
        for (name, text) in &self.presets {
            shown.push((text::concat(&[PREFIX, PRESET, name]), text.clone()));
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
            return Err(broken(&["SIGNATURE_SIZE"], "expected 1 to 32".into()));
        }
        let (keys, salts) = (&self.keys.0, &self.salts.0);
        if !salts.is_empty() && salts.len() != keys.len() {
            return Err(broken(&["SALT"], "expected as many salts as TINTYPE_KEY has keys".into()));
        }
        for (index, key) in keys.iter().enumerate() {
            self.pairs.push((key.clone(), salts.get(index).cloned().unwrap_or_default()));
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

fn broken(name: &[&str], reason: String) -> Failure {
    // The value stays out of the answer: it may be a secret.
    let message = text::concat(&["the variable ", PREFIX, &text::concat(name), " cannot be read"]);
    Failure::new(Kind::Configuration, message).detail(reason)
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

impl Named for Bytes {
    const NAME: &str = "bytes";
}

impl Value for Bytes {
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
        let bytes = with_unit(text, UNITS);
        self.0 = bytes.ok_or("expected a number of bytes such as 1000, 64KiB or 50MiB")?;
        Ok(())
    }

    fn show(&self) -> String {
        text::decimal(self.0)
    }
}

/// A whole number with one of these units behind it.
fn with_unit(text: &str, units: &[(&str, u32)]) -> Option<u64> {
    let (digits, unit) = text::until(text, |b| !b.is_ascii_digit());
    let number = value::integer(digits, 0, u64::MAX)?;
    for (name, size) in units {
        if *name == unit.trim_ascii() {
            return number.checked_mul(u64::from(*size));
        }
    }
    None
}

impl Named for u64 {
    const NAME: &str = "number";
}

impl Value for u64 {
    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = value::integer(text, 0, u64::MAX).ok_or("expected a whole number in plain digits")?;
        Ok(())
    }

    fn show(&self) -> String {
        text::decimal(*self)
    }
}

impl Named for u32 {
    const NAME: &str = "number";
}

impl Value for u32 {
    fn set(&mut self, text: &str) -> Result<(), String> {
        let mut number = 0u64;
        number.set(text)?;
        *self = u32::try_from(number).map_err(|_| "expected at most 4294967295")?;
        Ok(())
    }

    fn show(&self) -> String {
        text::decimal((*self).into())
    }
}

impl Named for bool {
    const NAME: &str = "switch";
}

impl Value for bool {
    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = value::boolean(text).ok_or("expected 1, true, 0 or false")?;
        Ok(())
    }

    fn show(&self) -> String {
        text::decimal((*self).into())
    }
}

impl Named for Duration {
    const NAME: &str = "duration";
}

impl Value for Duration {
    fn set(&mut self, text: &str) -> Result<(), String> {
        const UNITS: &[(&str, u32)] =
            &[("", 1000), ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
        let millis = with_unit(text, UNITS).filter(|millis| *millis <= 10 * 365 * 86_400_000);
        *self =
            Duration::from_millis(millis.ok_or("expected a duration such as 500ms, 5s, 10m, 12h or 30d")?);
        Ok(())
    }

    fn show(&self) -> String {
        match (self.as_secs(), self.subsec_millis()) {
            (seconds, 0) => text::concat(&[&text::decimal(seconds), "s"]),
            (seconds, millis) => text::concat(&[&text::decimal(seconds * 1000 + u64::from(millis)), "ms"]),
        }
    }
}

impl Named for Option<Url> {
    const NAME: &str = "URL";
}

impl Value for Option<Url> {
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

impl Named for Secrets {
    const NAME: &str = "secrets in hexadecimal";
}

impl Value for Secrets {
    fn set(&mut self, text: &str) -> Result<(), String> {
        for word in words(text) {
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
    for at in (0..text.len()).step_by(2) {
        bytes.push(text::number(text.get(at..at + 2)?, 16)? as u8);
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

impl Named for Words {
    const NAME: &str = "secrets";
}

impl Value for Words {
    fn set(&mut self, text: &str) -> Result<(), String> {
        for word in words(text) {
            self.0.push(word.to_owned());
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

impl Named for Plain {
    const NAME: &str = "text";
}

impl Value for Plain {
    fn set(&mut self, text: &str) -> Result<(), String> {
        self.0 = text.into();
        Ok(())
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

impl Named for Policy {
    const NAME: &str = "patterns";
}

impl Value for Policy {
    fn set(&mut self, text: &str) -> Result<(), String> {
        *self = Policy::parse(text)?;
        Ok(())
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
        let shown: Vec<_> = config.show().into_iter().filter(|(name, _)| !secret(name)).collect();
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
        for (name, value) in config.show() {
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
