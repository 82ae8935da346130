//! `dist/tintype.wasm` under the real `wasmtime serve`, over TCP.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};
use std::{fs, thread};

use harness::client::{Server, request};
use harness::origin::Answer;
use harness::{Origin, ServeProcess};
use pictures::{Picture, photograph};

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

#[test]
fn a_client_that_reads_slowly_is_cut_off_in_the_end() {
    read_slowly("tintype.wasm");
}

/// Takes an image of 40 MiB a little at a time, for longer than an answer may take, and then as fast as it comes.
pub(crate) fn read_slowly(component: &str) {
    let source = PHOTO.repeat((40 << 20) / PHOTO.len());
    let size = source.len();
    let origin = Origin::start(move |_| Answer::ok(source.clone()));
    let variables = [("TINTYPE_SOURCES", origin.url()), ("TINTYPE_TIMEOUT_ANSWER", "2s".into())];
    let variables = variables.each_ref().map(|(name, value)| (*name, value.as_str()));
    let server = ServeProcess::start(WASMTIME, component, &variables);
    let mut client = TcpStream::connect(server.address()).unwrap();
    let head = format!("GET /?url={}/&passthrough=all HTTP/1.1\r\nhost: a.test\r\n\r\n", origin.url());
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    client.write_all(head.as_bytes()).unwrap();
    let (mut taken, mut buffer) = (0, vec![0; 16 << 10]);
    let begun = Instant::now();
    // A connection that is closed on what was not read yet may end in an error.
    while let Ok(bytes @ 1..) = client.read(&mut buffer) {
        taken += bytes;
        if begun.elapsed() < Duration::from_secs(4) {
            thread::sleep(Duration::from_millis(50));
        }
    }
    assert!((1 << 10..size).contains(&taken), "{component}: {taken} of {size} bytes");
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
    fs::create_dir_all(&folder).unwrap();
    let mut server = ServeProcess::invited(WASMTIME, &folder, &free.to_string());
    let line = server.invitation();
    assert!(line.starts_with("curl ") && line.ends_with("-o photo.webp"), "{line}");
    let status = Command::new("sh").args(["-c", &line]).current_dir(&folder).stderr(Stdio::null()).status();
    assert!(status.unwrap().success(), "{line}");
    let photo = Picture::read(&fs::read(folder.join("photo.webp")).unwrap());
    fs::remove_dir_all(&folder).unwrap();
    assert_eq!((photo.width, photo.height), (800, 533));
}
