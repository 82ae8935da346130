//! Every message that a client or an operator can get, in one list for people to read: `tests/messages.txt`.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use tintype_http::failure::Kind;
use tintype_http::grammar::parameter::Parameter;
use tintype_http::grammar::{cloudflare, imgproxy, ipx, nextjs, query};
use tintype_http::host::HostError;
use tintype_types::{Error, Limit};

use crate::support::*;

const UPDATE: &str = "UPDATE_MESSAGES";

/// Messages and their details, each with the place of its kind.
#[derive(Default)]
struct Messages(BTreeSet<(usize, String, String)>);

impl Messages {
    /// Adds the message of a response, or of the body that breaks off.
    fn add(&mut self, answer: &Answer) {
        if let Some(failure) = &answer.broken {
            self.insert(failure.kind().slug(), failure.message(), failure.detail().unwrap_or_default());
        } else if answer.status >= 400 {
            let json = answer.json();
            let text = |name: &str| json[name].as_str().unwrap_or_default().to_owned();
            self.insert(&text("error"), &text("message"), &text("detail"));
        }
    }

    fn insert(&mut self, slug: &str, message: &str, detail: &str) {
        let place = Kind::ALL.iter().position(|kind| kind.slug() == slug).unwrap();
        self.0.insert((place, message.into(), detail.into()));
    }

    fn get(&mut self, target: &str) {
        self.add(&TestHost::new().get(target));
    }

    /// Adds the message of a target unless another one gives the same advice.
    fn get_once(&mut self, target: &str) {
        let answer = TestHost::new().get(target);
        let json = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        if !self.0.iter().any(|(.., detail)| json["detail"] == detail.as_str()) {
            self.add(&answer);
        }
    }

    fn list(&self) -> String {
        let mut list = String::new();
        for (place, kind) in Kind::ALL.iter().enumerate() {
            writeln!(list, "{} {}", kind.status().as_u16(), kind.slug()).unwrap();
            for (_, message, detail) in self.0.iter().filter(|(of, ..)| *of == place) {
                writeln!(list, "  {message}").unwrap();
                if !detail.is_empty() {
                    writeln!(list, "      {detail}").unwrap();
                }
            }
        }
        list
    }
}

/// Targets that cannot be read or are not allowed.
fn targets(messages: &mut Messages) {
    for name in query::PARAMETERS.iter().map(Parameter::name) {
        for value in ["~", ""] {
            messages.get_once(&format!("/?url=https://photos.example.com/&{name}={value}"));
        }
    }
    for name in imgproxy::OPTIONS.iter().map(Parameter::name) {
        for arguments in ["~", "", "1:~", "~:1", "1:1:~", "fit:1:1:1:~", "fit:1:1:~", "nowe:~", "~:~:~"] {
            messages.get_once(&format!("/unsafe/{name}:{arguments}/plain/https://photos.example.com/"));
        }
    }
    for name in cloudflare::OPTIONS.iter().map(Parameter::name) {
        messages.get_once(&format!("/cdn-cgi/image/{name}=~/https://photos.example.com/"));
    }
    for name in ipx::MODIFIERS.iter().map(Parameter::name) {
        messages.get_once(&format!("/_ipx/{name}_~/https://photos.example.com/"));
    }
    for name in nextjs::PARAMETERS.iter().map(Parameter::name) {
        messages.get_once(&format!("/_next/image?{name}=&w=8"));
    }
    for target in [
        "/nowhere",
        "/config",
        "/?",
        "/?url=",
        "/?width=8",
        "/?url=https://photos.example.com/&widht=8",
        "/?url=https://photos.example.com/&w=8&width=9",
        "/?url=%zz",
        "/?url=https://photos.example.com/&lossless=1&format=jpeg",
        "/?url=https://photos.example.com/&bit-depth=16&format=webp",
        "/?url=https://photos.example.com/&bit-depth=16&colors=9&format=png",
        "/?url=https://photos.example.com/&expires=1",
        "/unsafe/w:8/",
        "/unsafe/w:8/enc/abc",
        "/unsafe/w:8/plain/",
        "/unsafe/w:8/plain/https://photos.example.com/a@b@c",
        "/unsafe/w:8/plain/%zz",
        "/unsafe/w:8/plain/https://photos.example.com/@mp4",
        "/unsafe/w:8/?",
        "/unsafe/w:8/...",
        "/unsafe/widht:8/plain/https://photos.example.com/",
        "/unsafe/bl:5/plain/https://photos.example.com/",
        "/unsafe/ex:1:sm/plain/https://photos.example.com/",
        "/unsafe/pr:nothing/plain/https://photos.example.com/",
        "/unsafe/w:8/z:1:2/plain/https://photos.example.com/",
        "/unsafe/g:obj:face/plain/https://photos.example.com/",
        "/cdn-cgi/image/width=8/",
        "/cdn-cgi/image/width/https://photos.example.com/",
        "/cdn-cgi/image/width=%zz/https://photos.example.com/",
        "/cdn-cgi/image/gravity=face/https://photos.example.com/",
        "/wsrv/?w=8",
        "/wsrv/?url=%ff",
        "/wsrv/?url=https://photos.example.com/&blur=5",
        "/cdn-cgi/image/width=auto,dpr=2/https://photos.example.com/",
        "/?url=https://photos.example.com/&auto-width=9,9,9&width=9",
        "/unsafe/w:8/plain/https://photos.example.com/?x=1",
        "/_next/image?w=8",
        "/_next/image?url=https://photos.example.com/",
        "/_next/image?url=https://photos.example.com/&w=8&w=9",
        "/_next/image?url=https://photos.example.com/&w=8&h=8",
        "/_ipx/w_8/",
        "/_ipx/%zz/https://photos.example.com/",
        "/_ipx/wdith_8/https://photos.example.com/",
        "/_ipx/blur_5/https://photos.example.com/",
        "/_ipx/s_8x8,fit_contain,extend_1_1_1_1_mirror/https://photos.example.com/",
        "/_ipx/rotate_45,w_8/https://photos.example.com/",
        "/?url=photo.jpg",
        "/?url=ftp://photos.example.com/",
        "/?url=https://user@photos.example.com/",
        "/?url=https://photos.example.com:0/",
        "/?url=s3://photos/a.jpg",
        "/?url=s3://photos/a.jpg%3Facl",
        "/?url=https://photos.example.com/%5C",
        "/?url=https://photos.example.com/a%09",
        "/?url=https://photos.example.com/%25252e%25252e/",
        "/?url=https://ph%C3%B6tos.example.com/",
        "/?url=https://photos.example.com/%2500",
        "/?url=https://elsewhere.example.net/",
        "/?url=http://127.0.0.1/",
        "/?url=http://redis:6379/",
    ] {
        messages.get(target);
    }
    let long = format!("/?url=https://photos.example.com/{}", "x".repeat(80));
    messages.add(&TestHost::new().with("TINTYPE_MAX_URL_BYTES", "60").get(&long));
    messages.add(&TestHost::new().with("TINTYPE_SOURCES", "").get(PHOTO));
    let open = TestHost::new().with("TINTYPE_SOURCES", "*").origin(|_| Reply::status(404));
    messages.add(&open.get(&format!("{PHOTO}&onerror=https://elsewhere.example.net/")));
    let based = TestHost::new().with("TINTYPE_BASE_URL", "https://photos.example.com/a/");
    messages.add(&based.get("/?url=../b"));
    let preset = TestHost::new().with("TINTYPE_PRESET_thumb", "w:8");
    messages.add(&preset.get("/unsafe/pr:small/plain/https://photos.example.com/"));
    let signed = TestHost::new().with("TINTYPE_KEY", "736563726574");
    messages.add(&signed.get(PHOTO));
    messages.add(&signed.get(&format!("{PHOTO}&s=abc")));
}

/// Requests whose method, headers or body are at fault.
fn uploads(messages: &mut Messages) {
    let host = TestHost::new();
    messages.add(&host.send(request("PUT", "/", &[])));
    messages.add(&host.post("/healthz", vec![]));
    messages.add(&host.post("/?url=https://photos.example.com/", vec![]));
    messages.add(&host.get_with(PHOTO, &[("via", "1.1 tintype")]));
    messages.add(&host.send(request("POST", "/", &[("content-type", "multipart/form-data; boundary=x")])));
    let late = Event::Late(SECOND);
    for events in [
        vec![],
        vec![Event::Fail(HostError::BrokenOff)],
        vec![Event::Silence],
        vec![late.clone(), late.clone(), late.clone(), late],
        pieces(b"no image, and longer than any signature", 100),
        pieces(b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", 100),
    ] {
        messages.add(&host.post("/?width=8", events));
    }
}

fn origins(messages: &mut Messages) {
    for reply in [
        || Reply::status(404),
        || Reply::status(410),
        || Reply::status(500),
        || Reply::status(302),
        || Reply::redirect("/again"),
        || Reply::redirect("ftp://photos.example.com/"),
        || Reply::redirect("https://elsewhere.example.net/"),
        || Reply::status(200).body(vec![Event::Silence]),
        || Reply::image(&jpeg(300)).header("content-encoding", "br"),
        || Reply::image(&jpeg(300)).header("content-length", "9999999999"),
        || Reply::image(&jpeg(300)).after(Event::Late(SECOND)),
    ] {
        messages.add(&TestHost::new().origin(move |_| reply()).get(PHOTO));
    }
    for (target, status) in
        [("/?url=s3://photos/a.jpg", 403), ("/?url=s3://photos/b.jpg", 301), ("/?url=s3://photos/", 200)]
    {
        let host = TestHost::new().with("TINTYPE_SOURCES", "s3://photos");
        messages.add(&host.origin(move |_| Reply::status(status)).get(target));
    }
    for reason in [
        HostError::TimedOut,
        HostError::Denied,
        HostError::AddressProhibited,
        HostError::UnknownName,
        HostError::Refused,
        HostError::Tls,
        HostError::BrokenOff,
        HostError::UnusableUrl,
        HostError::Other,
    ] {
        messages.add(&TestHost::new().origin(move |_| Reply::fail(reason)).get(PHOTO));
    }
}

/// Failures of the resizer, as the contract has them and as the engine words them.
fn resizer(messages: &mut Messages) {
    let limits = [
        Limit::SourceBytes,
        Limit::SourcePixels,
        Limit::Frames,
        Limit::FramePixels,
        Limit::OutputSide,
        Limit::OutputPixels,
        Limit::Memory,
        Limit::Work,
    ];
    let limits = limits.map(|limit| Error::LimitExceeded { limit, allowed: 1000, needed: 1001 });
    for error in
        limits.into_iter().chain([Error::Unrecognized, Error::Ended, Error::Internal("the reason".into())])
    {
        let host = TestHost::new()
            .resizer(move |options| Echo { failing_after: (0, error.clone()), ..Echo::new(options) });
        messages.add(&host.get(PHOTO));
    }
    let slow = TestHost::new().resizer(|options| Echo { slowness: 20 * SECOND, ..Echo::new(options) });
    messages.add(&slow.get(PHOTO));
    let pieces_of = |pause| {
        pieces(&jpeg(8 << 20), 1 << 20).into_iter().flat_map(move |piece| [Event::Pause(pause), piece])
    };
    for (pause, slowness) in [(SECOND, Duration::ZERO), (Duration::ZERO, SECOND / 16)] {
        let host = TestHost::new()
            .with("TINTYPE_TIMEOUT_ANSWER", "2s")
            .origin(move |_| Reply::status(200).body(pieces_of(pause).collect()))
            .resizer(move |options| Echo { slowness, ..Echo::new(options) });
        messages.add(&host.get(PHOTO));
    }
    let engine = || TestHost::new().resizer(|options| tintype::Session::stepped(options.clone()));
    let mut make = |options: &str, source: &[u8]| {
        let answer = engine().post(&format!("/?{options}"), pieces(source, 1000));
        messages.add(&answer);
        answer.body
    };
    let png = crate::engine::png(64, 48);
    let jpeg = make("format=jpeg", &png);
    let [webp, gif] =
        [make("", &png), b"GIF89a\x04\0\x04\0\0\0\0and so on, but not as a GIF goes on".to_vec()];
    make("crop=64,0,9,9", &png);
    make("crop-resized=64,0,9,9", &png);
    for options in
        ["width=8&height=8&fit=pad&gravity=attention", "extend=size,entropy", "crop-resized=9,9,attention"]
    {
        make(options, &png);
    }
    make("width=9000&height=1&fit=fill&enlarge=1", &png);
    for file in [&png[..100], &webp, &jpeg[..200], &gif] {
        make("", &file[..file.len() / 2]);
    }
    let frame = jpeg.windows(2).position(|marker| marker == [0xFF, 0xC0]).unwrap();
    for (at, byte) in [(1, 0xC3), (1, 0xC6), (1, 0xC9), (4, 12), (9, 9), (5, 0)] {
        let mut file = jpeg.clone();
        file[frame + at] = byte;
        make("", &file);
    }
    make("", &crate::engine::vast_png(65_536, 65_536));
    let wide = engine().with("TINTYPE_MAX_OUTPUT_SIDE", "60000");
    messages.add(&wide.post("/?width=20000&height=1&fit=fill&enlarge=1", pieces(&png, 1000)));
}

fn configurations(messages: &mut Messages) {
    for (name, value) in [
        ("TINTYPE_SOURCES", "ftp://a.example.com"),
        ("TINTYPE_SOURCES", "a.example.com, -*-"),
        ("TINTYPE_SOURCES", "a.example.com:x"),
        ("TINTYPE_SOURCES", "a.example.com/../b"),
        ("TINTYPE_MAX_SOURCE_BYTES", "lots"),
        ("TINTYPE_MAX_SOURCE_PIXELS", "lots"),
        ("TINTYPE_MAX_OUTPUT_SIDE", "lots"),
        ("TINTYPE_BASE_URL", "ftp://a.example.com/"),
        ("TINTYPE_FALLBACK_URL", "https://a.example.com/a b\\"),
        ("TINTYPE_PREFIX", "img"),
        ("TINTYPE_KEY", "secret"),
        ("TINTYPE_SALT", "abcd"),
        ("TINTYPE_SIGNATURE_SIZE", "33"),
        ("TINTYPE_TTL", "long"),
        ("TINTYPE_TTL_MIN", "366d"),
        ("TINTYPE_LOG", "maybe"),
        ("TINTYPE_CORS", "https://www.example.com/"),
        ("TINTYPE_S3_STYLE", "cubist"),
        ("TINTYPE_HEADERS_nobody", "Authorization: x"),
        ("TINTYPE_ALIAS_photos", "photos"),
    ] {
        messages.add(&TestHost::new().with(name, value).get("/healthz"));
    }
}

#[test]
fn every_message_is_in_the_list_that_people_read() {
    let mut messages = Messages::default();
    targets(&mut messages);
    uploads(&mut messages);
    origins(&mut messages);
    resizer(&mut messages);
    configurations(&mut messages);
    let list = messages.list();
    for (place, kind) in Kind::ALL.iter().enumerate() {
        assert!(messages.0.iter().any(|(of, ..)| *of == place), "no message of {}", kind.slug());
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/messages.txt");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&file, &list).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let difference = list.lines().zip(known.lines()).find(|(new, old)| new != old);
    assert!(
        list == known,
        "the messages differ from tests/messages.txt: {difference:?}; set {UPDATE}=1 to write the list anew, and read it"
    );
}
