//! Responses to clients that have the image already.

use crate::support::*;

const MODIFIED: &str = "Sat, 01 Nov 2025 00:00:00 GMT";

/// An origin with a strong tag and a date, which honours conditions.
fn tagged() -> TestHost {
    TestHost::new().origin(|request| {
        let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
        let has = header("if-none-match").is_some_and(|tags| tags.contains("\"v1\""))
            || header("if-modified-since") == Some(MODIFIED);
        let reply = if has { Reply::status(304) } else { Reply::image(&jpeg(300)) };
        reply.header("etag", "\"v1\"").header("last-modified", MODIFIED).header("cache-control", "max-age=60")
    })
}

fn trusting() -> TestHost {
    tagged().with("TINTYPE_TRUST_ORIGIN_ETAG", "1")
}

#[test]
fn our_own_tag_brings_304_after_a_download() {
    let host = tagged();
    let first = host.get(PHOTO);
    let tag = first.header("etag");
    for tags in [tag, &format!("\"other\", W/{tag}"), "*"] {
        let again = host.get_with(PHOTO, &[("if-none-match", tags)]);
        assert_eq!((again.status, again.header("etag"), again.body.len()), (304, tag, 0), "{tags}");
        assert!(again.is_absent);
        for name in ["cache-control", "last-modified", "link", "accept-ranges"] {
            assert_eq!(again.header(name), first.header(name), "{name}");
        }
        for name in ["content-type", "content-length", "content-disposition", "server-timing"] {
            assert_eq!(again.header(name), "", "{name}");
        }
        assert_eq!(host.asked_header("if-none-match"), None);
    }
    for tags in ["\"other\"", &tag.to_uppercase()] {
        assert_eq!(host.get_with(PHOTO, &[("if-none-match", tags)]).status, 200, "{tags}");
    }
    let other = format!("{PHOTO}&quality=9");
    assert_eq!(host.get_with(&other, &[("if-none-match", tag)]).status, 200);
}

#[test]
fn our_own_tag_is_of_the_source_s_bytes() {
    let tag = |length| {
        TestHost::new().origin(move |_| Reply::image(&jpeg(length))).get(PHOTO).headers["etag"].clone()
    };
    assert_eq!(tag(300), tag(300));
    assert_ne!(tag(300), tag(301));
    let in_small_pieces = TestHost::new().origin(|_| Reply::status(200).body(pieces(&jpeg(300), 1)));
    assert_eq!(in_small_pieces.get(PHOTO).headers["etag"], tag(300));
}

#[test]
fn an_origin_s_tag_saves_the_download() {
    let host = trusting();
    let tag = host.get(PHOTO).header("etag").to_owned();
    assert!(tag.ends_with(".djE\""), "{tag}");
    let taken = host.taken.get();
    let again = host.get_with(PHOTO, &[("if-none-match", &tag)]);
    assert_eq!((again.status, again.header("etag")), (304, tag.as_str()));
    assert_eq!(host.asked_header("if-none-match").as_deref(), Some("\"v1\""));
    assert_eq!(host.taken.get(), taken);
    // Another variant of the same source was never sent.
    let other = format!("{PHOTO}&quality=9");
    assert_eq!(host.get_with(&other, &[("if-none-match", &tag)]).status, 200);
    assert_eq!(host.asked_header("if-none-match"), None);
    // A tag of the right variant that the origin does not know any more.
    let old = tag.replace(".djE\"", ".djA\"");
    assert_eq!(host.get_with(PHOTO, &[("if-none-match", &old)]).status, 200);
    assert_eq!(host.asked_header("if-none-match").as_deref(), Some("\"v0\""));
}

#[test]
fn an_origin_that_ignores_conditions_is_not_read() {
    let host = TestHost::new()
        .with("TINTYPE_TRUST_ORIGIN_ETAG", "1")
        .origin(|_| Reply::image(&jpeg(300)).header("etag", "\"v1\"").header("last-modified", MODIFIED));
    let tag = host.get(PHOTO).header("etag").to_owned();
    let taken = host.taken.get();
    assert_eq!(host.get_with(PHOTO, &[("if-none-match", &tag)]).status, 304);
    assert_eq!(host.get_with(PHOTO, &[("if-modified-since", MODIFIED)]).status, 304);
    assert_eq!(host.taken.get(), taken);
}

#[test]
fn a_weak_tag_of_an_origin_is_not_trusted() {
    let host = TestHost::new()
        .with("TINTYPE_TRUST_ORIGIN_ETAG", "1")
        .origin(|_| Reply::image(&jpeg(300)).header("etag", "W/\"v1\""));
    let tag = host.get(PHOTO).header("etag").to_owned();
    assert!(!tag.contains('.') && tag.contains('-'), "{tag}");
    assert_eq!(host.get_with(PHOTO, &[("if-none-match", &tag)]).status, 304);
}

#[test]
fn a_date_counts_where_the_origin_is_trusted() {
    let later = "Sat, 01 Nov 2025 00:00:01 GMT";
    for (since, status) in
        [(MODIFIED, 304), (later, 304), (DATE, 304), ("Fri, 31 Oct 2025 00:00:00 GMT", 200), ("x", 200)]
    {
        let host = trusting();
        let answer = host.get_with(PHOTO, &[("if-modified-since", since)]);
        assert_eq!((answer.status, answer.header("last-modified")), (status, MODIFIED), "{since}");
        assert_eq!(host.asked_header("if-modified-since").as_deref(), Some(since));
        assert_eq!(tagged().get_with(PHOTO, &[("if-modified-since", since)]).status, 200, "{since}");
    }
}

#[test]
fn a_tag_goes_before_a_date() {
    let host = trusting();
    let both = [("if-none-match", "\"other\""), ("if-modified-since", MODIFIED)];
    assert_eq!(host.get_with(PHOTO, &both).status, 200);
    assert_eq!(host.asked_header("if-modified-since"), None);
    let untagged = TestHost::new()
        .with("TINTYPE_TRUST_ORIGIN_ETAG", "1")
        .origin(|_| Reply::image(&jpeg(300)).header("last-modified", MODIFIED));
    assert_eq!(untagged.get_with(PHOTO, &both).status, 200);
}

#[test]
fn a_304_that_nobody_asked_for_is_an_error() {
    let host = TestHost::new().with("TINTYPE_TRUST_ORIGIN_ETAG", "1").origin(|_| Reply::status(304));
    assert_eq!(host.get(PHOTO).error(), (502, "origin-status".into()));
}
