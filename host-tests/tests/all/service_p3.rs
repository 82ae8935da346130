//! `dist/tintype-p3.wasm`, the service on wasi:http 0.3, under the real `wasmtime serve`, which gives an instance many
//! requests at once.

use std::sync::LazyLock;
use std::thread;
use std::time::Duration;

use harness::client::{Server, request};
use harness::origin::Answer;
use harness::{Origin, ServeProcess};
use pictures::{Picture, photograph};

use crate::serve::read_slowly;
use crate::service::picture_of;
use crate::service_cases::try_under_wasmtime_serve;

const WASMTIME: &str = env!("CARGO_BIN_EXE_wasmtime");

static PHOTO: LazyLock<Vec<u8>> = LazyLock::new(|| photograph(640, 480).jpeg());

#[test]
fn wasmtime_serve_answers_as_the_table_says_on_wasi_0_3() {
    try_under_wasmtime_serve("tintype-p3.wasm");
}

/// Each request has a size, a source and an identifier of its own, and its origin is slow: dozens share an instance while
/// they wait, and each must get what it asked for.
#[test]
fn requests_that_share_an_instance_do_not_mix() {
    let origin = Origin::start(|asked| match asked.path.as_str() {
        "/missing" => Answer::status(404).after(Duration::from_millis(30)),
        _ => Answer::ok(PHOTO.clone()).in_pieces(4000, Duration::from_millis(5)),
    });
    let server = ServeProcess::start(WASMTIME, "tintype-p3.wasm", &[("TINTYPE_SOURCES", &origin.url())]);
    thread::scope(|scope| {
        for client in 1..=8 {
            let (server, origin) = (&server, &origin);
            scope.spawn(move || {
                for round in 0..4 {
                    let (width, id) = (40 * client + 4 * round, format!("client-{client}-{round}"));
                    let photo = format!("/?url={}/photo-{id}.jpg&width={width}&format=png", origin.url());
                    let mut sent = request("GET", &photo, Vec::new());
                    sent.headers_mut().insert("x-request-id", id.parse().unwrap());
                    let reply = server.send(sent);
                    picture_of(&reply, "image/png", width, (width * 3).div_ceil(4));
                    assert_eq!(reply.header("x-request-id"), id);
                    assert!(reply.header("content-disposition").contains(&id), "{id}");
                    let missing = server.get(&format!("/?url={}/missing&width={width}", origin.url()));
                    assert_eq!(missing.status, 404, "{id}");
                    let posted = server.post(&format!("/?width={width}&format=png"), &PHOTO);
                    assert!(posted.body == reply.body, "{id}");
                }
            });
        }
    });
}

#[test]
fn a_client_that_reads_slowly_is_cut_off_in_the_end_on_wasi_0_3() {
    read_slowly("tintype-p3.wasm");
}

/// More than 4 MiB, which are sent while they are made.
#[test]
fn a_large_rendition_is_streamed() {
    let noise = photograph(1600, 1200).png();
    let server = ServeProcess::start(WASMTIME, "tintype-p3.wasm", &[]);
    let reply = server.post("/?width=2600&enlarge=1&format=png", &noise);
    assert_eq!((reply.status, reply.header("content-length")), (200, ""));
    assert!(reply.body.len() > 4 << 20, "{}", reply.body.len());
    let picture = Picture::read(&reply.body);
    assert_eq!((picture.width, picture.height), (2600, 1950));
}
