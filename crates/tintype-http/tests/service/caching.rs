//! How long responses may be cached.

use crate::support::*;

fn cache_control(headers: &[(&'static str, &str)], target: &str) -> String {
    let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, String::from(*value))).collect();
    let host = TestHost::new().origin(move |_| {
        headers.iter().fold(Reply::image(&jpeg(300)), |reply, (name, value)| reply.header(name, value))
    });
    host.get(target).header("cache-control").into()
}

#[test]
fn an_origin_s_freshness_reaches_the_response() {
    let cc = "cache-control";
    for (headers, expected) in [
        (&[][..], "public, max-age=86400"),
        (
            &[(cc, "public, max-age=0, s-maxage=31536000, must-revalidate")],
            "public, max-age=0, s-maxage=31536000, must-revalidate",
        ),
        (&[(cc, "public"), (cc, "no-store")], "no-store"),
        (&[(cc, "max-age=100"), ("age", "90")], "public, max-age=10"),
        (&[("expires", "Thu, 01 Jan 2026 01:00:00 GMT")], "public, max-age=3600"),
        (&[("expires", "Thu, 01 Jan 1970 00:00:00 GMT")], "public, max-age=0"),
        (&[("expires", "0")], "public, max-age=0"),
        (&[("vary", "Cookie")], "private, max-age=86400"),
        (&[("vary", "*")], "no-store"),
        (&[("set-cookie", "a=b")], "private, max-age=86400"),
        (&[(cc, "max-age=5, immutable")], "public, max-age=5, immutable"),
    ] {
        assert_eq!(cache_control(headers, PHOTO), expected, "{headers:?}");
    }
}

#[test]
fn a_url_that_expires_bounds_its_image_and_then_is_gone() {
    let target = |end: u64| format!("{PHOTO}&expires={end}");
    assert_eq!(cache_control(&[], &target(NOW + 100)), "public, max-age=100");
    assert_eq!(TestHost::new().get(&target(NOW + 1)).status, 200);
    for end in [0, NOW - 1, NOW] {
        let host = TestHost::new();
        let answer = host.get(&target(end));
        assert_eq!(answer.error(), (404, "expired".into()));
        assert_eq!(answer.header("cache-control"), "no-store");
        assert!(host.asked.borrow().is_empty());
    }
}

fn damaged() -> TestHost {
    TestHost::new()
        .with("TINTYPE_TTL", "2h")
        .with("TINTYPE_STALE_WHILE_REVALIDATE", "1h")
        .with("TINTYPE_TRUST_ORIGIN_ETAG", "1")
        .origin(|_| Reply::image(&jpeg(300)).header("etag", "\"v1\"").header("last-modified", DATE))
        .resizer(|options| Echo { damaged_after: 250, ..Echo::new(options) })
}

#[test]
fn the_image_of_a_damaged_source_is_cached_for_a_minute_at_most() {
    let host = damaged();
    let answer = host.get(PHOTO);
    assert_eq!((answer.status, answer.header("tintype-error")), (200, "damaged-source"));
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
    assert_eq!(host.log_line()["damaged"], true);
    let shorter = damaged().get(&format!("{PHOTO}&maxage=5"));
    assert_eq!(shorter.header("cache-control"), "public, max-age=5");
    let whole = damaged().get(&format!("{PHOTO}&passthrough=all"));
    assert_eq!(whole.header("cache-control"), "public, max-age=7200, stale-while-revalidate=3600");
    assert_eq!(whole.header("tintype-error"), "");
}

#[test]
fn the_origin_s_validators_do_not_stand_for_a_damaged_source() {
    let host = damaged();
    let answer = host.get(PHOTO);
    assert_eq!(answer.header("last-modified"), "");
    // The tag is of the bytes that arrived: it changes as soon as the source is mended.
    let tag = answer.header("etag");
    assert!(tag.contains('-') && !tag.contains(".djE"), "{tag}");
    let again = host.get_with(PHOTO, &[("if-none-match", tag)]);
    assert_eq!((again.status, again.header("tintype-error")), (304, "damaged-source"));
    assert_eq!(again.header("cache-control"), "public, max-age=60");
}
