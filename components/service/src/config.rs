//! Configuration: environment variables `TINTYPE_…`, every one optional.
//!
//! The table below is the only list of them: the fields of [`Config`], their parsing, their defaults and what
//! [`VARIABLES`] tells about them are all made from it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::failure::{Failure, Kind};
use crate::grammar::imgproxy::Presets;
use crate::grammar::signature::Pair;
use crate::source::policy::{Pattern, Policy};
use crate::source::url::Url;

/// A type that a variable can have.
pub trait Value: Sized {
    /// The type's name in the documentation.
    const TYPE: &'static str;
    /// Reads a value; the error says what is accepted.
    fn read(text: &str) -> Result<Self, String>;
    /// Writes the value as it may be shown to anybody: without secrets.
    fn show(&self) -> String;
}

/// What is known of one variable.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// `TINTYPE_…`
    pub name: &'static str,
    /// What its value looks like.
    pub kind: &'static str,
    /// The value that holds when it is not set; empty for none.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
}

macro_rules! variables {
    ($($(#[doc = $meaning:literal])+ $field:ident: $type:ty = $name:literal, $default:literal;)+) => {
        /// The configuration of the service.
        #[derive(Clone, Debug)]
        pub struct Config {
            $($(#[doc = $meaning])+ pub $field: $type,)+
            /// Keys with their salts.
            pub pairs: Vec<Pair>,
            /// Base URLs of sources by the name before the colon: `TINTYPE_ALIAS_<name>`.
            pub aliases: BTreeMap<String, Url>,
            /// Options of imgproxy's grammar by name: `TINTYPE_PRESET_<name>`.
            pub presets: Presets,
        }

        /// Every variable, in the order of the documentation.
        pub const VARIABLES: &[Variable] = &[$(Variable {
            name: $name,
            kind: <$type as Value>::TYPE,
            default: $default,
            meaning: concat!($($meaning),+),
        },)+];

        impl Config {
            /// Reads the configuration from an environment. A value that cannot be read is a failure that names its
            /// variable: a limit that is misspelled must not fall back to none.
            pub fn read(environment: &[(String, String)]) -> Result<Config, Failure> {
                let mut config = Config {
                    $($field: read_variable(environment, $name, $default)?,)+
                    pairs: Vec::new(),
                    aliases: BTreeMap::new(),
                    presets: family(environment, PRESET).map(|(name, text)| (name, text.to_owned())).collect(),
                };
                config.complete(environment)?;
                Ok(config)
            }

            /// Every variable with the value that holds, without secrets.
            pub fn show(&self) -> Vec<(String, String)> {
                let mut shown = vec![$((String::from($name), self.$field.show()),)+];
                shown.extend(self.aliases.iter().map(|(name, url)| (format!("{ALIAS}{name}"), url.to_string())));
                shown.extend(self.presets.iter().map(|(name, text)| (format!("{PRESET}{name}"), text.clone())));
                shown
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
pub const ALIAS: &str = "TINTYPE_ALIAS_";

/// What the names of presets begin with.
pub const PRESET: &str = "TINTYPE_PRESET_";

/// The variables that begin with a prefix, by the lower-case rest of their names.
fn family<'a>(
    environment: &'a [(String, String)],
    prefix: &'static str,
) -> impl Iterator<Item = (String, &'a str)> {
    environment.iter().filter_map(move |(name, value)| {
        Some((name.strip_prefix(prefix)?.to_ascii_lowercase(), value.as_str()))
    })
}

impl Config {
    /// Whether URLs have to be signed.
    pub fn signed(&self) -> bool {
        !self.pairs.is_empty() && !self.allow_unsigned
    }

    /// What several variables say together.
    fn complete(&mut self, environment: &[(String, String)]) -> Result<(), Failure> {
        for (name, text) in family(environment, ALIAS) {
            let url =
                Option::<Url>::read(text).map_err(|reason| broken(&format!("{ALIAS}{name}"), reason))?;
            if let Some(url) = url {
                self.aliases.insert(name, url);
            }
        }
        if !(1..=32).contains(&self.signature_size) {
            return Err(broken("TINTYPE_SIGNATURE_SIZE", "expected 1 to 32".into()));
        }
        let (keys, salts) = (&self.keys.0, &self.salts.0);
        if !salts.is_empty() && salts.len() != keys.len() {
            return Err(broken("TINTYPE_SALT", "expected as many salts as TINTYPE_KEY has keys".into()));
        }
        let salts = salts.iter().cloned().chain(std::iter::repeat_with(Vec::new));
        self.pairs = keys.iter().cloned().zip(salts).collect();
        // What the operator has named is allowed without being listed again.
        let named = self.base_url.iter().chain(self.aliases.values());
        self.sources.0.extend(named.map(Pattern::under));
        if let Some(url) = &self.fallback_url {
            self.sources.0.push(Pattern::exact(url));
        }
        Ok(())
    }
}

fn broken(name: &str, reason: String) -> Failure {
    // The value stays out of the answer: it may be a secret.
    Failure::new(Kind::Configuration, format!("the variable {name} cannot be read")).detail(reason)
}

fn read_variable<T: Value>(
    environment: &[(String, String)],
    name: &'static str,
    default: &str,
) -> Result<T, Failure> {
    let set = environment.iter().find(|(key, value)| key == name && !value.is_empty());
    let text = set.map_or(default, |(_, value)| value);
    T::read(text.trim()).map_err(|reason| broken(name, reason))
}

/// A number of bytes, written with or without a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bytes(pub u64);

impl Value for Bytes {
    const TYPE: &'static str = "bytes";

    fn read(text: &str) -> Result<Self, String> {
        const UNITS: [(&str, u64); 7] = [
            ("KiB", 1 << 10),
            ("MiB", 1 << 20),
            ("GiB", 1 << 30),
            ("kB", 1_000),
            ("MB", 1_000_000),
            ("GB", 1_000_000_000),
            ("", 1),
        ];
        let found = UNITS.iter().find_map(|(unit, size)| {
            let number = text.strip_suffix(unit)?.trim_end();
            u64::read(number).ok()?.checked_mul(*size)
        });
        found.map(Bytes).ok_or_else(|| "expected a number of bytes such as 1000, 64KiB or 50MiB".into())
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

impl Bytes {
    /// The number as a length in memory.
    pub fn length(self) -> usize {
        usize::try_from(self.0).unwrap_or(usize::MAX)
    }
}

impl Value for u64 {
    const TYPE: &'static str = "number";

    fn read(text: &str) -> Result<Self, String> {
        let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let number = if digits { text.parse().ok() } else { None };
        number.ok_or_else(|| "expected a whole number in plain digits".into())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for u32 {
    const TYPE: &'static str = "number";

    fn read(text: &str) -> Result<Self, String> {
        u64::read(text)?.try_into().map_err(|_| "expected a number of at most 4294967295".into())
    }

    fn show(&self) -> String {
        self.to_string()
    }
}

impl Value for bool {
    const TYPE: &'static str = "switch";

    fn read(text: &str) -> Result<Self, String> {
        match text {
            "1" | "true" => Ok(true),
            "0" | "false" => Ok(false),
            _ => Err("expected 1, true, 0 or false".into()),
        }
    }

    fn show(&self) -> String {
        String::from(if *self { "1" } else { "0" })
    }
}

impl Value for Duration {
    const TYPE: &'static str = "duration";

    fn read(text: &str) -> Result<Self, String> {
        const UNITS: [(&str, u64); 5] =
            [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
        let found = UNITS
            .iter()
            .find_map(|(unit, millis)| u64::read(text.strip_suffix(unit)?).ok()?.checked_mul(*millis));
        let found = found.or_else(|| u64::read(text).ok()?.checked_mul(1000));
        found
            .filter(|millis| *millis <= 10 * 365 * 86_400_000)
            .map(Duration::from_millis)
            .ok_or_else(|| "expected a duration such as 500ms, 5s, 10m, 12h or 30d".into())
    }

    fn show(&self) -> String {
        match self.as_millis() {
            millis if millis.is_multiple_of(1000) => format!("{}s", millis / 1000),
            millis => format!("{millis}ms"),
        }
    }
}

impl Value for Option<Url> {
    const TYPE: &'static str = "URL";

    fn read(text: &str) -> Result<Self, String> {
        if text.is_empty() {
            return Ok(None);
        }
        let url = Url::parse(text, 4096).map_err(|failure| failure.detail.unwrap_or(failure.message))?;
        Ok(Some(url))
    }

    fn show(&self) -> String {
        self.as_ref().map(ToString::to_string).unwrap_or_default()
    }
}

/// Bytes that nobody is to see.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(pub Vec<Vec<u8>>);

impl Value for Secrets {
    const TYPE: &'static str = "list of hexadecimal secrets";

    fn read(text: &str) -> Result<Self, String> {
        let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
        words.map(hexadecimal).collect::<Option<_>>().map(Secrets).ok_or_else(|| {
            "expected pairs of hexadecimal digits, and commas between one secret and the next".into()
        })
    }

    fn show(&self) -> String {
        format!("({})", self.0.len())
    }
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let bytes = digits.chunks(2).map(|pair| match pair {
        [high, low] => u8::try_from(high << 4 | low).ok(),
        _ => None,
    });
    bytes.collect()
}

/// Words that nobody is to see, between commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words(pub Vec<String>);

impl Value for Words {
    const TYPE: &'static str = "list of secrets";

    fn read(text: &str) -> Result<Self, String> {
        Ok(Words(text.split(',').map(str::trim).filter(|word| !word.is_empty()).map(Into::into).collect()))
    }

    fn show(&self) -> String {
        format!("({})", self.0.len())
    }
}

/// Any text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plain(pub String);

impl Value for Plain {
    const TYPE: &'static str = "text";

    fn read(text: &str) -> Result<Self, String> {
        Ok(Plain(text.into()))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

impl Value for Policy {
    const TYPE: &'static str = "list of patterns";

    fn read(text: &str) -> Result<Self, String> {
        Policy::parse(text)
    }

    fn show(&self) -> String {
        self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
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
            assert!(failure.message.contains(name), "{failure}");
            let text = format!("{failure} {:?}", failure.detail);
            assert!(!text.contains(value), "{failure}");
        }
    }

    #[test]
    fn shown_values_can_be_read_again() {
        let config = read(&[("TINTYPE_TIMEOUT_CONNECT", "1500ms")]).unwrap();
        let secret =
            |name: &str| ["TINTYPE_KEY", "TINTYPE_SALT", "TINTYPE_TRUSTED_SIGNATURES"].contains(&name);
        let shown: Vec<_> = config.show().into_iter().filter(|(name, _)| !secret(name)).collect();
        assert_eq!(Config::read(&shown).unwrap().show(), config.show());
    }

    #[test]
    fn secrets_are_never_shown() {
        let config = read(&[
            ("TINTYPE_KEY", "736563726574"),
            ("TINTYPE_SALT", "68656C6C6F"),
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
        assert_eq!(config.aliases.keys().collect::<Vec<_>>(), ["photos"]);
        assert_eq!(config.presets["thumb"], "rs:fill:100:100");
        let allowed = |url: &str| config.sources.check(&Url::parse(url, 100).unwrap()).is_ok();
        assert!(allowed("http://127.0.0.1:8080/a/b.jpg") && allowed("https://photos.example/b/c.jpg"));
        assert!(!allowed("http://127.0.0.1:8080/b.jpg") && !allowed("https://photos.example/c.jpg"));
    }
}
