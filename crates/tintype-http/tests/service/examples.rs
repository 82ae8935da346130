//! The examples of the documentation, with the engine.

use http::Request;

use crate::engine::png;
use crate::support::*;

const API: &str = include_str!("../../../../docs/http-api.md");

/// A GIF of one pixel, which is red and then black.
pub(crate) const GIF: &[u8] = b"GIF89a\x01\0\x01\0\x80\0\0\xFF\0\0\0\0\0\
    ,\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0,\0\0\0\0\x01\0\x01\0\0\x02\x02L\x01\0;";

fn host() -> TestHost {
    TestHost::new()
        .with("TINTYPE_SOURCES", "https://images.example.com")
        .with("TINTYPE_BASE_URL", "https://images.example.com/")
        .with("TINTYPE_PRESET_thumb", "rs:fill:100:100")
        .with("TINTYPE_WATERMARK", "https://images.example.com/disc.png")
        .resizer(|options| tintype::Session::stepped(options.clone()))
        .origin(origin)
}

/// Pictures of 120 × 90 pixels, whatever their names announce, and one GIF.
fn origin(request: &Request<()>) -> Reply {
    match request.uri().path() {
        "/missing" => Reply::status(404),
        "/anim.gif" => Reply::image(GIF),
        _ => Reply::image(&png(120, 90)),
    }
}

#[test]
fn the_examples_of_the_documentation_do_what_they_say() {
    let blocks = API.split("```http\n").skip(1).filter_map(|rest| rest.split("```").next());
    let mut count = 0;
    for line in blocks.flat_map(str::lines) {
        let (example, status) = line.split_once(" => ").unwrap_or((line, "200"));
        let (method, target) = example.split_once(' ').unwrap();
        let body = if method == "POST" { pieces(&png(120, 90), 1000) } else { Vec::new() };
        let answer = host().send(request(method, target, &[]).map(|_| body));
        assert_eq!(answer.status.to_string(), status, "{line}: {}", String::from_utf8_lossy(&answer.body));
        count += 1;
    }
    assert!(count > 80, "{count}");
}

#[test]
fn an_animation_stays_one_where_the_grammar_and_the_format_have_it() {
    let source = "https://images.example.com/anim.gif";
    for (target, animated) in [
        (format!("/?url={source}"), false),
        (format!("/?url={source}&frames=all"), true),
        (format!("/?url={source}&frames=all&format=png"), true),
        (format!("/cdn-cgi/image/w=1,f=png/{source}"), false),
        (format!("/cdn-cgi/image/w=1,f=webp/{source}"), true),
        (format!("/cdn-cgi/image/w=1,f=webp,anim=false/{source}"), false),
        (format!("/wsrv/?url={source}&output=webp"), false),
        (format!("/wsrv/?url={source}&output=webp&n=-1"), true),
        (format!("/_ipx/f_webp/{source}"), false),
        (format!("/_ipx/f_webp,a/{source}"), true),
    ] {
        let answer = host().get(&target);
        assert_eq!(answer.status, 200, "{target}");
        assert_eq!(
            answer.body.windows(4).filter(|id| [b"ANMF", b"fcTL"].iter().any(|kind| id == kind)).count(),
            if animated { 2 } else { 0 },
            "{target}"
        );
    }
    let answer = host().with("TINTYPE_MAX_FRAMES", "1").get(&format!("/?url={source}&frames=all"));
    assert_eq!(answer.error(), (413, "too-many-frames".into()));
}

#[test]
fn the_same_image_in_another_grammar_has_the_same_bytes() {
    let photo = "/?url=https://images.example.com/photo.jpg&width=100&height=80&quality=70";
    let explained = host().get(&format!("/explain{photo}")).json();
    let urls: Vec<&str> =
        explained["urls"].as_object().unwrap().values().filter_map(|url| url.as_str()).collect();
    assert!(urls.len() >= 4, "{explained}");
    let expected = host().get(photo);
    for url in urls {
        let answer = host().get(url);
        assert!((answer.status, &answer.body) == (200, &expected.body), "{url}");
        assert_eq!(answer.header("etag"), expected.header("etag"), "{url}");
    }
}
