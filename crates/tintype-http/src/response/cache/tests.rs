use http::HeaderName;

use super::*;

/// Sun, 09 Sep 2001 01:46:40 GMT
const NOW: u64 = 1_000_000_000;

const fn policy() -> CachePolicy {
    CachePolicy {
        ttl: Duration::from_secs(86_400),
        ttl_from_origin: true,
        ttl_min: Duration::ZERO,
        ttl_max: Duration::from_secs(365 * 86_400),
        stale_while_revalidate: Duration::ZERO,
    }
}

fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(NOW)
}

fn origin(lines: &str) -> Freshness {
    let mut headers = HeaderMap::new();
    for (name, value) in lines.lines().filter_map(|line| line.trim().split_once(": ")) {
        headers.append(name.parse::<HeaderName>().unwrap(), value.parse().unwrap());
    }
    Freshness::from_headers(&headers, now())
}

fn control(policy: &CachePolicy, delivery: &Delivery, lines: &str, damaged: bool) -> String {
    policy.cache_control(delivery, &origin(lines), now(), damaged).to_str().unwrap().into()
}

/// Asserts what becomes of an origin's headers.
fn passes(lines: &str, expected: &str) {
    assert_eq!(control(&policy(), &Delivery::default(), lines, false), expected, "{lines}");
}

#[test]
fn the_origin_is_followed_within_bounds() {
    let bounds =
        CachePolicy { ttl_min: Duration::from_secs(60), ttl_max: Duration::from_secs(600), ..policy() };
    for (origin, expected) in [
        ("", "public, max-age=86400"),
        ("cache-control: public", "public, max-age=86400"),
        ("cache-control: max-age=300", "public, max-age=300"),
        ("cache-control: max-age=5", "public, max-age=60"),
        ("cache-control: max-age=99999", "public, max-age=600"),
        ("cache-control: max-age=99, S-MaxAge=\"400\"", "public, max-age=99, s-maxage=400"),
        ("cache-control: max-age=5, s-maxage=99999", "public, max-age=60, s-maxage=600"),
        ("cache-control: private, max-age=99", "private, max-age=99"),
        ("cache-control: no-cache, max-age=99", "public, max-age=99, no-cache"),
        ("cache-control: no-store", "no-store"),
        ("cache-control: max-age=soon", "public, max-age=60"),
        (
            "cache-control: max-age=9, stale-while-revalidate=700",
            "public, max-age=60, stale-while-revalidate=600",
        ),
    ] {
        assert_eq!(control(&bounds, &Delivery::default(), origin, false), expected, "{origin}");
    }
    let exchanged = CachePolicy { ttl_min: bounds.ttl_max, ttl_max: bounds.ttl_min, ..bounds };
    assert_eq!(
        control(&exchanged, &Delivery::default(), "cache-control: max-age=5", false),
        "public, max-age=60"
    );
}

#[test]
fn an_operator_may_overrule_the_origin() {
    let off = CachePolicy { ttl: Duration::from_secs(600), ttl_from_origin: false, ..policy() };
    for origin in ["cache-control: no-store", "cache-control: private, immutable", "vary: *", "expires: 0"] {
        assert_eq!(control(&off, &Delivery::default(), origin, false), "public, max-age=600", "{origin}");
    }
}

#[test]
fn browsers_and_shared_caches_keep_the_ages_meant_for_them() {
    passes(
        "cache-control: public, max-age=0, s-maxage=31536000, must-revalidate",
        "public, max-age=0, s-maxage=31536000, must-revalidate",
    );
    passes("cache-control: s-maxage=100", "public, max-age=100, s-maxage=100");
    passes("cache-control: s-maxage=31536000", "public, max-age=86400, s-maxage=31536000");
    passes("cache-control: private, max-age=5, s-maxage=100", "private, max-age=5");
}

#[test]
fn every_directive_that_concerns_caches_is_passed_on() {
    passes("cache-control: max-age=1, immutable", "public, max-age=1, immutable");
    passes("cache-control: max-age=1, proxy-revalidate", "public, max-age=1, proxy-revalidate");
    passes("cache-control: max-age=1, No-Transform", "public, max-age=1, no-transform");
    passes(
        "cache-control: max-age=1, stale-while-revalidate=2, stale-if-error=3",
        "public, max-age=1, stale-while-revalidate=2, stale-if-error=3",
    );
    passes("cache-control: max-age=1, s-maxage=2, stale-while-revalidate", "public, max-age=1, s-maxage=2");
    passes("cache-control: max-age=1, x-unknown=2", "public, max-age=1");
}

#[test]
fn all_lines_are_one_list() {
    passes("cache-control: public\ncache-control: no-store", "no-store");
    passes("cache-control: max-age=5\ncache-control: private", "private, max-age=5");
}

#[test]
fn quoted_strings_hold_fields_and_no_directives() {
    passes("cache-control: private=\"x-a, no-store\", max-age=5", "private, max-age=5");
    passes("cache-control: ext=\"\\\", no-store\", max-age=5", "public, max-age=5");
    passes("cache-control: ext=\"no-end, no-store", "no-store");
    passes("cache-control: max-age = \"5\"", "public, max-age=5");
    passes("cache-control: no-cache=\"set-cookie\", max-age=5", "public, max-age=5, no-cache");
}

#[test]
fn a_byte_that_is_no_text_hides_nothing() {
    let mut headers = HeaderMap::new();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_bytes(b"ext=\xff, no-store").unwrap());
    let origin = Freshness::from_headers(&headers, now());
    assert_eq!(policy().cache_control(&Delivery::default(), &origin, now(), false), "no-store");
}

#[test]
fn the_first_age_counts_and_an_unreadable_one_has_passed() {
    let unbounded = CachePolicy { ttl_max: Duration::MAX, ..policy() };
    for (age, expected) in [
        ("2147483648", "2147483648"),
        ("2147483649", "2147483648"),
        ("99999999999999999999999999", "2147483648"),
        ("-1", "0"),
        ("-99999999999999999999999999", "0"),
        ("007", "7"),
        ("5, max-age=9", "5"),
        ("5; public", "5"),
        ("5;max-age=9", "5"),
        ("soon, max-age=9", "0"),
        ("", "0"),
        ("-", "0"),
        ("+5", "0"),
        ("1.5", "0"),
        ("1 2", "0"),
    ] {
        let origin = format!("cache-control: max-age={age}");
        let expected = format!("public, max-age={expected}");
        assert_eq!(control(&unbounded, &Delivery::default(), &origin, false), expected, "{age}");
    }
}

#[test]
fn the_time_spent_in_caches_is_subtracted() {
    passes("cache-control: max-age=100\nage: 90", "public, max-age=10");
    passes("cache-control: max-age=100, s-maxage=95\nage: 90", "public, max-age=10, s-maxage=5");
    passes("cache-control: max-age=100\nage: 101", "public, max-age=0");
    passes("cache-control: max-age=100\nage: 99999999999999999999", "public, max-age=0");
    passes("cache-control: max-age=100\nage: 90, 5", "public, max-age=10");
    for unreadable in ["-5", "old", "1.5"] {
        passes(&format!("cache-control: max-age=100\nage: {unreadable}"), "public, max-age=100");
    }
    passes("age: 90", "public, max-age=86400");
    let bounded = CachePolicy { ttl_min: Duration::from_secs(60), ..policy() };
    let aged = "cache-control: max-age=100\nage: 90";
    assert_eq!(control(&bounded, &Delivery::default(), aged, false), "public, max-age=60");
}

#[test]
fn an_expiry_date_counts_where_no_age_is_given() {
    let in_an_hour = "Sun, 09 Sep 2001 02:46:40 GMT";
    let an_hour_ago = "Sun, 09 Sep 2001 00:46:40 GMT";
    for (expires, date, expected) in [
        (in_an_hour, None, 3600),
        ("Sunday, 09-Sep-01 02:46:40 GMT", None, 3600),
        (in_an_hour, Some(an_hour_ago), 7200),
        (in_an_hour, Some(in_an_hour), 0),
        (in_an_hour, Some("today"), 3600),
        (an_hour_ago, None, 0),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None, 0),
        ("0", None, 0),
        ("-1", None, 0),
        ("never", None, 0),
    ] {
        let date = date.map(|date| format!("\ndate: {date}")).unwrap_or_default();
        passes(&format!("expires: {expires}{date}"), &format!("public, max-age={expected}"));
    }
    passes(&format!("expires: {in_an_hour}\nage: 600"), "public, max-age=3000");
    passes("expires: 0\ncache-control: max-age=5", "public, max-age=5");
    passes("expires: 0\ncache-control: s-maxage=5", "public, max-age=0, s-maxage=5");
    passes("expires: Fri, 31 Dec 9999 23:59:59 GMT", "public, max-age=31536000");
    passes(&format!("expires: {in_an_hour}\nexpires: 0"), "public, max-age=3600");
}

#[test]
fn the_most_distant_date_is_as_far_as_can_be() {
    let unbounded = CachePolicy { ttl_max: Duration::MAX, ..policy() };
    let expires = "expires: Fri, 31 Dec 9999 23:59:59 GMT";
    assert_eq!(control(&unbounded, &Delivery::default(), expires, false), "public, max-age=2147483648");
}

#[test]
fn what_may_be_one_client_s_own_is_never_public() {
    for headers in
        ["vary: Cookie", "vary: accept, AUTHORIZATION", "vary: accept\nvary: cookie", "set-cookie: a=b"]
    {
        passes(headers, "private, max-age=86400");
        passes(&format!("{headers}\ncache-control: public, s-maxage=9, max-age=5"), "private, max-age=5");
    }
    passes("vary: *", "no-store");
    passes("vary: accept, *\ncache-control: public, max-age=5", "no-store");
    passes("vary: accept, x-cookie", "public, max-age=86400");
}

#[test]
fn a_request_sets_its_own_age_and_never_outlives_its_expiry() {
    let delivery = |max_age, expires| Delivery { max_age, expires, ..Delivery::default() };
    let stale = CachePolicy { stale_while_revalidate: Duration::from_secs(3600), ..policy() };
    let control = |max_age, expires, origin| control(&stale, &delivery(max_age, expires), origin, false);
    let silent = "";
    let shared = "cache-control: max-age=9, s-maxage=900, stale-while-revalidate=5, stale-if-error=6";
    assert_eq!(control(Some(7), None, silent), "public, max-age=7, stale-while-revalidate=3600");
    assert_eq!(
        control(Some(7), None, "cache-control: max-age=9, private"),
        "private, max-age=7, stale-while-revalidate=3600"
    );
    assert_eq!(control(Some(7), None, "cache-control: no-store"), "no-store");
    assert_eq!(
        control(Some(7), None, shared),
        "public, max-age=7, stale-while-revalidate=5, stale-if-error=6"
    );
    assert_eq!(control(None, Some(NOW + 500), silent), "public, max-age=500");
    assert_eq!(control(Some(600), Some(NOW + 500), silent), "public, max-age=500");
    assert_eq!(control(None, Some(NOW + 500), shared), "public, max-age=9, s-maxage=500");
    assert_eq!(control(None, Some(1), silent), "public, max-age=0");
    assert_eq!(control(None, Some(u64::MAX), silent), "public, max-age=86400");
}

#[test]
fn a_stale_image_is_shown_only_if_the_origin_does_not_forbid_it() {
    let stale = CachePolicy { stale_while_revalidate: Duration::from_secs(3600), ..policy() };
    for (origin, expected) in [
        ("max-age=9", "max-age=9, stale-while-revalidate=3600"),
        ("max-age=9, stale-while-revalidate=5", "max-age=9, stale-while-revalidate=5"),
        ("max-age=9, stale-while-revalidate=0", "max-age=9, stale-while-revalidate=0"),
        ("max-age=9, no-cache", "max-age=9, no-cache"),
        ("max-age=9, must-revalidate", "max-age=9, must-revalidate"),
        ("max-age=9, proxy-revalidate", "max-age=9, proxy-revalidate"),
    ] {
        let origin = format!("cache-control: {origin}");
        assert_eq!(control(&stale, &Delivery::default(), &origin, false), format!("public, {expected}"));
    }
}

#[test]
fn the_image_of_a_damaged_source_is_soon_forgotten_whatever_anybody_says() {
    let policy = CachePolicy {
        ttl_min: Duration::from_secs(3600),
        stale_while_revalidate: Duration::from_secs(3600),
        ..policy()
    };
    let control = |max_age, origin| {
        let delivery = Delivery { max_age, ..Delivery::default() };
        control(&policy, &delivery, origin, true)
    };
    assert_eq!(control(None, ""), "public, max-age=60");
    assert_eq!(control(None, "cache-control: private, max-age=7200"), "private, max-age=60");
    assert_eq!(control(None, "cache-control: s-maxage=7200"), "public, max-age=60, s-maxage=60");
    assert_eq!(control(None, "cache-control: immutable, stale-if-error=9"), "public, max-age=60");
    assert_eq!(control(Some(7200), ""), "public, max-age=60");
    assert_eq!(control(Some(7), ""), "public, max-age=7");
    assert_eq!(control(None, "cache-control: no-store"), "no-store");
}
