//! Responses in place of a failure: the configured image, and redirects.

use http::Request;
use tintype_http::host::HostError;
use tintype_types::{Error, Length, Limit};

use crate::support::*;

const FALLBACK: &str = "https://static.example.net/fallback.png";

/// An origin that has nothing but the fallback.
fn missing(request: &Request<()>) -> Reply {
    match request.uri().path() {
        "/fallback.png" => Reply::image(&jpeg(200))
            .header("etag", "\"f\"")
            .header("last-modified", "Thu, 01 Jan 2015 00:00:00 GMT"),
        _ => Reply::status(404),
    }
}

#[test]
fn a_limit_of_the_source_is_none_of_its_substitute() {
    let answer = host().get(&format!("{PHOTO}&max-source-bytes=100"));
    assert_eq!((answer.status, &answer.body), (404, &jpeg(200)));
}

fn host() -> TestHost {
    TestHost::new().with("TINTYPE_FALLBACK_URL", FALLBACK).origin(missing)
}

#[test]
fn the_configured_image_takes_the_place_of_a_source_that_fails() {
    let host = host();
    let answer = host.get(PHOTO);
    assert_eq!((answer.status, &answer.body), (404, &jpeg(200)));
    for (name, value) in [
        ("content-type", "image/webp"),
        ("content-length", "200"),
        ("cache-control", "no-store"),
        ("tintype-error", "source-not-found"),
        ("etag", ""),
        ("last-modified", ""),
        ("link", ""),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    assert_eq!(host.sessions.borrow()[0].geometry.width, Some(Length::Pixels(8)));
    let line = host.log_line();
    assert_eq!((&line["error"], &line["status"]), (&"source-not-found".into(), &404.into()));
    assert_eq!(line["source_host"], "photos.example.com");
    let head = host.send(request("HEAD", PHOTO, &[]));
    assert!(head.status == 404 && head.is_absent && head.header("content-length") == "200");
}

#[test]
fn the_configured_image_is_whole_whatever_the_client_has() {
    for trusted in ["0", "1"] {
        let host = host().with("TINTYPE_TRUST_ORIGIN_ETAG", trusted);
        for condition in [("if-none-match", "*"), ("if-modified-since", DATE)] {
            let answer = host.get_with(PHOTO, &[condition]);
            assert_eq!((answer.status, answer.body.len()), (404, 200), "{condition:?} {trusted}");
        }
    }
}

#[test]
fn the_configured_image_is_for_failures_of_sources_alone() {
    for (target, status, error) in [
        ("/?url=https://elsewhere.example.net/", 403, "source-not-allowed"),
        ("/?url=https://photos.example.com/&width=0", 400, "invalid-parameter"),
        ("/?url=https://photos.example.com/&expires=1", 404, "expired"),
    ] {
        assert_eq!(host().get(target).error(), (status, error.into()), "{target}");
    }
    assert_eq!(host().post("/", pieces(b"no image", 5)).error(), (415, "unsupported-media".into()));
    let gone = TestHost::new()
        .with("TINTYPE_FALLBACK_URL", FALLBACK)
        .origin(|request| Reply::status(if request.uri().path() == "/fallback.png" { 500 } else { 404 }));
    assert_eq!(gone.get(PHOTO).error(), (404, "source-not-found".into()));
}

#[test]
fn a_failure_that_is_not_the_source_s_has_no_substitute() {
    let too_large = Error::LimitExceeded { limit: Limit::OutputSide, allowed: 1, needed: 2 };
    let refusing = host()
        .origin(|_| Reply::image(&jpeg(300)))
        .resizer(move |options| Echo { failing_after: (0, too_large.clone()), ..Echo::new(options) });
    let denied = host().origin(|_| Reply::fail(HostError::Denied));
    let busy = host().origin(|_| Reply::image(&jpeg(300)).after(Event::Late(SECOND)));
    for (host, status, error) in
        [(refusing, 400, "output-too-large"), (denied, 403, "denied-by-host"), (busy, 503, "overloaded")]
    {
        assert_eq!(host.get(PHOTO).error(), (status, error.into()));
        assert_eq!(host.get(&format!("{PHOTO}&onerror=source")).error(), (status, error.into()));
    }
}

#[test]
fn a_large_configured_image_is_streamed_like_any_other() {
    let host = TestHost::new().with("TINTYPE_FALLBACK_URL", FALLBACK).origin(|request| {
        let image = Reply::status(200).body(pieces(&jpeg(6 << 20), 1 << 20));
        if request.uri().path() == "/fallback.png" { image } else { Reply::status(410) }
    });
    let answer = host.get(PHOTO);
    assert_eq!((answer.status, answer.body.len()), (404, 6 << 20));
    assert_eq!((answer.header("tintype-error"), answer.header("content-length")), ("source-not-found", ""));
}

#[test]
fn a_failure_can_redirect_to_the_source() {
    let host = host();
    let answer = host.get(&format!("{PHOTO}&onerror=source"));
    assert_eq!((answer.status, answer.body.len()), (302, 0));
    assert_eq!(answer.header("location"), "https://photos.example.com/a/photo.jpg");
    assert_eq!((answer.header("cache-control"), answer.header("content-length")), ("no-store", "0"));
    assert_eq!(host.log_line()["error"], "source-not-found");
    assert_eq!(host.get(&format!("{PHOTO}&onerror=error")).header("tintype-error"), "source-not-found");
}

#[test]
fn a_source_that_the_client_did_not_name_is_not_disclosed() {
    let host = TestHost::new()
        .with("TINTYPE_BASE_URL", "https://secret.example.com/folder/")
        .with("TINTYPE_ALIAS_arch", "https://secret.example.com/archive/")
        .origin(missing);
    for target in [
        "/?url=photo.jpg&onerror=source",
        "/?url=photo.jpg&onerror=other.jpg",
        "/?url=arch:photo.jpg&onerror=arch:other.jpg",
        "/?url=https://photos.example.com/&onerror=other.jpg",
    ] {
        let answer = host.get(target);
        assert_eq!(answer.error(), (404, "source-not-found".into()), "{target}");
        assert!(!format!("{answer:?}").contains("secret.example.com"), "{target}");
    }
    let image = host.origin(|_| Reply::image(&jpeg(300))).get("/?url=photo.jpg");
    assert!(image.status == 200 && !format!("{:?}", image.headers).contains("secret.example.com"));
}

#[test]
fn a_failure_does_not_redirect_to_a_url_that_is_not_allowed() {
    for (url, error) in [
        ("https://elsewhere.example.net/", (403, "source-not-allowed")),
        ("https://user@photos.example.com/", (400, "invalid-source")),
        ("javascript:alert(1)", (400, "invalid-source")),
        ("other.jpg", (400, "invalid-source")),
    ] {
        let answer = TestHost::new().origin(missing).get(&format!("{PHOTO}&onerror={url}"));
        assert_eq!(answer.error(), (error.0, error.1.into()), "{url}");
    }
}

#[test]
fn a_failure_can_redirect_to_a_url_that_is_allowed() {
    for (url, location) in [
        ("https://photos.example.com/other.jpg", "https://photos.example.com/other.jpg"),
        ("https://PHOTOS.example.com:443/a/../b", "https://photos.example.com/b"),
    ] {
        let host = TestHost::new().origin(missing);
        let answer = host.get(&format!("{PHOTO}&onerror={url}"));
        assert_eq!((answer.status, answer.header("location")), (302, location));
    }
    let redirect = format!("{PHOTO}&onerror=https://photos.example.com/other.jpg");
    assert_eq!(TestHost::new().get(&redirect).status, 200);
}

#[test]
fn where_every_host_is_a_source_none_is_the_target_of_a_redirect() {
    let open = || TestHost::new().with("TINTYPE_SOURCES", "*, photos.example.com").origin(missing);
    for (target, status) in [
        ("/?url=https://evil.example.net/x&onerror=source", 404),
        ("/?url=https://photos.example.com/x&onerror=https://evil.example.net/", 403),
        ("/cdn-cgi/image/width=8,onerror=redirect/https://evil.example.net/x", 404),
        ("/wsrv/?url=https://evil.example.net/x&default=1", 404),
        ("/wsrv/?url=https://photos.example.com/x&default=evil.example.net", 403),
        ("/wsrv/?w=8&default=evil.example.net", 400),
        ("/?url=https://photos.example.com/x&onerror=source", 302),
        ("/?url=https://evil.example.net/x&onerror=https://photos.example.com/", 302),
        ("/wsrv/?w=8&default=photos.example.com", 302),
    ] {
        let answer = open().get(target);
        assert_eq!(answer.status, status, "{target}");
        assert!(!answer.header("location").contains("evil"), "{target}");
    }
    let image = open().with("TINTYPE_FALLBACK_URL", FALLBACK);
    let answer = image.get("/?url=https://evil.example.net/x&onerror=source");
    assert_eq!((answer.status, answer.body.len()), (404, 200));
}

#[test]
fn wsrv_redirects_in_place_of_every_error() {
    let fallback = "https%3A%2F%2Fphotos.example.com%2Fother.jpg";
    for (query, status) in [
        ("url=https://photos.example.com/missing", 404),
        ("url=https://elsewhere.example.net/", 403),
        ("url=ftp://photos.example.com/", 400),
        ("w=8", 400),
        ("url=https://photos.example.com/&output=tiff", 400),
    ] {
        let host = TestHost::new().origin(missing);
        let answer = host.get(&format!("/wsrv/?{query}&default={fallback}"));
        assert_eq!(
            (answer.status, answer.header("location")),
            (302, "https://photos.example.com/other.jpg"),
            "{query}"
        );
        assert!(!host.log_line()["error"].is_null());
        assert_eq!(host.get(&format!("/wsrv/?{query}")).status, status, "{query}");
        let elsewhere = host.get(&format!("/wsrv/?{query}&default=https://elsewhere.example.net/"));
        // A request that could be read names the fault of its fallback, the others their own.
        assert_eq!(elsewhere.status, if status == 404 { 403 } else { status }, "{query}");
    }
}
