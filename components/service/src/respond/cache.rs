//! How long an answer may be cached.

use core::time::Duration;

use crate::config::Config;
use crate::prelude::*;
use crate::request::Delivery;
use crate::text;

/// Seconds for which the image of a damaged source may be cached at most: the origin may have been caught in the middle
/// of an upload, and one that stays damaged should not be fetched anew for everybody who looks at it.
const DAMAGED: u64 = 60;

/// The `Cache-Control` of an image, from the request, the origin's own `Cache-Control` and the configuration.
/// `now` is the second of Unix time.
pub fn control(
    delivery: &Delivery,
    origin: Option<&str>,
    config: &Config,
    now: u64,
    damaged: bool,
) -> String {
    let origin = text::lower(if config.ttl_from_origin { origin.unwrap_or_default() } else { "" });
    let says = |name: &str| directive(&origin, name).is_some();
    if says("no-store") {
        return String::from("no-store");
    }
    let given = |name: &str| text::number(directive(&origin, name)?, 10);
    let seconds = |duration: Duration| duration.as_secs();
    let taken = given("s-maxage").or(given("max-age"));
    let taken = taken.map(|age| age.max(seconds(config.ttl_min)).min(seconds(config.ttl_max)));
    let mut age = delivery.ttl.or(taken).unwrap_or(seconds(config.ttl));
    if let Some(end) = delivery.expires {
        age = age.min(end.saturating_sub(now));
    }
    if damaged {
        age = age.min(DAMAGED);
    }
    let scope = if says("private") { "private" } else { "public" };
    let no_cache = if says("no-cache") { ", no-cache" } else { "" };
    let mut control = text::concat(&[scope, ", max-age=", &text::decimal(age), no_cache]);
    let stale = seconds(config.stale_while_revalidate);
    // An answer that ends with its URL must not outlive it, nor a damaged one its repair.
    if stale > 0 && delivery.expires.is_none() && !damaged {
        text::add(&mut control, ", stale-while-revalidate=", &text::decimal(stale));
    }
    control
}

/// The value, which may be empty, of a directive in a `Cache-Control` in lower case (RFC 9111, section 5.2).
fn directive<'a>(list: &'a str, name: &str) -> Option<&'a str> {
    for directive in &text::words(list, |b| b == b',') {
        let (known, value) = text::cut(directive, "=");
        if known.trim_ascii() == name {
            let value = value.trim_ascii();
            return Some(text::unquoted(value).unwrap_or(value));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn control(delivery: Delivery, origin: Option<&str>, pairs: &[(&str, &str)]) -> String {
        let environment: Vec<_> = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
        super::control(&delivery, origin, &Config::read(&environment).unwrap(), 1000, false)
    }

    #[test]
    fn the_origin_is_followed_within_bounds() {
        let bounds = [("TINTYPE_TTL_MIN", "60"), ("TINTYPE_TTL_MAX", "600")];
        for (origin, expected) in [
            (None, "public, max-age=86400"),
            (Some("public"), "public, max-age=86400"),
            (Some("max-age=300"), "public, max-age=300"),
            (Some("max-age=5"), "public, max-age=60"),
            (Some("max-age=99999"), "public, max-age=600"),
            (Some("max-age=99, S-MaxAge=\"400\""), "public, max-age=400"),
            (Some("private, max-age=99"), "private, max-age=99"),
            (Some("no-cache, max-age=99"), "public, max-age=99, no-cache"),
            (Some("no-store"), "no-store"),
            (Some("max-age=soon"), "public, max-age=86400"),
        ] {
            assert_eq!(control(Delivery::default(), origin, &bounds), expected, "{origin:?}");
        }
        let off = [("TINTYPE_TTL_FROM_ORIGIN", "0"), ("TINTYPE_TTL", "10m")];
        assert_eq!(control(Delivery::default(), Some("no-store"), &off), "public, max-age=600");
    }

    #[test]
    fn a_request_sets_its_own_age_and_never_outlives_its_expiry() {
        let delivery = |ttl, expires| Delivery { ttl, expires, ..Delivery::default() };
        let stale = [("TINTYPE_STALE_WHILE_REVALIDATE", "1h")];
        assert_eq!(control(delivery(Some(7), None), Some("max-age=9"), &[]), "public, max-age=7");
        assert_eq!(control(delivery(None, Some(1500)), None, &stale), "public, max-age=500");
        assert_eq!(control(delivery(None, Some(1)), None, &[]), "public, max-age=0");
        assert_eq!(
            control(delivery(Some(7), None), None, &stale),
            "public, max-age=7, stale-while-revalidate=3600"
        );
    }

    #[test]
    fn the_image_of_a_damaged_source_is_soon_forgotten_whatever_anybody_says() {
        let environment = [("TINTYPE_TTL_MIN", "1h"), ("TINTYPE_STALE_WHILE_REVALIDATE", "1h")];
        let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let config = Config::read(&environment).unwrap();
        let control = |ttl, origin| {
            let delivery = Delivery { ttl, ..Delivery::default() };
            super::control(&delivery, origin, &config, 1000, true)
        };
        assert_eq!(control(None, None), "public, max-age=60");
        assert_eq!(control(None, Some("private, max-age=7200")), "private, max-age=60");
        assert_eq!(control(Some(7200), None), "public, max-age=60");
        assert_eq!(control(Some(7), None), "public, max-age=7");
        assert_eq!(control(None, Some("no-store")), "no-store");
    }
}
