//! Configuration: environment variables `TINTYPE_…`, every one optional.
//!
//! The table below is the only list of them: the fields of [`Config`], their parsing, their defaults and what
//! [`VARIABLES`] tells about them are all made from it.

use std::time::Duration;

use crate::failure::{Failure, Kind};
use crate::source::policy::Policy;

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
        pub struct Config { $($(#[doc = $meaning])+ pub $field: $type,)+ }

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
                Ok(Config { $($field: read_variable(environment, $name, $default)?,)+ })
            }

            /// Every variable with the value that holds, without secrets.
            pub fn show(&self) -> Vec<(&'static str, String)> {
                vec![$(($name, self.$field.show()),)+]
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

fn read_variable<T: Value>(
    environment: &[(String, String)],
    name: &'static str,
    default: &str,
) -> Result<T, Failure> {
    let set = environment.iter().find(|(key, value)| key == name && !value.is_empty());
    let text = set.map_or(default, |(_, value)| value);
    T::read(text.trim()).map_err(|reason| {
        // The value stays out of the answer: it may be a secret.
        Failure::new(Kind::Configuration, format!("the variable {name} cannot be read")).detail(reason)
    })
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
        u64::read(text)?.try_into().map_err(|_| "expected a number below 4294967296".into())
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
        ] {
            let failure = read(&[(name, value)]).unwrap_err();
            assert_eq!(failure.kind, Kind::Configuration);
            assert!(failure.message.contains(name), "{failure}");
            assert!(!failure.message.contains(value), "{failure}");
        }
    }

    #[test]
    fn shown_values_can_be_read_again() {
        let config = read(&[("TINTYPE_TIMEOUT_CONNECT", "1500ms")]).unwrap();
        let shown: Vec<_> = config.show().into_iter().map(|(k, v)| (k.to_owned(), v)).collect();
        assert_eq!(Config::read(&shown).unwrap().show(), config.show());
    }
}
