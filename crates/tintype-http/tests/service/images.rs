//! Responses that hold an image.

use tintype_types::{Format, Length};

use crate::support::*;

#[test]
fn an_image_comes_with_its_headers() {
    let host = TestHost::new().origin(|_| {
        Reply::image(&jpeg(300))
            .header("last-modified", "Sat, 01 Nov 2025 00:00:00 GMT")
            .header("cache-control", "max-age=60")
            .header("set-cookie", "secret")
            .header("content-type", "text/html")
    });
    let answer = host.get_with(PHOTO, &[("x-request-id", "abc")]);
    assert_eq!((answer.status, &answer.body), (200, &jpeg(300)));
    for (name, value) in [
        ("content-type", "image/webp"),
        ("content-length", "300"),
        ("content-disposition", "inline; filename=\"photo.webp\""),
        ("cache-control", "private, max-age=60"),
        ("last-modified", "Sat, 01 Nov 2025 00:00:00 GMT"),
        ("link", "<https://photos.example.com/a/photo.jpg>; rel=\"canonical\""),
        ("accept-ranges", "none"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("x-content-type-options", "nosniff"),
        ("content-security-policy", "default-src 'none'; sandbox"),
        ("x-request-id", "abc"),
        ("server-timing", "origin;dur=0.0, decode;dur=0.0, encode;dur=0.0, total;dur=0.0"),
    ] {
        assert_eq!(answer.header(name), value, "{name}");
    }
    let names: Vec<&str> = answer.headers.keys().map(|name| name.as_str()).collect();
    assert_eq!(names.len(), 13, "{names:?}");
    assert!(answer.header("etag").starts_with('"') && answer.header("etag").len() == 35, "{answer:?}");
}

#[test]
fn head_has_the_headers_of_get_and_no_body() {
    let host = TestHost::new();
    let (get, head) = (host.get(PHOTO), host.send(request("HEAD", PHOTO, &[("x-request-id", "a")])));
    assert!(head.is_absent && head.body.is_empty() && !get.is_absent);
    assert_eq!(head.header("content-length"), "300");
    let without_id = |answer: &Answer| {
        let mut headers = answer.headers.clone();
        headers.remove("x-request-id");
        headers
    };
    assert_eq!((head.status, without_id(&head)), (200, without_id(&get)));
    let missing = TestHost::new().origin(|_| Reply::status(404));
    let head = missing.send(request("HEAD", PHOTO, &[]));
    assert!(head.status == 404 && head.is_absent && head.header("content-length") != "0");
    assert!(TestHost::new().send(request("HEAD", "/healthz", &[])).is_absent);
}

#[test]
fn an_upload_becomes_an_image_that_is_never_cached() {
    let host = TestHost::new().with("TINTYPE_TRUST_ORIGIN_ETAG", "1");
    let answer = host.post("/?width=7&format=png&filename=me&download=1", pieces(&jpeg(300), 7));
    assert_eq!((answer.status, &answer.body), (200, &jpeg(300)));
    assert_eq!(answer.header("content-type"), "image/png");
    assert_eq!(answer.header("content-disposition"), "attachment; filename=\"me.png\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    for absent in ["etag", "last-modified", "link"] {
        assert_eq!(answer.header(absent), "", "{absent}");
    }
    assert!(host.asked.borrow().is_empty());
    let conditional = request("POST", "/?width=7", &[("if-none-match", "*")]).map(|_| pieces(&jpeg(300), 7));
    assert_eq!(host.send(conditional).status, 200);
}

#[test]
fn the_format_is_negotiated_where_the_request_asks_for_that() {
    let host = TestHost::new();
    let auto = format!("{PHOTO}&format=auto");
    for (target, accept, media_type, vary) in [
        (auto.as_str(), "image/webp,*/*", "image/webp", "accept"),
        (&auto, "*/*", "image/jpeg", "accept"),
        (PHOTO, "*/*", "image/webp", ""),
        (&format!("{PHOTO}&format=source"), "image/webp", "image/jpeg", ""),
    ] {
        let answer = host.get_with(target, &[("accept", accept)]);
        assert_eq!((answer.header("content-type"), answer.header("vary")), (media_type, vary), "{target}");
    }
    let tag = |accept| host.get_with(&auto, &[("accept", accept)]).header("etag").to_owned();
    assert_ne!(tag("image/webp"), tag("image/jpeg"));
    assert_eq!(tag("image/jpeg"), tag("image/png"));
}

#[test]
fn a_source_that_is_passed_through_is_delivered_as_it_is() {
    let host = TestHost::new().origin(|_| Reply::image(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"));
    let svg = format!("{PHOTO}&passthrough=svg");
    let answer = host.get(&svg);
    assert_eq!((answer.status, answer.header("content-type")), (200, "image/svg+xml"));
    assert!(answer.body.starts_with(b"<svg") && !answer.header("etag").is_empty());
    assert_eq!(answer.header("content-security-policy"), "default-src 'none'; sandbox");
    assert!(host.sessions.borrow().is_empty());
    assert_eq!(host.get(PHOTO).error(), (415, "unsupported-media".into()));
    assert_eq!(host.get(&format!("{PHOTO}&passthrough=same:svg")).status, 415);
    let jpeg = TestHost::new();
    for (wanted, passed) in [("jpeg", true), ("webp", false)] {
        jpeg.get(&format!("{PHOTO}&passthrough=same:jpeg&format={wanted}"));
        assert_eq!(jpeg.sessions.take().is_empty(), passed, "{wanted}");
    }
}

#[test]
fn a_size_that_depends_on_the_source_takes_one_session() {
    let host = TestHost::new().resizer(|options| Echo { header: 250, ..Echo::new(options) });
    let answer = host.get("/?url=https://photos.example.com/a.jpg&width=50%25");
    assert_eq!((answer.status, answer.body), (200, jpeg(300)));
    let widths: Vec<_> = host.sessions.borrow().iter().map(|options| options.geometry.width).collect();
    assert_eq!(widths, ["50%".parse().ok()]);
}

#[test]
fn the_resizer_gets_the_options_and_the_limits() {
    let host = TestHost::new().with("TINTYPE_MAX_SOURCE_PIXELS", "77").with("TINTYPE_MAX_MEMORY", "99");
    host.get(&format!("{PHOTO}&quality=33&format=jpeg"));
    let options = host.sessions.borrow()[0].clone();
    assert_eq!((options.geometry.width, options.geometry.height), (Some(Length::Pixels(8)), None));
    assert_eq!((options.output.format, options.output.quality), (Format::Jpeg, Some(33)));
    assert_eq!((options.limits.source_pixels, options.limits.memory), (77, 99));
}

#[test]
fn a_source_that_ends_before_its_format_is_certain_is_whole() {
    for piece in [1, 5, 100] {
        let host = TestHost::new().origin(move |_| Reply::status(200).body(pieces(&jpeg(20), piece)));
        for options in ["", "&passthrough=all", "&height=50%25"] {
            let answer = host.get(&format!("{PHOTO}{options}"));
            assert_eq!((answer.status, answer.body), (200, jpeg(20)), "{options}");
        }
    }
}

#[test]
fn what_is_no_image_is_refused_before_all_of_it_is_read() {
    for (source, status, error) in [
        (b"<!doctype html>".repeat(100), 415, "unsupported-media"),
        (Vec::new(), 415, "unsupported-media"),
        (b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf".to_vec(), 415, "unsupported-media"),
    ] {
        let host = TestHost::new().origin(move |_| Reply::image(&source));
        assert_eq!(host.get(PHOTO).error(), (status, error.into()));
        assert!(host.taken.get() <= 1);
    }
}

#[test]
fn clients_on_slow_connections_get_their_own_quality() {
    let host = TestHost::new();
    let path = "/cdn-cgi/image/quality=90,scq=low,format=jpeg/https://photos.example.com/a/photo.jpg";
    let mut tags = Vec::new();
    for (headers, quality) in
        [(vec![("ect", "3g")], 50), (vec![("rtt", "50"), ("save-data", "on")], 50), (vec![], 90)]
    {
        let answer = host.get_with(path, &headers);
        assert_eq!(
            (answer.status, answer.header("vary")),
            (200, "save-data, rtt, downlink, ect"),
            "{headers:?}"
        );
        let options = host.sessions.borrow().last().cloned().unwrap();
        assert_eq!(options.output.quality, Some(quality), "{headers:?}");
        tags.push(answer.header("etag").to_owned());
    }
    assert!(tags[0] == tags[1] && tags[1] != tags[2], "{tags:?}");
}

#[test]
fn hints_choose_an_automatic_width_and_the_answer_says_which_were_read() {
    let host = TestHost::new();
    let path = "/cdn-cgi/image/width=auto,format=auto/https://photos.example.com/a/photo.jpg";
    let of_width = "accept, sec-ch-width, width";
    let of_page = "accept, sec-ch-width, width, sec-ch-viewport-width, viewport-width, sec-ch-dpr, dpr";
    let of_device = format!("{of_page}, sec-ch-ua-mobile, user-agent");
    let mut tags = Vec::new();
    for (headers, width, vary) in [
        (vec![("sec-ch-width", "400"), ("sec-ch-dpr", "3")], 768, of_width),
        (vec![("sec-ch-viewport-width", "400"), ("sec-ch-dpr", "2")], 960, of_page),
        (vec![("user-agent", "Mobile")], 768, &of_device),
        (vec![], 1200, &of_device),
    ] {
        let answer = host.get_with(path, &headers);
        assert_eq!((answer.status, answer.header("vary")), (200, vary), "{headers:?}");
        let expected = Some(Length::Pixels(width));
        let options = host.sessions.borrow().last().cloned().unwrap();
        assert_eq!(options.geometry.width, expected, "{headers:?}");
        tags.push(answer.header("etag").to_owned());
    }
    assert!(tags[0] == tags[2] && tags[0] != tags[1], "{tags:?}");
    assert_eq!(host.get(PHOTO).header("vary"), "");
}
