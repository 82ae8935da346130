//! `examples/static-site`: a server of files with the middleware in front of it.

use std::fs;

use harness::ServeProcess;
use harness::client::{Server, request};
use pictures::{Picture, photograph};
use toml::Value;

use crate::examples::Example;

const WASMTIME: &str = env!("CARGO_BIN_EXE_wasmtime");

#[test]
fn files_are_served_and_images_come_in_every_size() {
    let Some(example) = Example::built("static-site") else {
        println!("skipped: there is no wac, and none could be installed");
        return;
    };
    let (public, photo) = (example.file("public"), photograph(640, 480).jpeg());
    fs::create_dir_all(&public).unwrap();
    fs::write(public.join("cat.jpg"), &photo).unwrap();
    fs::write(public.join("index.html"), "<img src=cat.jpg?width=320>").unwrap();
    is_served(&example.serve(), &photo);

    // Spin serves what its manifest builds.
    let manifest: Value = toml::from_str(&fs::read_to_string(example.file("spin.toml")).unwrap()).unwrap();
    let component = &manifest["component"]["site"];
    fs::remove_file(example.file("site.wasm")).unwrap();
    for line in component["build"]["command"].as_array().unwrap() {
        example.run(line.as_str().unwrap());
    }
    let files = &component["files"][0];
    let folder = example.file(files["source"].as_str().unwrap());
    let mount = format!("{}::{}", folder.display(), files["destination"].as_str().unwrap());
    let source = example.file(component["source"].as_str().unwrap());
    is_served(&ServeProcess::of(WASMTIME, &source, &["--dir", &mount]), &photo);
    fs::remove_dir_all(&public).unwrap();
}

fn is_served(server: &ServeProcess, photo: &[u8]) {
    assert_eq!(server.get("/").text(), "<img src=cat.jpg?width=320>");
    assert!(server.get("/cat.jpg").body == photo);
    let mut sent = request("GET", "/cat.jpg?width=320", Vec::new());
    sent.headers_mut().insert("accept", "image/webp".parse().unwrap());
    let reply = server.send(sent);
    assert_eq!((reply.status, reply.header("content-type")), (200, "image/webp"));
    assert_eq!(reply.header("cache-control"), "public, max-age=300");
    assert_eq!(Picture::read(&reply.body).width, 320);
    for nowhere in ["/dog.jpg?width=320", "/../Cargo.toml", "/cat"] {
        let reply = server.get(nowhere);
        assert_eq!((reply.status, reply.text()), (404, "there is nothing here\n"), "{nowhere}");
    }
}
