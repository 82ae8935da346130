//! `dist/tintype.wasm`, called with requests in this process.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use harness::client::{Reply, Server, request};
use harness::origin::{Answer, Asked, Gate};
use harness::resizer::types::{Format, Length, Options};
use harness::{Origin, Resizer, Service};
use pictures::{Picture, orientation_chart, photograph, transparent_disc};

static PHOTO: LazyLock<Vec<u8>> = LazyLock::new(|| photograph(640, 480).jpeg());

/// A URL of the made-up origin as a query parameter.
const URL: &str = "http%3A%2F%2Fphotos.test%2Fa.jpg";

/// A service that fetches `PHOTO` from `http://photos.test`.
fn with_photo() -> Service {
    Service::new().with_origin(|_, _| Answer::ok(PHOTO.clone()))
}

/// Asserts that a reply is an error in the service's form, and answers its kind.
#[track_caller]
pub(crate) fn error_of(reply: &Reply, status: u16) -> String {
    assert_eq!(reply.status, status, "{:?}", reply.body);
    assert_eq!(reply.header("content-type"), "application/json");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("content-length"), reply.body.len().to_string());
    let json = reply.json();
    assert_eq!(json["code"], status);
    assert!(json["message"].as_str().is_some_and(|message| !message.is_empty()), "{json}");
    json["error"].as_str().expect("a kind").to_owned()
}

/// Asserts that a reply is a rendition of this type and size, and answers its picture.
#[track_caller]
pub(crate) fn picture_of(reply: &Reply, media_type: &str, width: u32, height: u32) -> Picture {
    assert_eq!(reply.status, 200, "{:?}", String::from_utf8_lossy(&reply.body));
    assert_eq!(reply.header("content-type"), media_type);
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert_eq!(reply.header("content-length"), reply.body.len().to_string());
    let picture = Picture::read(&reply.body);
    assert_eq!((picture.width, picture.height), (width, height));
    picture
}

#[test]
fn a_posted_photograph_becomes_webp() {
    let reply = Service::new().post("/?width=320", &PHOTO);
    let picture = picture_of(&reply, "image/webp", 320, 240);
    let difference = picture.difference(&photograph(640, 480).shrunk(320, 240));
    assert!(difference < 5.0, "{difference}");
}

#[test]
fn the_service_answers_the_bytes_of_the_resizer() {
    let mut resizer = Resizer::new();
    let mut options = Options::default();
    options.geometry.width = Some(Length::Pixels(200));
    for (name, format) in [("jpeg", Format::Jpeg), ("png", Format::Png), ("webp", Format::Webp)] {
        options.output.format = format;
        let rendition = resizer.resize(&PHOTO, &options).unwrap();
        let reply = Service::new().post(&format!("/?width=200&format={name}"), &PHOTO);
        assert!(reply.body == rendition.image, "{name}");
        assert_eq!(reply.header("content-type"), format!("image/{name}"));
    }
}

#[test]
fn parameters_reach_the_pixels() {
    let chart = orientation_chart(120, 80).png();
    let service = Service::new();
    let reply = service.post("/?format=png&rotate=90&width=40", &chart);
    let picture = picture_of(&reply, "image/png", 40, 60);
    assert_eq!(picture.at(38, 1), orientation_chart(120, 80).at(0, 0), "red is at the top right");
    let reply = service.post("/?format=png&width=40&height=40&fit=cover&gravity=west", &chart);
    let picture = picture_of(&reply, "image/png", 40, 40);
    assert_eq!(picture.at(1, 1), orientation_chart(120, 80).at(0, 0), "red is at the top left");
    let reply = service.post("/?format=jpeg&background=0a145a", &transparent_disc(60, 60).png());
    let corner = picture_of(&reply, "image/jpeg", 60, 60).at(1, 1);
    assert!(pictures::alike(corner, [10, 20, 90, 255], 12), "{corner:?}");
}

#[test]
fn a_url_is_fetched() {
    let service = Service::new().with_origin(|origin, asked: &Asked| {
        assert_eq!(
            (origin, asked.method.as_str(), asked.path.as_str()),
            ("http://photos.test", "GET", "/a%20b.jpg?x=1")
        );
        assert!(asked.header("user-agent").is_some_and(|agent| agent.starts_with("tintype/")));
        Answer::ok(PHOTO.clone())
    });
    let reply = service.get("/?url=http%3A%2F%2Fphotos.test%2Fa%2520b.jpg%3Fx%3D1&width=100");
    picture_of(&reply, "image/webp", 100, 75);
}

#[test]
fn headers_of_the_client_do_not_reach_the_origin() {
    let service = Service::new().with_origin(|_, asked: &Asked| {
        for name in ["cookie", "authorization", "x-forwarded-for", "referer"] {
            assert_eq!(asked.header(name), None);
        }
        Answer::ok(PHOTO.clone())
    });
    let mut asked = request("GET", &format!("/?url={URL}&width=40"), Vec::new());
    for name in ["cookie", "authorization", "x-forwarded-for", "referer"] {
        asked.headers_mut().insert(name, "secret".parse().unwrap());
    }
    assert_eq!(service.send(asked).status, 200);
}

#[test]
fn head_answers_the_headers_of_get() {
    let path = format!("/?url={URL}&width=100");
    let got = with_photo().get(&path);
    let head = with_photo().send(request("HEAD", &path, Vec::new()));
    assert_eq!(head.status, 200);
    assert!(head.body.is_empty());
    for name in ["content-type", "content-length", "x-content-type-options"] {
        assert_eq!(head.header(name), got.header(name), "{name}");
    }
    let failed = with_photo().send(request("HEAD", "/?url=nonsense", Vec::new()));
    assert_eq!((failed.status, failed.body.len()), (400, 0));
}

#[test]
fn health_is_told_without_any_configuration() {
    let reply = Service::new().get("/healthz");
    assert_eq!((reply.status, reply.text()), (200, r#"{"status":"ok"}"#));
    assert_eq!(reply.header("content-type"), "application/json");
}

#[test]
fn a_configuration_that_cannot_be_read_names_its_variable() {
    let reply = Service::new().env("TINTYPE_MAX_SOURCE_BYTES", "lots").get("/healthz");
    assert_eq!(error_of(&reply, 500), "configuration");
    assert!(reply.text().contains("TINTYPE_MAX_SOURCE_BYTES") && !reply.text().contains("lots"));
}

#[test]
fn bad_parameters_are_400() {
    let service = with_photo();
    for (path, kind) in [
        ("/", "invalid-parameter"),
        ("/?url=", "invalid-parameter"),
        ("/?url=ftp%3A%2F%2Fphotos.test%2Fa.jpg", "invalid-source"),
        ("/?url=http%3A%2F%2Fphotos.test%2F&width=0", "invalid-parameter"),
        ("/?url=http%3A%2F%2Fphotos.test%2F&width=ten", "invalid-parameter"),
        ("/?url=http%3A%2F%2Fphotos.test%2F&width=9&width=9", "invalid-parameter"),
        ("/?url=http%3A%2F%2Fphotos.test%2F&quality=101", "invalid-parameter"),
        ("/?url=http%3A%2F%2Fphotos.test%2F&widht=9", "unknown-parameter"),
        ("/?url=http%3A%2F%2Fphotos.test%2F&format=jpeg&lossless=1", "invalid-parameter"),
        ("/?url=http%3A%2F%2Fphotos.test%2F&width=60000&height=60000&enlarge=1", "output-too-large"),
    ] {
        assert_eq!(error_of(&service.get(path), 400), kind, "{path}");
    }
}

#[test]
fn no_source_is_allowed_unless_it_is_listed() {
    let nobody = |_: &str, _: &Asked| -> Answer { panic!("nothing may be fetched") };
    let bare = Service::new();
    assert_eq!(error_of(&bare.get(&format!("/?url={URL}")), 403), "source-not-allowed");
    let service = Service::new().with_origin(nobody);
    for url in [
        "http%3A%2F%2Fother.test%2Fa.jpg",
        "https%3A%2F%2Fphotos.test%2Fa.jpg",
        "http%3A%2F%2Fphotos.test%3A8080%2Fa.jpg",
        "http%3A%2F%2Fphotos.test.evil.test%2Fa.jpg",
        "http%3A%2F%2F127.0.0.1%2Fa.jpg",
        "http%3A%2F%2F169.254.169.254%2Flatest%2Fmeta-data",
    ] {
        assert_eq!(error_of(&service.get(&format!("/?url={url}")), 403), "source-not-allowed", "{url}");
    }
}

#[test]
fn what_is_not_there_is_404() {
    assert_eq!(error_of(&with_photo().get("/nowhere"), 404), "not-found");
    let service = Service::new().with_origin(|_, _| Answer::status(404));
    assert_eq!(error_of(&service.get(&format!("/?url={URL}")), 404), "source-not-found");
}

#[test]
fn other_methods_are_405_and_told_which_there_are() {
    for (method, path, allow) in [
        ("PUT", "/", "GET, HEAD, POST, OPTIONS"),
        ("DELETE", "/?url=x", "GET, HEAD, POST, OPTIONS"),
        ("POST", "/healthz", "GET, HEAD, OPTIONS"),
    ] {
        let reply = Service::new().send(request(method, path, Vec::new()));
        assert_eq!(error_of(&reply, 405), "method-not-allowed");
        assert_eq!(reply.header("allow"), allow);
    }
}

#[test]
fn a_source_of_too_many_bytes_is_413_announced_or_not() {
    let limit = || Service::new().env("TINTYPE_MAX_SOURCE_BYTES", "10000");
    assert!(PHOTO.len() > 20_000);
    assert_eq!(error_of(&limit().post("/", &PHOTO), 413), "source-too-large");
    let fetched = limit().with_origin(|_, _| Answer::ok(PHOTO.clone()));
    assert_eq!(error_of(&fetched.get(&format!("/?url={URL}")), 413), "source-too-large");
    let origin = Origin::start(|_| Answer::ok(PHOTO.clone()).without_length());
    let real = limit().env("TINTYPE_SOURCES", &origin.url()).with_network();
    assert_eq!(error_of(&real.get(&format!("/?url={}/a.jpg", origin.url())), 413), "source-too-large");
}

#[test]
fn a_source_of_too_many_pixels_is_413() {
    let service = Service::new().env("TINTYPE_MAX_SOURCE_PIXELS", "100000");
    assert_eq!(error_of(&service.post("/?width=10", &PHOTO), 413), "too-many-pixels");
    let service = Service::new().env("TINTYPE_MAX_MEMORY", "64KiB");
    assert_eq!(error_of(&service.post("/?width=600", &PHOTO), 413), "too-much-memory");
}

#[test]
fn what_is_no_image_is_415_and_what_is_damaged_422() {
    let service = Service::new();
    for body in
        [&b"<!doctype html><html></html>"[..], b"%PDF-1.7 and so on", b"\0\0\0\x1cftypavif\0\0\0\0avif"]
    {
        assert_eq!(error_of(&service.post("/", body), 415), "unsupported-media");
    }
    assert_eq!(error_of(&service.post("/", &PHOTO[..150]), 422), "damaged-source");
    let mut png = photograph(60, 40).png();
    png[40..60].fill(0);
    assert_eq!(error_of(&service.post("/", &png), 422), "damaged-source");
}

#[test]
fn an_origin_that_fails_is_502() {
    let service = Service::new().with_origin(|_, _| Answer::status(500));
    assert_eq!(error_of(&service.get(&format!("/?url={URL}")), 502), "origin-status");
    let nobody = Service::new().env("TINTYPE_SOURCES", "http://photos.test");
    assert_eq!(error_of(&nobody.get(&format!("/?url={URL}")), 502), "origin-unreachable");
}

#[test]
fn an_origin_that_breaks_off_is_502() {
    let origin = Origin::start(|_| Answer::ok(PHOTO.clone()).broken_off_at(5000));
    let service = Service::new().env("TINTYPE_SOURCES", &origin.url()).with_network();
    let reply = service.get(&format!("/?url={}/a.jpg&width=50", origin.url()));
    assert_eq!(error_of(&reply, 502), "origin-unreachable");
}

#[test]
fn three_redirects_are_followed_and_four_are_not() {
    for (hops, status) in [(1, 200), (3, 200), (4, 502)] {
        let service = Service::new().with_origin(move |_, asked: &Asked| {
            let hop: u32 = asked.path.trim_start_matches('/').parse().unwrap_or(0);
            if hop < hops { Answer::redirect(&format!("/{}", hop + 1)) } else { Answer::ok(PHOTO.clone()) }
        });
        let reply = service.get("/?url=http%3A%2F%2Fphotos.test%2F0&width=50");
        assert_eq!(reply.status, status, "{hops} redirects");
        if status == 502 {
            assert_eq!(error_of(&reply, 502), "origin-redirect");
        }
    }
}

#[test]
fn a_redirect_goes_only_where_a_request_may() {
    for to in
        ["http://other.test/a.jpg", "http://127.0.0.1/a.jpg", "//other.test/a.jpg", "http://photos.test:81/"]
    {
        let service = Service::new().with_origin(move |origin, _| {
            assert_eq!(origin, "http://photos.test");
            Answer::redirect(to)
        });
        assert_eq!(error_of(&service.get(&format!("/?url={URL}")), 403), "source-not-allowed", "{to}");
    }
    let nowhere = Service::new().with_origin(|_, _| Answer::status(302));
    assert_eq!(error_of(&nowhere.get(&format!("/?url={URL}")), 502), "origin-redirect");
}

#[test]
fn an_origin_that_keeps_silent_is_504() {
    let origin = Origin::start(|_| Answer::ok(PHOTO.clone()).after(Duration::from_secs(30)));
    let service = Service::new()
        .env("TINTYPE_SOURCES", &origin.url())
        .env("TINTYPE_TIMEOUT_FIRST_BYTE", "200ms")
        .with_network();
    assert_eq!(error_of(&service.get(&format!("/?url={}/", origin.url())), 504), "origin-timeout");
}

#[test]
fn the_host_is_told_how_long_to_wait() {
    let service = Service::new()
        .env("TINTYPE_TIMEOUT_CONNECT", "1234ms")
        .env("TINTYPE_TIMEOUT_FIRST_BYTE", "2345ms")
        .with_origin(|_, asked: &Asked| {
            let options = asked.options.as_ref().expect("options");
            assert_eq!(options.connect_timeout, Some(Duration::from_millis(1234)));
            assert_eq!(options.first_byte_timeout, Some(Duration::from_millis(2345)));
            Answer::ok(PHOTO.clone())
        });
    picture_of(&service.get(&format!("/?url={URL}&width=40")), "image/webp", 40, 30);
}

/// The gate stays closed, so a service that waited for the rest of the source would return 504.
#[test]
fn what_the_header_rules_out_is_refused_before_the_rest_has_arrived() {
    let mut damaged = photograph(640, 480).png();
    let data = damaged.windows(4).position(|name| name == b"IDAT").unwrap() + 4;
    damaged[data..data + 20].fill(0);
    let huge = ("TINTYPE_MAX_SOURCE_PIXELS", "1000");
    let hungry = ("TINTYPE_MAX_MEMORY", "64KiB");
    let no_limit = ("TINTYPE_DEBUG", "0");
    for (source, (name, value), status, error) in [
        (PHOTO.clone(), huge, 413, "too-many-pixels"),
        (PHOTO.clone(), hungry, 413, "too-much-memory"),
        (photograph(640, 480).png(), huge, 413, "too-many-pixels"),
        (damaged, no_limit, 422, "damaged-source"),
        (b"<!doctype html><html><body>no image".repeat(100), no_limit, 415, "unsupported-media"),
    ] {
        let service = Service::new().env(name, value).with_origin(move |_, _| {
            Answer::ok(source.clone()).held_back_at(source.len() / 2, &Gate::default())
        });
        let reply = service.get(&format!("/?url={URL}&width=600"));
        assert_eq!(error_of(&reply, status), error, "{name}");
    }
}

/// The origin holds the end of the source back until bytes of the rendition have arrived. A service that waited for the
/// whole source would answer 504.
#[test]
fn a_rendition_begins_before_the_last_byte_of_its_source_has_arrived() {
    let picture = photograph(2600, 2400);
    for (source, name) in [(picture.jpeg(), "JPEG"), (picture.png(), "PNG")] {
        let gate = Gate::default();
        let held = gate.clone();
        let whole = Service::new().post("/?format=png", &source);
        let service = Service::new()
            .env("TINTYPE_TIMEOUT_BETWEEN_BYTES", "20s")
            .env("TINTYPE_TIMEOUT_TOTAL", "1h")
            .with_origin(move |_, _| Answer::ok(source.clone()).held_back_at(source.len() - 1000, &held));
        let asked = request("GET", &format!("/?url={URL}&format=png"), Vec::new());
        let reply = service.try_send_watched(asked, || gate.open()).unwrap();
        assert_eq!(reply.status, 200, "{name}: {:?}", String::from_utf8_lossy(&reply.body));
        assert!(reply.body == whole.body, "{name}");
        assert_eq!(reply.header("content-length"), "", "{name}: {} bytes", reply.body.len());
    }
}

/// An origin with 6 MiB, of which the last comes when the gate opens, and a service that delivers them as they are.
fn held_back(gate: &Gate) -> (Vec<u8>, Service) {
    let source = PHOTO.repeat((6 << 20) / PHOTO.len());
    let (sent, held) = (source.clone(), gate.clone());
    let service =
        Service::new().with_origin(move |_, _| Answer::ok(sent.clone()).held_back_at(5 << 20, &held));
    (source, service.env("TINTYPE_TIMEOUT_BETWEEN_BYTES", "1h"))
}

#[test]
fn an_answer_that_has_begun_is_not_cut_off_by_the_total_time() {
    let gate = Gate::default();
    let (source, service) = held_back(&gate);
    let service = service.env("TINTYPE_TIMEOUT_TOTAL", "5s");
    let asked = request("GET", &format!("/?url={URL}&passthrough=all"), Vec::new());
    let begun = || {
        thread::sleep(Duration::from_secs(6));
        gate.open();
    };
    let reply = service.try_send_watched(asked, begun).unwrap();
    assert!(reply.status == 200 && reply.body == source, "{} bytes", reply.body.len());
}

#[test]
fn an_answer_that_runs_out_of_time_is_broken_off() {
    let (_, service) = held_back(&Gate::default());
    let service = service.env("TINTYPE_TIMEOUT_ANSWER", "1s").env("TINTYPE_TIMEOUT_TOTAL", "1h");
    let asked = request("GET", &format!("/?url={URL}&passthrough=all"), Vec::new());
    assert!(service.try_send(asked).is_err());
    let log = service.stderr();
    assert!(log.contains(r#""status":200,"error":"origin-timeout""#), "{log}");
}

#[test]
fn an_origin_that_stops_in_the_middle_is_504() {
    let origin = Origin::start(|_| Answer::ok(PHOTO.clone()).in_pieces(3000, Duration::from_secs(30)));
    let service = Service::new()
        .env("TINTYPE_SOURCES", &origin.url())
        .env("TINTYPE_TIMEOUT_BETWEEN_BYTES", "200ms")
        .with_network();
    assert_eq!(error_of(&service.get(&format!("/?url={}/", origin.url())), 504), "origin-timeout");
}

#[test]
fn an_origin_that_trickles_is_504_in_the_end() {
    let origin = Origin::start(|_| Answer::ok(PHOTO.clone()).in_pieces(1, Duration::from_millis(20)));
    let service = Service::new()
        .env("TINTYPE_SOURCES", &origin.url())
        .env("TINTYPE_TIMEOUT_TOTAL", "400ms")
        .with_network();
    assert_eq!(error_of(&service.get(&format!("/?url={}/", origin.url())), 504), "origin-timeout");
}

#[test]
fn a_source_that_arrives_byte_by_byte_gives_the_same_rendition() {
    let small = photograph(60, 40).jpeg();
    let expected = Service::new().post("/?width=30", &small).body;
    let origin = Origin::start(move |_| Answer::ok(small.clone()).in_pieces(1, Duration::ZERO));
    let service = Service::new().env("TINTYPE_SOURCES", &origin.url()).with_network();
    let reply = service.get(&format!("/?url={}/a.jpg&width=30", origin.url()));
    picture_of(&reply, "image/webp", 30, 20);
    assert!(reply.body == expected);
    assert_eq!(origin.asked().len(), 1);
}

#[test]
fn twelve_megapixels_fit_in_10_mebibytes_with_the_service_around() {
    let service = Service::new().limited(10 << 20);
    let reply = service.post("/?width=800", &photograph(4000, 3000).jpeg());
    picture_of(&reply, "image/webp", 800, 600);
    println!("{} bytes of memory", service.memory());
}
