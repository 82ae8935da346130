//! Configuration: environment variables `TINTYPE_…`, every one optional.
//!
//! [`VARIABLES`] is the only list of them: each row names a field of [`Config`] and knows how to read it, how to show it,
//! its default and its meaning.

mod alias;
mod listing;
mod setting;
mod telemetry;
#[cfg(test)]
mod tests;

use std::time::Duration;

use tintype_types::Limits;

use crate::failure::{Failure, Kind, Result};
use crate::grammar::imgproxy::Presets;
use crate::host::Timeouts;
use crate::request::Watermark;
use crate::response::cache::CachePolicy;
use crate::response::cors::CorsOrigins;
use crate::secret::Secret;
use crate::signature::Keys;
use crate::source::{Pattern, Policy, SourceUrl, Sources, Style};
use crate::telemetry::Telemetry;
pub use listing::{Listing, Shown};
use setting::{ByteSize, HexSecrets, Setting, WordSecrets};
pub use telemetry::TELEMETRY;

/// The configuration of the service.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// Which sources may be fetched, and how relative ones are found.
    pub sources: Sources,
    /// An image to answer with where the source of another one fails.
    pub fallback_url: Option<SourceUrl>,
    /// An image to lay over renditions where a request asks for it.
    pub watermark: Option<SourceUrl>,
    /// How every rendition gets it, whatever its request asks for.
    pub watermark_always: Option<Watermark>,
    /// Who may ask.
    pub keys: Keys,
    /// Options of imgproxy's grammar by name.
    pub presets: Presets,
    /// Bounds on what a rendition may cost.
    pub limits: Limits,
    /// How long responses may be cached.
    pub cache: CachePolicy,
    /// Trust an origin's strong `ETag` and its `Last-Modified`.
    pub trust_origin_etag: bool,
    /// Web pages whose scripts may read images.
    pub cors: CorsOrigins,
    /// Bounds on waiting.
    pub timeouts: Timeouts,
    /// Redirects of an origin that are followed.
    pub max_redirects: u32,
    /// A prefix that is removed from the paths of requests.
    pub prefix: String,
    /// Traces and metrics.
    pub telemetry: Telemetry,
    /// Write a line to the log for each request.
    pub log: bool,
    /// Answer `GET /config`.
    pub debug: bool,
}

/// A variable of the environment.
pub struct Variable {
    /// `TINTYPE_…`
    pub name: &'static str,
    /// The name of its type.
    pub kind: &'static str,
    /// The value that holds when it is not set; empty for none.
    pub default: &'static str,
    /// What it does.
    pub meaning: &'static str,
    read: fn(&mut Config, &str) -> Result<(), String>,
    show: fn(&Config) -> String,
}

/// A row of the table: a field of the configuration, and the type that reads and shows it.
macro_rules! variable {
    ($name:literal, $($field:ident).+: $type:ty, $default:literal, $meaning:literal) => {
        Variable {
            name: $name,
            kind: <$type as Setting>::KIND,
            default: $default,
            meaning: $meaning,
            read: |config, text| {
                config.$($field).+ = <$type as Setting>::read(text)?.into();
                Ok(())
            },
            show: |config| <$type>::from(config.$($field).+.clone()).show(),
        }
    };
}

use variable;

/// Every variable of the service itself, in the order of the documentation.
pub const VARIABLES: &[Variable] = &[
    variable!(
        "TINTYPE_SOURCES",
        sources.policy: Policy,
        "",
        "Sources that may be fetched: `[scheme://]host[:port][/path]` with `*` in hosts, separated by commas."
    ),
    variable!("TINTYPE_MAX_SOURCE_BYTES", limits.source_bytes: ByteSize, "50MiB", "Bytes of source that are accepted."),
    variable!(
        "TINTYPE_MAX_SOURCE_PIXELS",
        limits.source_pixels: u64,
        "100000000",
        "Pixels of source that are accepted, width × height; of an animation, in all frames that are decoded."
    ),
    variable!("TINTYPE_MAX_FRAMES", limits.frames: u32, "256", "Frames of an animation that are decoded."),
    variable!(
        "TINTYPE_MAX_FRAME_PIXELS",
        limits.frame_pixels: u64,
        "100000000",
        "Pixels of each frame of an animation, width × height."
    ),
    variable!("TINTYPE_MAX_OUTPUT_SIDE", limits.output_side: u32, "8192", "Longest side of a rendition in pixels."),
    variable!(
        "TINTYPE_MAX_OUTPUT_PIXELS",
        limits.output_pixels: u64,
        "40000000",
        "Pixels of a rendition, width × height."
    ),
    variable!(
        "TINTYPE_MAX_MEMORY",
        limits.memory: ByteSize,
        "128MiB",
        "Memory that the work on one image is predicted to need at most. Keep it below the host's limit."
    ),
    variable!(
        "TINTYPE_MAX_WORK",
        limits.work: u64,
        "400000000000",
        "Work on one image, in units of about one WebAssembly instruction: the same image takes the same work everywhere."
    ),
    variable!("TINTYPE_MAX_URL_BYTES", sources.max_url_bytes: ByteSize, "4096", "Bytes of a source URL."),
    variable!(
        "TINTYPE_BASE_URL",
        sources.base_url: Option<SourceUrl>,
        "",
        "The folder that relative source URLs start from. The sources in it are allowed."
    ),
    variable!(
        "TINTYPE_S3_ENDPOINT",
        sources.store.endpoint: Option<SourceUrl>,
        "",
        "The store of sources `s3://bucket/key`, without a bucket; empty for Amazon's. TINTYPE_SOURCES lists buckets."
    ),
    variable!("TINTYPE_S3_REGION", sources.store.region: String, "us-east-1", "The region that signatures are for."),
    variable!(
        "TINTYPE_S3_STYLE",
        sources.store.style: Style,
        "auto",
        "Where the bucket stands: `path`, `virtual` for the host, or `auto`, which is the host at Amazon only."
    ),
    variable!(
        "TINTYPE_S3_ACCESS_KEY_ID",
        sources.store.key_id: String,
        "",
        "The identifier of the key that requests to the store are signed with; without one, they are not signed."
    ),
    variable!("TINTYPE_S3_SECRET_ACCESS_KEY", sources.store.secret: Option<Secret<String>>, "", "The key itself."),
    variable!(
        "TINTYPE_S3_SESSION_TOKEN",
        sources.store.token: Option<Secret<String>>,
        "",
        "The token of temporary credentials."
    ),
    variable!(
        "TINTYPE_FALLBACK_URL",
        fallback_url: Option<SourceUrl>,
        "",
        "An image to return where the source of another one fails, made with the same options."
    ),
    variable!(
        "TINTYPE_WATERMARK",
        watermark: Option<SourceUrl>,
        "",
        "An image to lay over renditions where a request asks for a watermark."
    ),
    variable!(
        "TINTYPE_WATERMARK_ALWAYS",
        watermark_always: Option<Watermark>,
        "",
        "Options such as `watermark-opacity=0.5&watermark-place=south-east,9,9`: with them, every image gets the watermark."
    ),
    variable!(
        "TINTYPE_PREFIX",
        prefix: String,
        "",
        "A prefix of the paths of requests, such as `/img`, that is removed before anything else."
    ),
    variable!(
        "TINTYPE_KEY",
        keys.keys: HexSecrets,
        "",
        "Keys that sign URLs, in hexadecimal, separated by commas. With a key, unsigned URLs are refused."
    ),
    variable!("TINTYPE_SALT", keys.salts: HexSecrets, "", "Salts in hexadecimal, as many as keys."),
    variable!("TINTYPE_SIGNATURE_SIZE", keys.signature_size: u32, "32", "Bytes of a signature, 1 to 32."),
    variable!(
        "TINTYPE_WSRV_SECRET",
        keys.link_secrets: HexSecrets,
        "",
        "Secrets in hexadecimal that sign `/wsrv/s/…` as nginx's `secure_link_md5` does, separated by commas."
    ),
    variable!(
        "TINTYPE_TRUSTED_SIGNATURES",
        keys.trusted: WordSecrets,
        "",
        "Texts that are accepted in place of a signature, separated by commas."
    ),
    variable!("TINTYPE_ALLOW_UNSIGNED", keys.allow_unsigned: bool, "0", "Accept unsigned URLs although there is a key."),
    variable!(
        "TINTYPE_TTL",
        cache.ttl: Duration,
        "1d",
        "How long an image may be cached where the origin does not say."
    ),
    variable!(
        "TINTYPE_TTL_FROM_ORIGIN",
        cache.ttl_from_origin: bool,
        "1",
        "Adopt how long the origin allows its source to be cached."
    ),
    variable!("TINTYPE_TTL_MIN", cache.ttl_min: Duration, "0", "The shortest time that is adopted from an origin."),
    variable!("TINTYPE_TTL_MAX", cache.ttl_max: Duration, "365d", "The longest time that is adopted from an origin."),
    variable!(
        "TINTYPE_STALE_WHILE_REVALIDATE",
        cache.stale_while_revalidate: Duration,
        "0",
        "How long a stale image may be shown while a new one is made; 0 for not at all."
    ),
    variable!(
        "TINTYPE_TRUST_ORIGIN_ETAG",
        trust_origin_etag: bool,
        "0",
        "Trust an origin's strong `ETag` and its `Last-Modified`, so that 304 can be returned without a download."
    ),
    variable!(
        "TINTYPE_CORS",
        cors: CorsOrigins,
        "",
        "Origins of web pages whose scripts may read images: `*`, or a list separated by commas; empty for none."
    ),
    variable!("TINTYPE_LOG", log: bool, "1", "Write a line of JSON to standard error for each request."),
    variable!("TINTYPE_DEBUG", debug: bool, "0", "Answer `GET /config`."),
    variable!("TINTYPE_MAX_REDIRECTS", max_redirects: u32, "3", "Redirects of an origin that are followed."),
    variable!("TINTYPE_TIMEOUT_CONNECT", timeouts.connect: Duration, "3s", "How long connecting to an origin may take."),
    variable!(
        "TINTYPE_TIMEOUT_FIRST_BYTE",
        timeouts.first_byte: Duration,
        "5s",
        "How long an origin may take from the connection to its first byte."
    ),
    variable!(
        "TINTYPE_TIMEOUT_BETWEEN_BYTES",
        timeouts.between_bytes: Duration,
        "5s",
        "How long an origin, or a client that uploads an image, may pause."
    ),
    variable!(
        "TINTYPE_TIMEOUT_TOTAL",
        timeouts.total: Duration,
        "15s",
        "How long a request may take until its answer begins."
    ),
    variable!(
        "TINTYPE_TIMEOUT_ANSWER",
        timeouts.answer: Duration,
        "120s",
        "How long an answer may take from its beginning to its end, at the client's pace and the origin's."
    ),
];

/// The prefix of variables that name a preset.
const PRESET: &str = "TINTYPE_PRESET_";

impl Config {
    /// Reads the configuration from the variables of an environment.
    ///
    /// # Errors
    ///
    /// [`Kind::Configuration`], which names the variable: a limit that is misspelled must not fall back to none.
    pub fn read(environment: impl IntoIterator<Item = (String, String)>) -> Result<Self> {
        let environment: Vec<(String, String)> = environment.into_iter().collect();
        let mut config = Self::default();
        let set = |variable: &Variable| {
            let mut named = environment.iter().rev().filter(|(name, _)| name == variable.name);
            named
                .find(|(_, value)| !value.is_empty())
                .map_or(variable.default, |(_, value)| value.trim_ascii())
        };
        for variable in VARIABLES {
            (variable.read)(&mut config, set(variable))
                .map_err(|reason| unreadable(variable.name, &reason))?;
        }
        for variable in TELEMETRY {
            let read = (variable.read)(&mut config, set(variable));
            read.or_else(|_| (variable.read)(&mut config, variable.default))
                .map_err(|reason| unreadable(variable.name, &reason))?;
        }
        for (name, value) in &environment {
            if let Some(preset) = name.strip_prefix(PRESET) {
                config.presets.insert(preset.to_ascii_lowercase(), value.clone());
            }
        }
        config.sources.aliases = alias::read(&environment, &config.sources.store)?;
        config.check()?;
        config.allow_named_sources();
        Ok(config)
    }

    /// Checks what several variables say together.
    fn check(&self) -> Result<()> {
        if !(1..=32).contains(&self.keys.signature_size) {
            return Err(unreadable("TINTYPE_SIGNATURE_SIZE", "expected 1 to 32"));
        }
        if self.cache.ttl_min > self.cache.ttl_max {
            return Err(unreadable("TINTYPE_TTL_MIN", "expected at most TINTYPE_TTL_MAX"));
        }
        if !self.keys.salts.is_empty() && self.keys.salts.len() != self.keys.keys.len() {
            return Err(unreadable("TINTYPE_SALT", "expected as many salts as TINTYPE_KEY has keys"));
        }
        if self.watermark_always.is_some() && self.watermark.is_none() {
            return Err(unreadable("TINTYPE_WATERMARK_ALWAYS", "expected TINTYPE_WATERMARK to be set"));
        }
        let prefix = &self.prefix;
        if !prefix.is_empty()
            && (!prefix.starts_with('/') || prefix.ends_with('/') || prefix.contains(['?', '#']))
        {
            return Err(unreadable(
                "TINTYPE_PREFIX",
                "expected a path that starts with / and does not end with one",
            ));
        }
        Ok(())
    }

    /// Allows the sources that the operator has named, so that they need not be listed again.
    fn allow_named_sources(&mut self) {
        let Sources { policy, base_url, aliases, .. } = &mut self.sources;
        let folders = aliases.iter().filter(|alias| alias.store.is_none()).map(|alias| &alias.url);
        for url in base_url.iter().chain(folders) {
            policy.allow(Pattern::under(url));
        }
        for url in self.fallback_url.iter().chain(&self.watermark) {
            policy.allow(Pattern::exact(url));
        }
    }
}

/// The failure of a variable. Its value stays out of the response: it may be a secret.
fn unreadable(name: &str, reason: &str) -> Failure {
    Failure::new(Kind::Configuration, format!("the variable {name} cannot be read")).with_detail(reason)
}
