//! Watermarks: where they come from, and what depends on them.

use std::cell::Cell;
use std::rc::Rc;

use http::Request;

use crate::engine::png;
use crate::support::*;

const MARK: &str = "https://marks.example.com/mark.png";

/// A host with the engine, whose origins have a picture everywhere and a smaller one as the watermark.
fn host(mark: impl Fn() -> Reply + 'static) -> TestHost {
    TestHost::new()
        .with("TINTYPE_WATERMARK", MARK)
        .resizer(|options| tintype::Session::stepped(options.clone()))
        .origin(move |request: &Request<()>| match request.uri().path() {
            "/mark.png" => mark(),
            _ => Reply::image(&png(64, 48)).header("etag", "\"origin\""),
        })
}

fn small() -> Reply {
    Reply::image(&png(16, 16))
}

fn url(options: &str) -> String {
    format!("/?url=https://photos.example.com/a.png&format=png{options}")
}

#[test]
fn a_watermark_is_fetched_where_a_request_asks_for_it_and_changes_the_picture() {
    let host = host(small);
    let plain = host.get(&url(""));
    assert_eq!(host.asked.borrow().len(), 1);
    let marked = host.get(&url("&watermark=default&watermark-opacity=0.5"));
    assert_eq!((plain.status, marked.status), (200, 200));
    assert_ne!(plain.body, marked.body);
    assert_eq!(host.asked.borrow().len(), 3);
    let options = host.sessions.borrow().last().cloned().unwrap();
    assert_eq!(options.overlays.len(), 1);
    assert_eq!(&options.overlays[0].image[..], png(16, 16));
    // The same by imgproxy's grammar, and by its URL.
    let imgproxy = host.get("/unsafe/wm:0.5/plain/https://photos.example.com/a.png@png");
    assert_eq!(imgproxy.body, marked.body);
    let named = host.get(&url(&format!("&watermark={MARK}&watermark-opacity=0.5")));
    assert_eq!(named.body, marked.body);
    let invisible = host.get(&url("&watermark=default&watermark-opacity=0"));
    assert_eq!(invisible.body, plain.body);
}

#[test]
fn an_upload_gets_a_watermark_too() {
    let host = host(small);
    let marked = host.post("/?format=png&watermark=default", pieces(&png(64, 48), 100));
    assert_eq!(marked.status, 200);
    assert_eq!(host.asked.borrow().len(), 1);
    assert_ne!(marked.body, host.post("/?format=png", pieces(&png(64, 48), 100)).body);
}

#[test]
fn the_tag_depends_on_the_watermark_and_no_tag_of_the_origin_stands_for_both() {
    let side = Rc::new(Cell::new(16));
    let of_mark = side.clone();
    let host = host(move || Reply::image(&png(of_mark.get(), 16))).with("TINTYPE_TRUST_ORIGIN_ETAG", "1");
    let target = url("&watermark=default");
    let first = host.get(&target);
    let tag = first.header("etag").to_owned();
    assert!(!tag.is_empty() && !tag.contains('.'), "{tag}");
    assert_eq!(host.get_with(&target, &[("if-none-match", &tag)]).status, 304);
    assert!(host.asked.borrow().iter().all(|asked| !asked.headers().contains_key("if-none-match")));
    side.set(17);
    let other = host.get_with(&target, &[("if-none-match", &tag)]);
    assert_eq!(other.status, 200);
    assert_ne!(other.header("etag"), tag);
}

#[test]
fn a_watermark_that_is_missing_or_not_allowed_is_an_error() {
    let kind = |host: &TestHost, options: &str| {
        let answer = host.get(&url(options));
        let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
        (answer.status, body["error"].as_str().unwrap().to_owned())
    };
    let failing = host(|| Reply::status(404));
    assert_eq!(kind(&failing, "&watermark=default"), (404, "source-not-found".into()));
    let elsewhere = "&watermark=https://elsewhere.example/mark.png";
    assert_eq!(kind(&failing, elsewhere), (403, "source-not-allowed".into()));
    let unset = TestHost::new();
    assert_eq!(kind(&unset, "&watermark=default"), (400, "invalid-parameter".into()));
    let large = host(|| Reply::image(&vec![0; 9 << 20]));
    assert_eq!(kind(&large, "&watermark=default"), (413, "source-too-large".into()));
    let broken = host(|| Reply::image(b"no image at all, but some bytes of text"));
    assert_eq!(kind(&broken, "&watermark=default"), (400, "invalid-parameter".into()));
}

#[test]
fn a_watermark_that_is_always_there_cannot_be_left_out() {
    let place = "watermark-opacity=0.5&watermark-place=south-east";
    let asked_for = host(small).get(&url(&format!("&watermark=default&{place}")));
    let host = host(small).with("TINTYPE_WATERMARK_ALWAYS", place);
    for options in [
        "",
        "&watermark=default&watermark-opacity=0",
        "&passthrough=all",
        "&watermark=https://elsewhere.example/",
    ] {
        assert_eq!(host.get(&url(options)).body, asked_for.body, "{options}");
    }
    let raw = host.get("/unsafe/raw:1/plain/https://photos.example.com/a.png");
    assert_ne!(raw.body, png(64, 48));
}

#[test]
fn what_is_always_there_has_to_be_named_and_nothing_but_a_watermark() {
    for (watermark, always) in
        [(MARK, "width=9"), (MARK, "watermark-opacity=2"), (MARK, "nothing=1"), ("", "watermark-opacity=1")]
    {
        let host =
            TestHost::new().with("TINTYPE_WATERMARK", watermark).with("TINTYPE_WATERMARK_ALWAYS", always);
        assert_eq!(host.get(&url("")).status, 500, "{watermark} {always}");
    }
}

#[test]
fn limits_in_the_url_are_about_the_source_alone() {
    let host = host(|| Reply::image(&png(200, 150)));
    let size = png(64, 48).len();
    assert!(size < png(200, 150).len());
    for options in [format!("&max-source-bytes={size}"), format!("&max-source-pixels={}", 64 * 48)] {
        let answer = host.get(&url(&format!("&watermark=default{options}")));
        assert_eq!(answer.status, 200, "{options}");
    }
    let answer = host.get(&url(&format!("&watermark=default&max-source-bytes={}", size - 1)));
    assert_eq!(answer.error(), (413, "source-too-large".into()));
}
