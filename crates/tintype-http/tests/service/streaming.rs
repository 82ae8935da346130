//! Renditions that are sent while they are made, and the log.

use tintype_http::host::HostError;

use crate::support::*;

/// An origin with 8 MiB in 80 pieces, and then this.
fn large(then: Vec<Event>) -> TestHost {
    TestHost::new().origin(move |_| {
        let mut body = pieces(&jpeg(8 << 20), (8 << 20) / 80);
        body.extend(then.iter().cloned());
        Reply::status(200).body(body).header("content-length", &(8u32 << 20).to_string())
    })
}

#[test]
fn a_large_rendition_is_handed_over_before_its_source_is_complete() {
    let host = large(vec![]);
    let response = host.begin(request("GET", PHOTO, &[]));
    // Bytes taken in equal bytes given out.
    assert!((40..60).contains(&host.taken.get()), "{}", host.taken.get());
    let answer = block_on(Answer::read(response));
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/webp"));
    for absent in ["content-length", "etag", "server-timing"] {
        assert_eq!(answer.header(absent), "", "{absent}");
    }
    assert!(answer.body == jpeg(8 << 20) && answer.broken.is_none());
    assert!(answer.pieces[0] > tintype_http::COLLECTED && answer.pieces.len() > 10, "{:?}", answer.pieces);
    let line = host.log_line();
    assert_eq!((&line["bytes_in"], &line["bytes_out"]), (&(8 << 20).into(), &(8 << 20).into()));
    assert_eq!(line["status"], 200);
}

#[test]
fn up_to_4_mib_a_rendition_has_its_length_and_its_tag() {
    for (size, is_collected) in [(tintype_http::COLLECTED, true), (tintype_http::COLLECTED + 1, false)] {
        let host = TestHost::new().origin(move |_| Reply::status(200).body(pieces(&jpeg(size), 1 << 20)));
        let answer = host.get(PHOTO);
        assert_eq!(answer.body.len(), size);
        assert_eq!(answer.headers.contains_key("content-length"), is_collected);
        assert_eq!(answer.headers.contains_key("etag"), is_collected);
    }
}

#[test]
fn a_large_rendition_keeps_a_trusted_tag() {
    let host = TestHost::new()
        .with("TINTYPE_TRUST_ORIGIN_ETAG", "1")
        .origin(|_| Reply::status(200).body(pieces(&jpeg(8 << 20), 1 << 20)).header("etag", "\"v1\""));
    assert!(host.get(PHOTO).header("etag").ends_with(".djE\""));
}

#[test]
fn head_of_a_large_rendition_stops_where_get_would_send() {
    let host = large(vec![]);
    let answer = host.send(request("HEAD", PHOTO, &[]));
    assert!(answer.is_absent && answer.body.is_empty() && answer.header("content-length").is_empty());
    assert!(host.taken.get() < 60);
    assert_eq!(host.log.borrow().len(), 1);
}

#[test]
fn an_error_after_the_head_breaks_the_body_off_and_is_logged() {
    let broken = large(vec![Event::Fail(HostError::BrokenOff)]);
    let stalled = large(vec![Event::Silence]);
    let too_large = large(vec![]).with("TINTYPE_MAX_SOURCE_BYTES", "8MiB");
    let too_large = too_large.origin(|_| Reply::status(200).body(pieces(&jpeg(9 << 20), 1 << 20)));
    let failing = large(vec![]).resizer(|options| {
        let error =
            tintype_types::Error::Malformed { format: tintype_types::Format::Jpeg, detail: "x".into() };
        Echo { failing_after: (7 << 20, error), ..Echo::new(options) }
    });
    // An eighth of a second for each of the parts that a source is written in, of 102 KiB in two.
    let slow = large(vec![]).resizer(|options| Echo { slowness: SECOND / 8, ..Echo::new(options) });
    let slow = slow.with("TINTYPE_TIMEOUT_ANSWER", "5s");
    for (host, error) in [
        (broken, "origin-unreachable"),
        (stalled, "origin-timeout"),
        (too_large, "source-too-large"),
        (failing, "damaged-source"),
        (slow, "timeout"),
    ] {
        let answer = host.get(PHOTO);
        assert_eq!(
            (answer.status, answer.header("cache-control")),
            (200, "public, max-age=86400"),
            "{error}"
        );
        assert_eq!(answer.broken.unwrap().kind().slug(), error);
        assert!((4 << 20..=9 << 20).contains(&answer.body.len()), "{error}");
        let line = host.log_line();
        assert_eq!((&line["error"], &line["status"]), (&error.into(), &200.into()));
        assert_eq!(line["bytes_out"], answer.body.len());
    }
}

#[test]
fn damage_that_is_found_after_the_head_is_logged() {
    let host = large(vec![]).resizer(|options| Echo { damaged_after: 7 << 20, ..Echo::new(options) });
    let answer = host.get(PHOTO);
    assert_eq!((answer.status, answer.header("tintype-error")), (200, ""));
    assert_eq!(host.log_line()["damaged"], true);
    let early = large(vec![]).resizer(|options| Echo { damaged_after: 1 << 20, ..Echo::new(options) });
    let answer = early.get(PHOTO);
    assert_eq!(answer.header("tintype-error"), "damaged-source");
    assert_eq!(answer.header("cache-control"), "public, max-age=60");
}

#[test]
fn the_log_has_one_line_for_each_request_when_its_body_is_dropped() {
    let host = TestHost::new();
    let response =
        host.begin(request("GET", "/unsafe/w:8/plain/https://photos.example.com/s%3Fsecret=1", &[]));
    assert!(host.log.borrow().is_empty());
    drop(block_on(Answer::read(response)));
    let line = host.log_line();
    for (name, value) in [
        ("time", serde_json::json!(NOW * 1000)),
        ("method", "GET".into()),
        ("grammar", "imgproxy".into()),
        ("source_host", "photos.example.com".into()),
        ("status", 200.into()),
        ("bytes_in", 300.into()),
        ("bytes_out", 300.into()),
        ("source", serde_json::json!([30, 20])),
        ("output", serde_json::json!([8, 1])),
        ("total_ms", 0.0.into()),
    ] {
        assert_eq!(line[name], value, "{name}");
    }
    assert!(line.get("error").is_none() && line.get("damaged").is_none());
    assert!(!host.log.borrow()[0].contains("secret"));
}

#[test]
fn a_client_that_leaves_early_is_logged_too() {
    let host = large(vec![]);
    let mut response = host.begin(request("GET", PHOTO, &[]));
    let first = block_on(response.body_mut().next()).unwrap().unwrap().len();
    let second = block_on(response.body_mut().next()).unwrap().unwrap().len();
    drop(response);
    assert_eq!(host.log_line()["bytes_out"], first + second);
    assert!(host.taken.get() < 60);
    let host = large(vec![]);
    drop(host.begin(request("GET", PHOTO, &[])));
    assert_eq!(host.log.borrow().len(), 1);
}

#[test]
fn failures_and_plain_responses_are_logged() {
    let logged = |method: &str, target: &str| {
        let host = TestHost::new();
        host.send(request(method, target, &[]));
        let line = host.log_line();
        (line["method"].clone(), line["status"].clone(), line["error"].clone())
    };
    assert_eq!(logged("GET", "/healthz"), ("GET".into(), 200.into(), serde_json::Value::Null));
    assert_eq!(logged("HEAD", "/nowhere"), ("HEAD".into(), 404.into(), "not-found".into()));
    assert_eq!(logged("PUT", "/"), ("other".into(), 405.into(), "method-not-allowed".into()));
    assert_eq!(logged("GET", "/?width=0"), ("GET".into(), 400.into(), "invalid-parameter".into()));
}

#[test]
fn the_log_can_be_turned_off() {
    let host = TestHost::new().with("TINTYPE_LOG", "0");
    host.get(PHOTO);
    host.get("/healthz");
    host.get("/nowhere");
    assert!(host.log.borrow().is_empty());
}
