//! `dist/tintype-middleware.wasm` in front of a site whose answers are what requests say, under the real `wasmtime serve`.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};

use harness::ServeProcess;
use harness::client::{Reply, Server, request};
use harness::dist;
use hyper::header::{HeaderName, HeaderValue};
use pictures::photograph;

use crate::artifacts::boundary;
use crate::service::{error_of, picture_of};

const WASMTIME: &str = env!("CARGO_BIN_EXE_wasmtime");

/// The server that tests share which run at the same time. It ends with the last of them: nothing would end one that is static.
static SHARED: Mutex<Weak<ServeProcess>> = Mutex::new(Weak::new());

fn server() -> Arc<ServeProcess> {
    let mut shared = SHARED.lock().unwrap_or_else(PoisonError::into_inner);
    shared.upgrade().unwrap_or_else(|| {
        let server = Arc::new(serve(&["--env=TINTYPE_MAX_SOURCE_BYTES=1MiB"]));
        *shared = Arc::downgrade(&server);
        server
    })
}

fn serve(flags: &[&str]) -> ServeProcess {
    ServeProcess::of(WASMTIME, &dist::path("guests/in-front.wasm"), flags)
}

static PHOTO: LazyLock<String> = LazyLock::new(|| hex(&photograph(64, 48).jpeg()));

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn send(method: &str, target: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
    let mut sent = request(method, target, body.to_vec());
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        sent.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
    }
    server().send(sent)
}

/// `GET`, of a site that answers with a photograph of 64 × 48 pixels.
fn get(target: &str, headers: &[(&str, &str)]) -> Reply {
    send("GET", target, &[&[("answer-body", PHOTO.as_str())], headers].concat(), b"")
}

#[test]
fn it_exports_what_it_imports_and_can_fetch_nothing() {
    let (imports, exports) = boundary("tintype-middleware.wasm");
    let handler =
        |names: &[String]| names.iter().find(|name| name.starts_with("wasi:http/handler@")).cloned();
    assert_eq!(handler(&imports), handler(&exports));
    assert_eq!(exports.len(), 1, "{exports:?}");
    let allowed =
        ["wasi:cli/", "wasi:clocks/", "wasi:http/handler@", "wasi:http/types@", "wasi:io/", "wasi:random/"];
    for import in &imports {
        assert!(allowed.iter().any(|allowed| import.starts_with(allowed)), "{import} is imported");
    }
    let (alone, _) = boundary("middleware.wasm");
    assert!(alone.iter().any(|import| import == "tintype:image/resize@0.2.0"), "{alone:?}");
}

#[test]
fn an_image_with_options_is_a_rendition_of_the_original() {
    let _server = server();
    let reply = get("/photos/cat.jpg?width=32", &[("accept", "image/webp,*/*")]);
    let picture = picture_of(&reply, "image/webp", 32, 24);
    assert!(picture.difference(&photograph(64, 48).shrunk(32, 24)) < 10.0);
    assert_eq!(reply.header("vary"), "accept");
    assert_eq!(reply.header("content-disposition"), "inline; filename=\"cat.webp\"");
    let reply = get(
        "/photos/cat.jpg?token=1&width=32&v=2",
        &[("accept", "*/*"), ("cookie", "a=b"), ("range", "bytes=0-9")],
    );
    picture_of(&reply, "image/jpeg", 32, 24);
    assert_eq!(reply.header("asked"), "GET /photos/cat.jpg?token=1&v=2");
    assert_eq!(reply.header("asked-accept"), "image/jpeg,image/png,image/webp,image/gif");
    assert_eq!(reply.header("asked-accept-encoding"), "identity");
    assert_eq!(reply.header("asked-cookie"), "a=b");
    assert_eq!(reply.header("asked-range"), "");
    assert_eq!(reply.header("cache-control"), "private, max-age=86400");
    picture_of(&get("/a.png?format=png&crop=0,0,8,8", &[]), "image/png", 8, 8);
}

#[test]
fn a_rendition_has_a_tag_and_is_not_sent_again() {
    let _server = server();
    let target = "/photos/cat.jpg?width=32";
    let first =
        get(target, &[("answer-header", "cache-control: max-age=60"), ("answer-header", "vary: origin")]);
    let tag = first.header("etag");
    assert!(tag.starts_with('"'), "{tag}");
    assert_eq!(first.header("cache-control"), "public, max-age=60");
    assert_eq!(first.header("vary"), "accept, origin");
    let again = get(target, &[("if-none-match", tag)]);
    assert_eq!((again.status, again.body.len(), again.header("etag")), (304, 0, tag));
    assert_eq!(again.header("asked-if-none-match"), "");
    let head = send("HEAD", target, &[("answer-body", &PHOTO)], b"");
    assert_eq!((head.status, head.body.len()), (200, 0));
    for name in ["etag", "content-length", "content-type"] {
        assert_eq!(head.header(name), first.header(name), "{name}");
    }
    assert_eq!(head.header("asked"), "GET /photos/cat.jpg");
}

#[test]
fn everything_else_passes_through_untouched() {
    let _server = server();
    let body: Vec<u8> = (0..=255).cycle().take(300_000).collect();
    for (method, target) in [
        ("GET", "/photos/cat.jpg"),
        ("GET", "/photos/cat.jpg?v=3"),
        ("GET", "/search?q=cat&page=2&width=5"),
        ("HEAD", "/photos/cat.jpg?v=3"),
        ("POST", "/photos/cat.jpg?width=32"),
        ("PUT", "/photos/cat.jpg?width=32"),
        ("DELETE", "/photos/cat.jpg?width=32"),
        ("GET", "/healthz"),
        ("GET", "/config"),
        ("GET", "/?url=http://127.0.0.1:1/cat.jpg&width=32"),
    ] {
        let sent = if method == "POST" || method == "PUT" { &body[..] } else { &[] };
        let headers = [
            ("accept", "image/webp"),
            ("range", "bytes=0-99"),
            ("if-none-match", "\"a\""),
            ("answer-status", "218"),
            ("answer-header", "etag: \"b\""),
            ("answer-header", "content-type: x/y"),
            ("answer-header", "set-cookie: a=1"),
            ("answer-header", "set-cookie: b=2"),
        ];
        let reply = send(method, target, &headers, sent);
        assert_eq!(reply.status, 218, "{method} {target}");
        if method != "DELETE" {
            assert_eq!(reply.header("asked"), format!("{method} {target}"));
        }
        assert!(reply.body == sent, "{method} {target}: {} bytes", reply.body.len());
        assert_eq!(reply.header("asked-range"), "bytes=0-99");
        assert_eq!(reply.header("asked-if-none-match"), "\"a\"");
        assert_eq!((reply.header("etag"), reply.header("content-type")), ("\"b\"", "x/y"));
        assert_eq!(reply.headers.get_all("set-cookie").iter().count(), 2);
        assert_eq!(reply.header("x-request-id"), "", "nothing is added");
    }
}

#[test]
fn answers_in_place_of_an_image_pass_through_as_well() {
    let _server = server();
    for status in ["301", "302", "304", "401", "404", "429", "500", "503"] {
        let location = ("answer-header", "location: /elsewhere");
        let page = hex(b"<p>the site's own page</p>");
        let headers = [("answer-status", status), location, ("answer-body", &page)];
        let reply = send("GET", "/photos/cat.jpg?width=32", &headers, b"");
        assert_eq!((reply.status.to_string(), reply.header("location")), (status.to_owned(), "/elsewhere"));
        if status != "304" {
            assert_eq!(reply.text(), "<p>the site's own page</p>");
        }
    }
}

#[test]
fn a_site_that_fails_fails_as_it_does_alone() {
    let _server = server();
    let failing = [("answer-error", "1")];
    let (wanted, passed) = (get("/a.jpg?width=32", &failing), get("/a.jpg", &failing));
    assert_eq!((wanted.status, wanted.body), (passed.status, passed.body));
    assert!(wanted.status >= 500);
}

#[test]
fn what_cannot_be_made_is_an_error_of_the_service() {
    let _server = server();
    let of =
        |target: &str, headers: &[(&str, &str)], status| error_of(&send("GET", target, headers, b""), status);
    let (garbage, photo) = (hex(b"<!doctype html>"), PHOTO.as_str());
    assert_eq!(of("/a.jpg?width=32", &[("answer-body", &garbage)], 415), "unsupported-media");
    assert_eq!(of("/a.jpg?width=32", &[("answer-body", "")], 415), "unsupported-media");
    assert_eq!(of("/a.jpg?width=0", &[("answer-body", photo)], 400), "invalid-parameter");
    assert_eq!(of("/a.jpg?w=1&width=1", &[("answer-body", photo)], 400), "invalid-parameter");
    assert_eq!(of("/a.jpg?width=32", &[("answer-body", &photo[..300])], 422), "damaged-source");
    let compressed = [("answer-body", photo), ("answer-header", "content-encoding: gzip")];
    assert_eq!(of("/a.jpg?width=32", &compressed, 415), "unsupported-media");
    let announced = [("answer-body", photo), ("answer-header", "content-length: 1048577")];
    assert_eq!(of("/a.jpg?width=32", &announced, 413), "source-too-large");
    // A header without an end: noise after the magic bytes of a PNG, longer than is accepted.
    let huge = [("answer-body", photo), ("answer-times", "2000")];
    assert_eq!(of("/a.jpg?width=32&passthrough=all", &huge, 413), "source-too-large");
}

#[test]
fn an_original_that_breaks_off_is_an_error_and_no_image() {
    let _server = server();
    let early = [("answer-body", &PHOTO[..300]), ("answer-end", "early")];
    assert_eq!(error_of(&send("GET", "/a.jpg?width=32", &early, b""), 502), "origin-unreachable");
}

/// Nothing is collected on the way: a body of more bytes than a rendition may have as its source arrives while it is sent.
#[test]
fn long_bodies_stream_through() {
    let server = server();
    let chunk = hex(&[b'x'; 1000]);
    let reply = send("GET", "/video.mp4?width=32", &[("answer-body", &chunk), ("answer-times", "8000")], b"");
    assert_eq!((reply.status, reply.body.len()), (200, 8_000_000));
    let mut client = TcpStream::connect(server.address()).unwrap();
    let head = "GET /events HTTP/1.1\r\nhost: a.test\r\nanswer-body: 68690a\r\nanswer-end: never\r\n\r\n";
    client.write_all(head.as_bytes()).unwrap();
    let mut seen = Vec::new();
    while !seen.windows(3).any(|bytes| bytes == b"hi\n") {
        let mut buffer = [0; 1000];
        let count = client.read(&mut buffer).unwrap();
        assert!(count > 0, "the body ended");
        seen.extend_from_slice(&buffer[..count]);
    }
}

#[test]
fn a_site_that_stops_in_the_middle_is_given_up() {
    let server = serve(&["--env=TINTYPE_TIMEOUT_BETWEEN_BYTES=300ms"]);
    let mut sent = request("GET", "/a.jpg?width=32", Vec::new());
    sent.headers_mut().insert("answer-body", PHOTO[..300].parse().unwrap());
    sent.headers_mut().insert("answer-end", HeaderValue::from_static("never"));
    assert_eq!(error_of(&server.send(sent), 504), "origin-timeout");
}

#[test]
fn what_is_longer_than_4_mib_is_streamed() {
    let mut sent = request("GET", "/a.jpg?width=32&passthrough=all", Vec::new());
    sent.headers_mut().insert("answer-body", PHOTO.parse().unwrap());
    sent.headers_mut().insert("answer-times", HeaderValue::from_static("4000"));
    let reply = serve(&[]).send(sent);
    assert_eq!((reply.status, reply.header("content-length")), (200, ""));
    assert_eq!(reply.body.len(), PHOTO.len() / 2 * 4000);
    assert!(reply.body.len() > 4 << 20, "{}", reply.body.len());
}
