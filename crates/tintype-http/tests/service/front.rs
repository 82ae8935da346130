//! In front of another component.

use std::time::Instant;

use http::{Request, Response, StatusCode};
use tintype_http::host::{Behind, Host, HostError, Timeouts};

use crate::support::*;

/// The component behind: it is the origin of the host.
struct Site<'h>(&'h TestHost);

impl Behind for Site<'_> {
    type Body = TestBody;
    type Answer = Response<TestBody>;

    async fn ask(&self, request: Request<()>, deadline: Instant) -> Result<Self::Answer, HostError> {
        Host::send(self.0, request, &Timeouts::default(), deadline).await
    }

    fn status(answer: &Self::Answer) -> Option<StatusCode> {
        Some(answer.status())
    }

    fn open(answer: Self::Answer) -> Result<Self::Answer, HostError> {
        Ok(answer)
    }
}

/// The answer in front of the host's origin; the error is the status of one that is passed on.
fn try_send(host: &TestHost, method: &str, target: &str, headers: &[(&str, &str)]) -> Result<Answer, u16> {
    let (parts, _) = request(method, target, headers).into_parts();
    block_on(async {
        let answer = tintype_http::answer_in_front(host, &Site(host), &host.config(), &parts).await;
        Ok(Answer::read(answer.map_err(|answer| answer.status().as_u16())?).await)
    })
}

fn send(host: &TestHost, target: &str, headers: &[(&str, &str)]) -> Answer {
    try_send(host, "GET", target, headers).unwrap()
}

const CAT: &str = "/photos/cat.jpg?width=8";

fn replies(headers: &'static [(&'static str, &'static str)]) -> TestHost {
    TestHost::new().origin(move |_| {
        headers.iter().fold(Reply::image(&jpeg(300)), |reply, (name, value)| reply.header(name, value))
    })
}

#[test]
fn the_original_is_asked_for_as_the_client_would_without_its_options() {
    let host = TestHost::new();
    let headers = [
        ("cookie", "a=b"),
        ("authorization", "Bearer x"),
        ("x-forwarded-for", "192.0.2.1"),
        ("accept", "image/avif,image/webp"),
        ("accept-encoding", "gzip, br"),
        ("range", "bytes=0-9"),
        ("if-range", "\"x\""),
        ("if-none-match", "\"x\""),
        ("if-modified-since", DATE),
    ];
    let answer = send(&host, "/photos/cat.jpg?token=1&width=8&v=3", &headers);
    assert_eq!((answer.status, &answer.body), (200, &jpeg(300)));
    let asked = host.asked.borrow();
    let [asked] = asked.as_slice() else { panic!("one request: {asked:?}") };
    assert_eq!(
        (asked.method().as_str(), asked.uri().to_string()),
        ("GET", "/photos/cat.jpg?token=1&v=3".into())
    );
    let mut sent: Vec<_> =
        asked.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    sent.sort_unstable();
    assert_eq!(
        sent,
        [
            ("accept", "image/jpeg,image/png,image/webp,image/gif"),
            ("accept-encoding", "identity"),
            ("authorization", "Bearer x"),
            ("cookie", "a=b"),
            ("x-forwarded-for", "192.0.2.1"),
        ]
    );
}

#[test]
fn the_format_is_negotiated_by_default() {
    let host = TestHost::new();
    for (target, accept, format) in [
        (CAT, "image/webp,*/*", "image/webp"),
        (CAT, "*/*", "image/jpeg"),
        ("/photos/cat.jpg?width=8&format=png", "image/webp", "image/png"),
    ] {
        let answer = send(&host, target, &[("accept", accept)]);
        assert_eq!(answer.header("content-type"), format, "{target} {accept}");
        assert_eq!(answer.header("vary"), if target == CAT { "accept" } else { "" });
    }
}

#[test]
fn whatever_is_no_source_is_passed_on_and_not_logged() {
    for status in [204, 206, 301, 302, 304, 401, 404, 410, 429, 500, 503] {
        let host = TestHost::new().origin(move |_| Reply::status(status));
        let condition = [("if-none-match", "\"x\"")];
        assert_eq!(try_send(&host, "GET", CAT, &condition).map(|answer| answer.status), Err(status));
        assert!(host.log.borrow().is_empty(), "{status}");
    }
}

#[test]
fn a_rendition_keeps_the_policies_of_the_original_and_not_what_describes_its_bytes() {
    let host = replies(&[
        ("set-cookie", "a=b"),
        ("set-cookie", "c=d"),
        ("access-control-allow-origin", "https://www.example.com"),
        ("cross-origin-resource-policy", "same-site"),
        ("vary", "Accept, Origin, accept-encoding"),
        ("x-powered-by", "a site"),
        ("etag", "\"original\""),
        ("last-modified", DATE),
        ("content-type", "image/jpeg"),
        ("accept-ranges", "bytes"),
        ("cache-control", "max-age=5"),
        ("content-disposition", "attachment"),
        ("content-md5", "x"),
        ("expires", DATE),
        ("age", "1"),
    ]);
    let answer = send(&host, CAT, &[("accept", "image/webp")]);
    let all =
        |name: &str| answer.headers.get_all(name).iter().map(|v| v.to_str().unwrap()).collect::<Vec<_>>();
    for (name, values) in [
        ("set-cookie", &["a=b", "c=d"][..]),
        ("access-control-allow-origin", &["https://www.example.com"]),
        ("cross-origin-resource-policy", &["same-site"]),
        ("vary", &["accept, Origin"]),
        ("x-powered-by", &["a site"]),
        ("content-type", &["image/webp"]),
        ("content-disposition", &["inline; filename=\"cat.webp\""]),
        ("accept-ranges", &["none"]),
        ("cache-control", &["private, max-age=4"]),
        ("content-length", &["300"]),
        ("content-md5", &[]),
        ("expires", &[]),
        ("age", &[]),
    ] {
        assert_eq!(all(name), values, "{name}");
    }
    assert!(!answer.header("etag").contains("original"));
    assert_eq!(host.log_line()["grammar"], "front");
}

#[test]
fn a_client_that_identifies_itself_gets_a_private_image_unless_it_is_said_to_be_public() {
    let cookie = ("cookie", "session=1");
    let authorization = ("authorization", "Bearer x");
    for (headers, said, expected) in [
        (&[][..], &[][..], "public, max-age=86400"),
        (&[cookie], &[], "private, max-age=86400"),
        (&[authorization], &[], "private, max-age=86400"),
        (&[cookie], &[("cache-control", "max-age=5")], "private, max-age=5"),
        (&[cookie], &[("cache-control", "public, max-age=5")], "public, max-age=5"),
        (&[cookie], &[("cache-control", "max-age=5, s-maxage=9")], "public, max-age=5, s-maxage=9"),
        (&[cookie], &[("cache-control", "public, no-store")], "no-store"),
        (&[cookie], &[("cache-control", "public"), ("set-cookie", "a=b")], "private, max-age=86400"),
    ] {
        assert_eq!(
            send(&replies(said), CAT, headers).header("cache-control"),
            expected,
            "{headers:?} {said:?}"
        );
    }
}

#[test]
fn a_client_that_has_the_rendition_is_told_so() {
    let host = TestHost::new();
    let tag = send(&host, CAT, &[]).header("etag").to_owned();
    let answer = send(&host, CAT, &[("if-none-match", &tag)]);
    assert_eq!((answer.status, answer.is_absent, answer.header("etag")), (304, true, &*tag));
    let other = send(&host, "/photos/cat.jpg?width=9", &[("if-none-match", &tag)]);
    assert_eq!(other.status, 200);
}

#[test]
fn a_trusted_tag_of_the_original_saves_its_transfer() {
    let host = TestHost::new().with("TINTYPE_TRUST_ORIGIN_ETAG", "1").origin(|asked| {
        match asked.headers().get("if-none-match") {
            Some(tag) if tag == "\"v1\"" => Reply::status(304).header("etag", "\"v1\""),
            _ => Reply::image(&jpeg(300)).header("etag", "\"v1\""),
        }
    });
    let tag = send(&host, CAT, &[]).header("etag").to_owned();
    let answer = send(&host, CAT, &[("if-none-match", &tag)]);
    assert_eq!((answer.status, answer.header("etag")), (304, &*tag));
    assert_eq!(host.asked_header("if-none-match").as_deref(), Some("\"v1\""));
}

#[test]
fn head_is_get_without_the_body() {
    let host = TestHost::new();
    let (get, head) = (send(&host, CAT, &[]), try_send(&host, "HEAD", CAT, &[]).unwrap());
    assert_eq!((head.status, head.body.len(), head.is_absent), (200, 0, true));
    for name in ["content-length", "etag", "content-type", "cache-control"] {
        assert_eq!(head.header(name), get.header(name), "{name}");
    }
    assert!(host.asked.borrow().iter().all(|asked| asked.method() == "GET"));
}

#[test]
fn options_and_originals_that_cannot_be_used_are_errors_of_the_service() {
    let host = TestHost::new();
    assert_eq!(send(&host, "/cat.jpg?width=0", &[]).error(), (400, "invalid-parameter".into()));
    assert_eq!(send(&host, "/cat.jpg?w=1&width=2", &[]).error(), (400, "invalid-parameter".into()));
    assert_eq!(send(&host, &format!("{CAT}&expires=5"), &[]).error(), (404, "expired".into()));
    assert!(host.asked.borrow().is_empty());
    let host = TestHost::new().origin(|_| Reply::image(b"<!doctype html><title>Not found</title>"));
    assert_eq!(send(&host, CAT, &[]).error(), (415, "unsupported-media".into()));
    let host = TestHost::new().origin(|_| Reply::status(200));
    assert_eq!(send(&host, CAT, &[]).error(), (415, "unsupported-media".into()));
    let host = TestHost::new().with("TINTYPE_MAX_SOURCE_BYTES", "100");
    assert_eq!(send(&host, CAT, &[]).error(), (413, "source-too-large".into()));
    let host = replies(&[("content-encoding", "gzip")]);
    assert_eq!(send(&host, CAT, &[]).error(), (415, "unsupported-media".into()));
    let host = TestHost::new().origin(|_| Reply::image(&jpeg(300)).after(Event::Silence));
    assert_eq!(send(&host, CAT, &[]).error(), (504, "origin-timeout".into()));
    let host = TestHost::new().origin(|_| Reply::fail(HostError::BrokenOff));
    assert_eq!(send(&host, CAT, &[]).error(), (502, "origin-unreachable".into()));
    let host = TestHost::new().with("TINTYPE_MAX_MEMORY", "much");
    assert_eq!(send(&host, CAT, &[]).error(), (500, "configuration".into()));
}

#[test]
fn a_signature_is_required_where_there_is_a_key() {
    let host = TestHost::new().with("TINTYPE_KEY", "736563726574");
    assert_eq!(send(&host, CAT, &[]).error(), (403, "signature-missing".into()));
    assert_eq!(send(&host, &format!("{CAT}&s=AAAA"), &[]).error(), (403, "signature-invalid".into()));
    assert!(host.asked.borrow().is_empty());
    let keys = host.config().unwrap().keys;
    let signature = keys.sign("/cat.jpg?v=3&width=8").remove(0);
    let signature = base64url(&signature);
    assert_eq!(send(&host, &format!("/cat.jpg?v=3&width=8&s={signature}"), &[]).status, 200);
    assert_eq!(host.asked.borrow()[0].uri(), "/cat.jpg?v=3");
    // Without a key, `s` is the other component's.
    let host = TestHost::new();
    assert_eq!(send(&host, "/cat.jpg?width=8&s=5", &[]).status, 200);
    assert_eq!(host.asked.borrow()[0].uri(), "/cat.jpg?s=5");
}

/// Base64 as URLs have it, without padding.
fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    let digit = |bits: &[u8]| {
        let bits = format!("{:0<6}", std::str::from_utf8(bits).unwrap());
        char::from(DIGITS[usize::from_str_radix(&bits, 2).unwrap()])
    };
    bits.as_bytes().chunks(6).map(digit).collect()
}

#[test]
fn a_watermark_is_refused_because_nothing_is_fetched() {
    let mark = "https://marks.example.com/mark.png";
    let asked_for = TestHost::new().with("TINTYPE_WATERMARK", mark);
    let always = TestHost::new()
        .with("TINTYPE_WATERMARK", mark)
        .with("TINTYPE_WATERMARK_ALWAYS", "watermark-opacity=1");
    for (host, target) in [(asked_for, "/photos/cat.jpg?watermark=default"), (always, CAT)] {
        let answer = send(&host, target, &[]);
        assert_eq!(answer.status, 400, "{target}");
        assert!(host.asked.borrow().is_empty(), "{target}");
    }
}
