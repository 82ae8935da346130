//! Requests to origins, and what becomes of their responses.

use http::Request;
use tintype_http::host::HostError;

use crate::support::*;

/// An origin that redirects `/3` to `/2` and so on, and has an image at `/0`.
fn redirecting(request: &Request<()>) -> Reply {
    match request.uri().path().trim_start_matches('/').parse::<u32>() {
        Ok(0) | Err(_) => Reply::image(&jpeg(300)),
        Ok(left) => Reply::redirect(&format!("{}?again", left - 1)),
    }
}

fn url(path: &str) -> String {
    format!("/?url=https://photos.example.com/{path}&width=8")
}

#[test]
fn redirects_are_followed_as_far_as_allowed() {
    let host = TestHost::new().origin(redirecting);
    assert_eq!(host.get(&url("3")).status, 200);
    let asked: Vec<String> = host.asked.take().iter().map(|request| request.uri().to_string()).collect();
    assert_eq!(asked[0], "https://photos.example.com/3");
    assert_eq!(asked[3], "https://photos.example.com/0?again");
    assert_eq!(host.get(&url("4")).error(), (502, "origin-redirect".into()));
    assert_eq!(host.asked.take().len(), 4);
    let strict = TestHost::new().with("TINTYPE_MAX_REDIRECTS", "0").origin(redirecting);
    assert_eq!(strict.get(&url("1")).error(), (502, "origin-redirect".into()));
    assert_eq!(strict.get(&url("0")).status, 200);
}

#[test]
fn a_redirect_may_write_its_path_without_percent_encoding() {
    let host = TestHost::new().origin(|request| match request.uri().path() {
        "/f%C3%BCr%20dich" => Reply::image(&jpeg(300)),
        _ => Reply::redirect("/für dich"),
    });
    assert_eq!(host.get(PHOTO).status, 200);
}

#[test]
fn every_redirect_is_judged_like_the_first_url() {
    for (location, status, error) in [
        ("https://elsewhere.example.net/", 403, "source-not-allowed"),
        ("//elsewhere.example.net/", 403, "source-not-allowed"),
        ("http://127.0.0.1/", 403, "source-not-allowed"),
        ("https://photos.example.com:8443/", 403, "source-not-allowed"),
        ("http://metadata.google.internal/", 403, "source-not-allowed"),
        ("ftp://photos.example.com/", 502, "origin-redirect"),
        ("https://user@photos.example.com/", 502, "origin-redirect"),
        ("https://photos.example.com:0/", 502, "origin-redirect"),
        ("https://", 502, "origin-redirect"),
        ("/..;/secret", 502, "origin-redirect"),
        ("/\\", 502, "origin-redirect"),
    ] {
        let host = TestHost::new().origin(move |_| Reply::redirect(location));
        assert_eq!(host.get(PHOTO).error(), (status, error.into()), "{location}");
        assert_eq!(host.asked.borrow().len(), 1, "{location}");
    }
    for status in [301, 302, 303, 307, 308] {
        let host = TestHost::new().origin(move |_| Reply::status(status));
        assert_eq!(host.get(PHOTO).error(), (502, "origin-redirect".into()), "{status}");
    }
    let longest = TestHost::new().with("TINTYPE_MAX_URL_BYTES", "60");
    let host = longest.origin(|_| Reply::redirect(&format!("/{}", "x".repeat(60))));
    assert_eq!(host.get(PHOTO).error(), (502, "origin-redirect".into()));
}

#[test]
fn a_message_about_a_redirect_does_not_say_where_it_leads() {
    for location in
        ["ftp://secret.example.com/", "https://secret.example.net/", "http://secret/", "/secret\\"]
    {
        let host = TestHost::new().origin(move |_| Reply::redirect(location));
        let answer = host.get(PHOTO);
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.starts_with("the origin redirects to "), "{message}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("secret"), "{message}");
    }
}

#[test]
fn a_url_that_the_host_cannot_use_is_the_fault_of_whoever_named_it() {
    let host = TestHost::new().origin(|request| match request.uri().path() {
        "/a/photo.jpg" => Reply::redirect("/b"),
        _ => Reply::fail(HostError::UnusableUrl),
    });
    assert_eq!(host.get(PHOTO).error(), (502, "origin-redirect".into()));
    assert_eq!(host.get(&url("c")).error(), (400, "invalid-source".into()));
}

#[test]
fn the_status_of_an_origin_decides() {
    for (status, error) in [
        (203, (200, "")),
        (404, (404, "source-not-found")),
        (410, (404, "source-not-found")),
        (204, (502, "origin-status")),
        (206, (502, "origin-status")),
        (304, (502, "origin-status")),
        (401, (502, "origin-status")),
        (429, (502, "origin-status")),
        (500, (502, "origin-status")),
        (503, (502, "origin-status")),
    ] {
        let host = TestHost::new().origin(move |_| Reply::status(status).body(pieces(&jpeg(300), 50)));
        let answer = host.get(PHOTO);
        assert_eq!(answer.error(), (error.0, error.1.into()), "{status}");
        assert!(answer.status == 200 || answer.header("cache-control") == "no-store");
        assert!(
            answer.status == 200 || answer.json()["message"].as_str().unwrap().contains(&status.to_string())
        );
    }
}

#[test]
fn a_busy_origin_says_when_to_come_back() {
    for (status, passed) in [(429, "120"), (503, "120"), (500, ""), (404, "")] {
        let host = TestHost::new().origin(move |_| Reply::status(status).header("retry-after", "120"));
        assert_eq!(host.get(PHOTO).header("retry-after"), passed, "{status}");
    }
    let image = TestHost::new().origin(|_| Reply::image(&jpeg(300)).header("retry-after", "120"));
    assert_eq!(image.get(PHOTO).header("retry-after"), "");
}

#[test]
fn an_origin_gets_these_headers_and_no_others() {
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let host = TestHost::new();
    host.get_with(
        PHOTO,
        &[
            ("cookie", "secret"),
            ("authorization", "secret"),
            ("x-forwarded-for", "192.0.2.1"),
            ("user-agent", "browser"),
            ("referer", "https://example.com/"),
            ("range", "bytes=0-9"),
            ("accept", "image/avif"),
            ("accept-encoding", "br"),
            ("if-none-match", "\"x\""),
            ("if-modified-since", DATE),
            ("traceparent", trace),
            ("tracestate", "a=b"),
            ("via", "1.1 cdn"),
        ],
    );
    let asked = host.asked.take().remove(0);
    assert_eq!((asked.method().as_str(), asked.uri().host()), ("GET", Some("photos.example.com")));
    let mut headers: Vec<_> =
        asked.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    headers.sort_unstable();
    let agent = concat!("tintype/", env!("CARGO_PKG_VERSION"));
    assert_eq!(
        headers,
        [
            ("accept", "image/jpeg,image/png,image/webp,image/gif"),
            ("accept-encoding", "identity"),
            ("traceparent", trace),
            ("tracestate", "a=b"),
            ("user-agent", agent),
            ("via", "1.1 tintype"),
        ]
    );
}

#[test]
fn a_host_s_reasons_are_told_apart() {
    for (reason, status, error, hint) in [
        (HostError::TimedOut, 504, "origin-timeout", "TINTYPE_TIMEOUT"),
        (HostError::Denied, 403, "denied-by-host", "allowed_outbound_hosts"),
        (HostError::AddressProhibited, 403, "denied-by-host", "block_networks"),
        (HostError::UnknownName, 502, "origin-unreachable", "name"),
        (HostError::Refused, 502, "origin-unreachable", "refuses"),
        (HostError::Tls, 502, "origin-unreachable", "TLS"),
        (HostError::BrokenOff, 502, "origin-unreachable", "broke off"),
        (HostError::UnusableUrl, 400, "invalid-source", "this host"),
        (HostError::Other, 502, "origin-unreachable", "cannot be reached"),
    ] {
        let host = TestHost::new().origin(move |_| Reply::fail(reason));
        let answer = host.get(PHOTO);
        assert_eq!(answer.error(), (status, error.into()), "{reason:?}");
        assert!(String::from_utf8_lossy(&answer.body).contains(hint), "{reason:?}");
    }
}

#[test]
fn a_source_is_bounded_whether_its_length_is_announced_or_counted() {
    for (announced, taken) in [("99999999", 0), ("100", 11), ("nonsense", 11)] {
        let host = TestHost::new().with("TINTYPE_MAX_SOURCE_BYTES", "1000");
        let host = host.origin(move |_| Reply::image(&jpeg(5000)).header("content-length", announced));
        assert_eq!(host.get(PHOTO).error(), (413, "source-too-large".into()));
        assert_eq!(host.taken.get(), taken, "{announced}");
    }
    let host = TestHost::new().with("TINTYPE_MAX_SOURCE_BYTES", "300");
    assert_eq!(host.get(PHOTO).status, 200);
}

#[test]
fn an_origin_that_breaks_off_leaves_no_image() {
    let mut body = pieces(&jpeg(300), 100);
    body.push(Event::Fail(HostError::BrokenOff));
    let host = TestHost::new().origin(move |_| Reply::status(200).body(body.clone()));
    let answer = host.get(PHOTO);
    assert_eq!(answer.error(), (502, "origin-unreachable".into()));
    assert_eq!(answer.header("cache-control"), "no-store");
}

/// A host with a store, and an alias of another one.
fn with_store() -> TestHost {
    TestHost::new()
        .with("TINTYPE_SOURCES", "s3://photos, https://photos.example.com")
        .with("TINTYPE_S3_ENDPOINT", "http://10.0.0.7:9000")
        .with("TINTYPE_S3_ACCESS_KEY_ID", "AKMAIN")
        .with("TINTYPE_S3_SECRET_ACCESS_KEY", "swordfish")
        .with("TINTYPE_ALIAS_eu", "s3://archive/eu/")
        .with("TINTYPE_S3_REGION_EU", "eu-central-1")
        .with("TINTYPE_ALIAS_dav", "https://dav.example.com/a/")
        .with("TINTYPE_HEADERS_DAV", "Authorization: Bearer swordfish\nUser-Agent: own")
}

#[test]
fn an_object_is_asked_of_its_store_with_a_signature() {
    let host = with_store();
    for (target, uri, region) in [
        ("/?url=s3://photos/a%2520b.jpg&width=8", "http://10.0.0.7:9000/photos/a%20b.jpg", "us-east-1"),
        ("/?url=s3://photos/a%2Bb.jpg&width=8", "http://10.0.0.7:9000/photos/a%2Bb.jpg", "us-east-1"),
        (
            "/unsafe/w:8/plain/s3://photos/a%2520b.jpg@png",
            "http://10.0.0.7:9000/photos/a%20b.jpg",
            "us-east-1",
        ),
        ("/unsafe/w:8/czM6Ly9waG90b3MvYS5qcGc", "http://10.0.0.7:9000/photos/a.jpg", "us-east-1"),
        ("/cdn-cgi/image/width=8/s3://photos/a.jpg", "http://10.0.0.7:9000/photos/a.jpg", "us-east-1"),
        ("/cdn-cgi/image/width=8/s3:/photos/a.jpg", "http://10.0.0.7:9000/photos/a.jpg", "us-east-1"),
        ("/wsrv/?url=s3://photos/a.jpg&w=8", "http://10.0.0.7:9000/photos/a.jpg", "us-east-1"),
        (
            "/_next/image?url=s3%3A%2F%2Fphotos%2Fa.jpg&w=8&q=75",
            "http://10.0.0.7:9000/photos/a.jpg",
            "us-east-1",
        ),
        ("/_ipx/w_8/s3://photos/a.jpg", "http://10.0.0.7:9000/photos/a.jpg", "us-east-1"),
        ("/?url=eu:cat.jpg&width=8", "http://10.0.0.7:9000/archive/eu/cat.jpg", "eu-central-1"),
    ] {
        let answer = host.get(target);
        assert_eq!(answer.error(), (200, String::new()), "{target}");
        assert_eq!(answer.header("link"), "", "{target}");
        let asked = host.asked.take().remove(0);
        assert_eq!(asked.uri(), uri, "{target}");
        let authorization = asked.headers()["authorization"].to_str().unwrap();
        let scope = format!("AWS4-HMAC-SHA256 Credential=AKMAIN/20260101/{region}/s3/aws4_request, ");
        assert!(authorization.starts_with(&scope), "{authorization}");
        assert_eq!(asked.headers()["x-amz-date"], "20260101T000000Z");
    }
    assert!(host.log.take().iter().all(|line| !line.contains("swordfish") && !line.contains("AKMAIN")));
}

#[test]
fn a_bucket_has_to_be_listed() {
    for (target, error) in [
        ("/?url=s3://secret/a.jpg", (403, "source-not-allowed")),
        ("/?url=s3://archive/a.jpg", (403, "source-not-allowed")),
        ("/?url=eu:../a.jpg", (400, "invalid-source")),
        ("/?url=s3://photos/", (400, "invalid-source")),
        ("/?url=s3://photos", (400, "invalid-source")),
        ("/?url=s3://photos:80/a.jpg", (400, "invalid-source")),
        ("/?url=s3://photos/a%3Facl", (400, "invalid-source")),
        ("/?url=s3://photos/a%3FversionId=1%2526list-type=2", (200, "")),
        ("/?url=s3://photos/a%3FversionId=1%26list-type=2", (400, "invalid-source")),
        ("/?url=s3:///a.jpg", (400, "invalid-source")),
        ("/?url=http://10.0.0.7:9000/photos/a.jpg", (403, "source-not-allowed")),
    ] {
        let answer = with_store().get(target);
        assert_eq!(answer.error(), (error.0, error.1.into()), "{target}");
    }
    let every = TestHost::new().with("TINTYPE_SOURCES", "*");
    assert_eq!(every.get("/?url=s3://photos/a.jpg").error(), (403, "source-not-allowed".into()));
    let every = TestHost::new().with("TINTYPE_SOURCES", "s3://*");
    assert_eq!(every.get("/?url=s3://2026/a.jpg").status, 200);
    assert_eq!(every.asked.take()[0].uri(), "https://2026.s3.us-east-1.amazonaws.com/a.jpg");
    assert_eq!(every.get("/?url=https://photos.example.com/a.jpg").status, 403);
}

#[test]
fn what_shows_who_may_read_goes_nowhere_else() {
    let elsewhere = |request: &Request<()>| match request.uri().host() {
        Some("photos.example.com") => Reply::image(&jpeg(300)),
        _ => Reply::redirect("https://photos.example.com/a.jpg"),
    };
    for target in ["/?url=dav:a.jpg", "/?url=s3://photos/a.jpg"] {
        let host = with_store().origin(elsewhere);
        assert_eq!(host.get(target).status, 200, "{target}");
        let asked = host.asked.take();
        assert!(asked[0].headers().contains_key("authorization"), "{target}");
        assert!(!asked[1].headers().contains_key("authorization"), "{target}");
    }
    let host = with_store();
    assert_eq!(host.get("/?url=dav:a.jpg").status, 200);
    assert_eq!(host.asked_header("authorization").unwrap(), "Bearer swordfish");
    assert_eq!(host.asked_header("user-agent").unwrap(), "own");
    let redirected = with_store().origin(|_| Reply::redirect("s3://secret/a.jpg"));
    assert_eq!(redirected.get("/?url=s3://photos/a.jpg").error(), (403, "source-not-allowed".into()));
    // A client is never redirected to an object.
    let failing = with_store().origin(|_| Reply::status(404));
    assert_eq!(
        failing.get("/?url=s3://photos/a.jpg&onerror=source").error(),
        (404, "source-not-found".into())
    );
}

#[test]
fn a_bucket_of_another_store_is_not_one_of_the_main_store() {
    let host = || {
        TestHost::new()
            .with("TINTYPE_ALIAS_r2", "s3://private/")
            .with("TINTYPE_S3_ENDPOINT_R2", "https://r2.example.com")
    };
    let own = host();
    assert_eq!(own.get("/?url=r2:a.jpg").status, 200);
    assert_eq!(own.asked.take()[0].uri(), "https://r2.example.com/private/a.jpg");
    assert_eq!(host().get("/?url=s3://private/a.jpg").error(), (403, "source-not-allowed".into()));
    assert_eq!(host().get("/?url=r2:..%252fb.jpg").error(), (400, "invalid-source".into()));
}

#[test]
fn a_store_that_refuses_says_what_may_be_wrong() {
    let host = with_store().origin(|_| Reply::status(403));
    let answer = host.get("/?url=s3://photos/a.jpg");
    assert_eq!(answer.error(), (502, "origin-status".into()));
    assert!(answer.json()["detail"].as_str().unwrap().contains("TINTYPE_S3_"));
    assert!(!String::from_utf8_lossy(&answer.body).contains("10.0.0.7"));
}
