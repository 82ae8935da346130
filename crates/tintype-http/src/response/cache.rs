//! How long a response may be cached (RFC 9111).
//!
//! ```
//! use std::time::{Duration, SystemTime};
//!
//! use http::{HeaderMap, HeaderValue, header};
//! use tintype_http::request::Delivery;
//! use tintype_http::response::cache::{CachePolicy, Freshness};
//!
//! let policy = CachePolicy {
//!     ttl: Duration::from_secs(86_400),
//!     ttl_from_origin: true,
//!     ttl_min: Duration::ZERO,
//!     ttl_max: Duration::from_secs(31_536_000),
//!     stale_while_revalidate: Duration::ZERO,
//! };
//! let now = SystemTime::now();
//! let mut origin = HeaderMap::new();
//! origin.insert(header::CACHE_CONTROL, HeaderValue::from_static("max-age=100"));
//! origin.insert(header::AGE, HeaderValue::from_static("90"));
//! let origin = Freshness::from_headers(&origin, now);
//! assert_eq!(policy.cache_control(&Delivery::default(), &origin, now, false), "public, max-age=10");
//! ```

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, header};

use super::list;
use crate::request::Delivery;

/// Seconds for which the image of a damaged source may be cached at most. The origin may have been caught in the middle
/// of an upload; a source that stays damaged should still not be fetched anew for every viewer.
const DAMAGED: u64 = 60;

/// The largest number of seconds: a larger one means the same (RFC 9111, section 1.2.2).
const MAX_SECONDS: u64 = 1 << 31;

/// How long responses may be cached, as the operator configures it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CachePolicy {
    /// The age of images whose origin does not give one.
    pub ttl: Duration,
    /// Whether what the origin says counts at all.
    pub ttl_from_origin: bool,
    /// The shortest age that is adopted from an origin.
    pub ttl_min: Duration,
    /// The longest age that is adopted from an origin.
    pub ttl_max: Duration,
    /// How long a stale image may be shown while a new one is made, unless the origin says. Zero: not at all.
    pub stale_while_revalidate: Duration,
}

/// What an origin says about the freshness of a source. By default, nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Freshness {
    /// Seconds that are left to all caches, from `max-age` or `Expires`.
    max_age: Option<u64>,
    /// Seconds that are left to shared caches.
    s_maxage: Option<u64>,
    /// Seconds of staleness that are allowed while the source is fetched anew.
    stale_while_revalidate: Option<u64>,
    /// Seconds of staleness that are allowed while the source cannot be fetched.
    stale_if_error: Option<u64>,
    no_store: bool,
    private: bool,
    /// Said to be for all clients, by `public` or `s-maxage`.
    public: bool,
    no_cache: bool,
    must_revalidate: bool,
    proxy_revalidate: bool,
    immutable: bool,
    no_transform: bool,
}

impl Freshness {
    /// Reads the headers of an origin's response, which arrived `now`.
    pub fn from_headers(headers: &HeaderMap, now: SystemTime) -> Self {
        let said = Directives::of(headers);
        let age = age(headers);
        let left = |lifetime: u64| lifetime.saturating_sub(age);
        Self {
            max_age: said.lifetime("max-age").or_else(|| expires_in(headers, now)).map(left),
            s_maxage: said.lifetime("s-maxage").map(left),
            stale_while_revalidate: said.seconds("stale-while-revalidate"),
            stale_if_error: said.seconds("stale-if-error"),
            no_store: said.has("no-store") || varies(headers, &["*"]),
            private: said.has("private") || is_personal(headers),
            public: said.has("public") || said.has("s-maxage"),
            no_cache: said.has("no-cache"),
            must_revalidate: said.has("must-revalidate"),
            proxy_revalidate: said.has("proxy-revalidate"),
            immutable: said.has("immutable"),
            no_transform: said.has("no-transform"),
        }
    }

    /// The same for a client that identified itself: private, unless the origin says that it is for all clients (RFC 9111,
    /// section 3.5).
    #[must_use]
    pub fn of_one_client(self) -> Self {
        Self { private: self.private || !self.public, ..self }
    }

    /// Whether a cache must not show a stale response.
    fn forbids_stale(&self) -> bool {
        self.no_cache || self.must_revalidate || self.proxy_revalidate
    }
}

impl CachePolicy {
    /// The `Cache-Control` of an image, from the request, what its origin says, and this policy. `damaged` shortens it
    /// for an image that shows less than the whole source.
    ///
    /// An age in the request replaces the origin's; `no-store`, `private` and the like hold all the same. `s-maxage`
    /// without `max-age` leaves private caches the age of images whose origin gives none, and no more than itself.
    pub fn cache_control(
        &self,
        delivery: &Delivery,
        origin: &Freshness,
        now: SystemTime,
        damaged: bool,
    ) -> HeaderValue {
        let silent = Freshness::default();
        let origin = if self.ttl_from_origin { origin } else { &silent };
        let list =
            if origin.no_store { "no-store".into() } else { self.list(delivery, origin, now, damaged) };
        HeaderValue::try_from(list).unwrap_or(HeaderValue::from_static("no-store"))
    }

    fn list(&self, delivery: &Delivery, origin: &Freshness, now: SystemTime, damaged: bool) -> String {
        let until_expiry = delivery.expires.map(|end| end.saturating_sub(unix_seconds(now)));
        let most = until_expiry.unwrap_or(u64::MAX).min(if damaged { DAMAGED } else { u64::MAX });
        let (max_age, s_maxage) = self.ages(delivery, origin);
        let scope = if origin.private { "private" } else { "public" };
        let mut list = format!("{scope}, max-age={}", max_age.min(most));
        if let Some(age) = s_maxage {
            list += &format!(", s-maxage={}", age.min(most));
        }
        for (holds, directive) in [
            (origin.no_cache, "no-cache"),
            (origin.must_revalidate, "must-revalidate"),
            (origin.proxy_revalidate, "proxy-revalidate"),
            (origin.immutable && !damaged, "immutable"),
            (origin.no_transform, "no-transform"),
        ] {
            if holds {
                list += ", ";
                list += directive;
            }
        }
        // An image that ends with its URL must not outlive it, nor a damaged one its repair.
        if !damaged && delivery.expires.is_none() {
            for (seconds, directive) in self.staleness(origin) {
                list += &format!(", {directive}={seconds}");
            }
        }
        list
    }

    /// Seconds for all caches, and for shared ones if those differ.
    fn ages(&self, delivery: &Delivery, origin: &Freshness) -> (u64, Option<u64>) {
        if let Some(age) = delivery.max_age {
            return (age, None);
        }
        let s_maxage = origin.s_maxage.map(|age| self.bound(age));
        let silent = self.ttl.as_secs().min(s_maxage.unwrap_or(u64::MAX));
        let max_age = origin.max_age.map_or(silent, |age| self.bound(age));
        (max_age, s_maxage.filter(|_| !origin.private))
    }

    fn bound(&self, age: u64) -> u64 {
        // Not `clamp`, which panics if the bounds are exchanged.
        age.max(self.ttl_min.as_secs()).min(self.ttl_max.as_secs())
    }

    /// How long a stale image may be shown, by the names of the directives (RFC 5861).
    fn staleness(&self, origin: &Freshness) -> impl Iterator<Item = (u64, &'static str)> {
        let own = self.stale_while_revalidate.as_secs();
        let own = (own > 0 && !origin.forbids_stale()).then_some(own);
        let adopted = |seconds: u64| seconds.min(self.ttl_max.as_secs());
        let while_revalidate = origin.stale_while_revalidate.map(adopted).or(own);
        let if_error = origin.stale_if_error.map(adopted);
        [(while_revalidate, "stale-while-revalidate"), (if_error, "stale-if-error")]
            .into_iter()
            .filter_map(|(seconds, directive)| Some((seconds?, directive)))
    }
}

/// The directives of all `Cache-Control` lines (RFC 9111, section 5.2): names in lower case, values without quotes.
struct Directives(Vec<(String, String)>);

impl Directives {
    fn of(headers: &HeaderMap) -> Self {
        let mut directives = Vec::new();
        for line in list::lines(headers, header::CACHE_CONTROL) {
            directives.extend(list::members(&line).map(|directive| {
                let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
                (name.trim().to_ascii_lowercase(), unquote(value.trim()))
            }));
        }
        Directives(directives)
    }

    /// Whether a directive is given. A list of fields, as in `private="set-cookie"`, makes no difference.
    fn has(&self, name: &str) -> bool {
        self.values(name).next().is_some()
    }

    /// Seconds for which the response is fresh; none if they cannot be read (RFC 9111, section 4.2.1).
    fn lifetime(&self, name: &str) -> Option<u64> {
        self.values(name).next().map(|value| seconds(value).unwrap_or(0))
    }

    /// The first readable number of seconds of a directive.
    fn seconds(&self, name: &str) -> Option<u64> {
        self.values(name).find_map(seconds)
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn unquote(value: &str) -> String {
    let quoted = value.strip_prefix('"').and_then(|value| value.strip_suffix('"'));
    quoted.map_or_else(|| value.into(), |text| text.replace('\\', ""))
}

/// A number of seconds (RFC 9111, section 1.2.2). A negative one, which origins do send, is zero. So do they write
/// semicolons for commas: one ends the number.
fn seconds(text: &str) -> Option<u64> {
    let text = text.split(';').next().unwrap_or_default().trim_end();
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let seconds = if digits.len() < text.len() { 0 } else { text.parse().unwrap_or(MAX_SECONDS) };
    Some(seconds.min(MAX_SECONDS))
}

/// Seconds that the response has been in caches: the first member of `Age`, or none (RFC 9111, section 5.1).
fn age(headers: &HeaderMap) -> u64 {
    let first = list::lines(headers, header::AGE).next();
    first.and_then(|line| seconds(list::members(&line).next()?)).unwrap_or(0)
}

/// Seconds from `Date`, or else from `now`, to `Expires` (RFC 9111, section 5.3); zero if `Expires` cannot be read.
fn expires_in(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let date = |value: &HeaderValue| httpdate::parse_http_date(value.to_str().ok()?.trim()).ok();
    let expires = date(headers.get(header::EXPIRES)?);
    let sent = headers.get(header::DATE).and_then(date).unwrap_or(now);
    let lifetime = expires.and_then(|expires| expires.duration_since(sent).ok());
    Some(lifetime.map_or(0, |lifetime| lifetime.as_secs().min(MAX_SECONDS)))
}

/// Whether the response may have been made for one client alone.
fn is_personal(headers: &HeaderMap) -> bool {
    headers.contains_key(header::SET_COOKIE) || varies(headers, &["cookie", "authorization"])
}

/// Whether `Vary` has one of these names.
fn varies(headers: &HeaderMap, names: &[&str]) -> bool {
    list::lines(headers, header::VARY).any(|line| {
        list::members(&line).any(|member| names.iter().any(|name| member.eq_ignore_ascii_case(name)))
    })
}

fn unix_seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

#[cfg(test)]
mod tests;
