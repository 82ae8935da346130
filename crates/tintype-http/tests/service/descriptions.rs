//! Facts about a source, in the shape of each grammar; and renditions as data URLs.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::engine::png;
use crate::support::*;

const URL: &str = "https://photos.example.com/a/photo.png";

/// A host whose origin has a large photograph that it sends in pieces of 100 bytes.
fn host(source: Vec<u8>, announced: bool) -> TestHost {
    let host = TestHost::new().resizer(|options| tintype::Session::stepped(options.clone()));
    host.origin(move |_| {
        let reply = Reply::image(&source);
        if announced { reply.header("content-length", &source.len().to_string()) } else { reply }
    })
}

fn described(target: &str, announced: bool) -> (Value, usize) {
    let host = host(png(300, 200), announced);
    let answer = host.get(target);
    assert_eq!((answer.status, answer.header("content-type")), (200, "application/json"), "{target}");
    assert!(answer.header("etag").starts_with('"'));
    (answer.json(), host.taken.get())
}

#[test]
fn a_description_takes_no_more_than_the_header() {
    let pieces = png(300, 200).len().div_ceil(100);
    let (facts, taken) = described(&format!("/?url={URL}&format=json"), true);
    assert!(taken < 5 && pieces > 5, "{taken} of {pieces}");
    for (name, value) in [
        ("format", json!("png")),
        ("width", json!(300)),
        ("height", json!(200)),
        ("channels", json!(4)),
        ("alpha", json!(true)),
        ("frames", json!(1)),
        ("pixels", Value::Null),
        ("bytes", json!(png(300, 200).len())),
    ] {
        assert_eq!(facts[name], value, "{name}");
    }
    assert_eq!(facts.get("sha256"), None);
    assert_eq!(described(&format!("/?url={URL}&format=json"), false).0.get("bytes"), None);
}

#[test]
fn pixels_and_hashes_are_found_out_on_request() {
    let (facts, taken) =
        described(&format!("/?url={URL}&format=json&details=sha256,pixels,palette:3"), false);
    let file = png(300, 200);
    assert!(taken >= file.len().div_ceil(100));
    assert_eq!(facts["bytes"], file.len());
    assert_eq!(facts["sha256"].as_str().unwrap().len(), 64);
    let pixels = &facts["pixels"];
    assert_eq!(pixels["palette"].as_array().unwrap().len(), 3);
    assert_eq!(pixels["dominant"], pixels["palette"][0]);
    assert_eq!(pixels["dhash"].as_str().unwrap().len(), 16);
    assert!(STANDARD.decode(pixels["thumbhash"].as_str().unwrap()).unwrap().len() > 15);
    assert!(pixels["attention"]["x"].as_f64().is_some_and(|x| (0.0..=1.0).contains(&x)));
}

#[test]
fn each_grammar_has_its_own_shape() {
    let size = png(300, 200).len();
    let (facts, _) = described(&format!("/cdn-cgi/image/width=30,format=json/{URL}"), false);
    let original = json!({ "file_size": size, "width": 300, "height": 200, "format": "image/png" });
    assert_eq!(facts, json!({ "width": 30, "height": 20, "original": original }));
    let (facts, _) = described(&format!("/wsrv/?url={URL}&w=30&output=json"), true);
    let expected = json!({
        "format": "png", "width": 30, "height": 20, "space": "srgb", "channels": 4, "depth": "uchar",
        "isProgressive": false, "hasProfile": false, "hasAlpha": true, "orientation": 0,
    });
    assert_eq!(facts, expected);
    let (facts, _) = described(&format!("/info/unsafe/cs:1/b:1/sf:1/pn:1/plain/{URL}"), false);
    let expected = json!({
        "size": size, "format": "png", "width": 300, "height": 200, "orientation": 1, "exif": {},
        "colorspace": "srgb", "bands": 4, "sample_format": "uchar", "pages_number": 1,
    });
    assert_eq!(facts, expected);
    let (facts, taken) = described(&format!("/info/unsafe/s:0/p:2/avg:1/bh:4:3/plain/{URL}"), true);
    assert_eq!(facts["palette"].as_array().unwrap().len(), 2);
    assert_eq!((facts["average"]["B"].clone(), facts["blurhash"].as_str().unwrap().len()), (json!(99), 28));
    assert!(facts.get("size").is_none() && taken > 5);
}

#[test]
fn what_cannot_be_described_fails_like_a_rendition() {
    for (source, status) in
        [(b"no image at all, but a text".to_vec(), 415), (png(30, 20)[..30].to_vec(), 422)]
    {
        let answer = host(source, true).get(&format!("/?url={URL}&format=json"));
        assert_eq!(answer.status, status);
    }
    let answer = TestHost::new().get("/?url=https://photos.example.com/a.jpg&details=pixels");
    assert_eq!(answer.error(), (400, "invalid-parameter".into()));
}

#[test]
fn a_rendition_can_be_a_data_url() {
    for target in [
        format!("/?url={URL}&width=24&quality=30&encoding=base64"),
        format!("/wsrv/?url={URL}&w=24&output=webp&encoding=base64"),
    ] {
        let answer = host(png(300, 200), true).get(&target);
        assert_eq!((answer.status, answer.header("content-type")), (200, "text/plain"), "{target}");
        let text = String::from_utf8(answer.body).unwrap();
        let image = STANDARD.decode(text.strip_prefix("data:image/webp;base64,").unwrap()).unwrap();
        assert_eq!(tintype::inspect(&image).unwrap().source.width, 24);
        assert!(text.len() < 1000, "{}", text.len());
    }
}
