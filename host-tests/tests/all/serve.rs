//! `dist/tintype.wasm` under the real `wasmtime serve`, over TCP.

use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::Duration;

use host_tests::client::{Server, request};
use host_tests::origin::Answer;
use host_tests::pictures::{Picture, photograph};
use host_tests::{Origin, ServeProcess};

use crate::service::{error_of, picture_of};

const WASMTIME: &str = env!("CARGO_BIN_EXE_wasmtime");

static PHOTO: LazyLock<Vec<u8>> = LazyLock::new(|| photograph(640, 480).jpeg());

#[test]
fn photographs_are_posted_and_fetched_over_tcp() {
    let origin = Origin::start(|asked| match asked.path.as_str() {
        "/photo.jpg" => Answer::ok(PHOTO.clone()),
        "/moved.jpg" => Answer::redirect("/photo.jpg"),
        "/silent.jpg" => Answer::ok(PHOTO.clone()).after(Duration::from_secs(30)),
        _ => Answer::status(404),
    });
    let server = ServeProcess::start(
        WASMTIME,
        "tintype.wasm",
        &[("TINTYPE_SOURCES", &origin.url()), ("TINTYPE_TIMEOUT_FIRST_BYTE", "300ms")],
    );

    let posted = server.post("/?width=320", &PHOTO);
    picture_of(&posted, "image/webp", 320, 240);
    let url = |path: &str| format!("/?width=320&url={}{path}", origin.url());
    for path in ["/photo.jpg", "/moved.jpg"] {
        let fetched = server.get(&url(path));
        assert!(fetched.body == posted.body, "{path}");
    }
    let head = server.send(request("HEAD", &url("/photo.jpg"), Vec::new()));
    assert_eq!((head.status, head.header("content-length")), (200, posted.header("content-length")));
    assert_eq!(server.get("/healthz").status, 200);

    assert_eq!(error_of(&server.get("/?width=0"), 400), "invalid-parameter");
    assert_eq!(error_of(&server.get("/?url=http://127.0.0.1:1/"), 403), "source-not-allowed");
    assert_eq!(error_of(&server.get(&url("/none.jpg")), 404), "source-not-found");
    let put = server.send(request("PUT", "/", Vec::new()));
    assert_eq!(
        (error_of(&put, 405).as_str(), put.header("allow")),
        ("method-not-allowed", "GET, HEAD, POST, OPTIONS")
    );
    assert_eq!(error_of(&server.post("/", b"no image at all"), 415), "unsupported-media");
    assert_eq!(error_of(&server.post("/", &PHOTO[..150]), 422), "damaged-source");
    assert_eq!(error_of(&server.get(&url("/silent.jpg")), 504), "origin-timeout");
}

#[test]
fn a_refused_body_that_is_still_being_sent_gets_its_answer() {
    let server = ServeProcess::start(WASMTIME, "tintype.wasm", &[("TINTYPE_MAX_SOURCE_BYTES", "10000")]);
    assert_eq!(error_of(&server.post("/", &PHOTO), 413), "source-too-large");
}

/// What `./x serve` prints is pasted into a shell.
#[test]
fn the_printed_line_makes_a_rendition() {
    if Command::new("curl").arg("--version").stdout(Stdio::null()).status().is_err() {
        println!("skipped: there is no curl");
        return;
    }
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let folder = std::env::temp_dir().join(format!("tintype-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut server = ServeProcess::invited(WASMTIME, &folder, &free.to_string());
    let line = server.invitation();
    assert!(line.starts_with("curl ") && line.ends_with("-o photo.webp"), "{line}");
    let status = Command::new("sh").args(["-c", &line]).current_dir(&folder).stderr(Stdio::null()).status();
    assert!(status.unwrap().success(), "{line}");
    let photo = Picture::read(&std::fs::read(folder.join("photo.webp")).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!((photo.width, photo.height), (800, 533));
}
