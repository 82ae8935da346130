//! `examples/spin-thumbnails`: an application of Spin's whose handler calls the resizer.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use harness::ServeProcess;
use harness::client::Server;
use pictures::photograph;
use toml::Value;

use crate::examples::Example;

const WASMTIME: &str = env!("CARGO_BIN_EXE_wasmtime");

#[test]
fn an_upload_becomes_three_thumbnails() {
    let Some(example) = Example::built("spin-thumbnails") else {
        println!("skipped: there is no wac, and none could be installed");
        return;
    };
    let manifest: Value = toml::from_str(&fs::read_to_string(example.file("spin.toml")).unwrap()).unwrap();
    let component = &manifest["component"]["thumbnails"];
    example.run(component["build"]["command"].as_str().unwrap());
    // Spin plugs what a dependency exports into what the component imports.
    let dependencies = component["dependencies"].as_table().unwrap();
    assert_eq!(dependencies.keys().collect::<Vec<_>>(), ["tintype:image@0.2.0"]);
    let resizer = dependencies["tintype:image@0.2.0"]["path"].as_str().unwrap();
    let source = component["source"].as_str().unwrap();
    example.run(&format!("wac plug {source} --plug {resizer} -o thumbnails.wasm"));
    let server = ServeProcess::of(WASMTIME, &example.file("thumbnails.wasm"), &[]);

    let reply = server.post("/", &photograph(1600, 1200).jpeg());
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    let images = reply.json();
    for (name, side) in [("small", 64), ("medium", 256), ("large", 1024)] {
        let image = images[name].as_str().unwrap().strip_prefix("data:image/webp;base64,").unwrap();
        assert_eq!(size_of_webp(image), (side, side), "{name}");
    }
    let failed = server.post("/", b"no image at all");
    assert_eq!(failed.status, 422);
    assert!(
        failed.json()["error"].as_str().unwrap().starts_with("the source is not an image of a known format")
    );
}

/// Width and height of a WebP in base64.
fn size_of_webp(base64: &str) -> (u32, u32) {
    let picture = pictures::Picture::read(&STANDARD.decode(base64).unwrap());
    (picture.width, picture.height)
}
