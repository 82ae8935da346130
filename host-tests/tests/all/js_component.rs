//! `examples/js-component`: a component in JavaScript that calls the resizer.

use harness::engine::FAST_ENGINE;
use pictures::{Picture, photograph};
use wasmtime::Store;
use wasmtime::component::{Component, Linker};

use crate::examples::Example;

#[test]
#[ignore = "installs 384 MB and compiles a JavaScript engine: ./x test-callers runs it"]
fn a_script_makes_thumbnails() {
    // It runs only when it is asked for: what is missing is a failure then.
    let example = Example::built("js-component").expect("wac is there, or can be installed");
    let component = Component::from_file(&FAST_ENGINE, example.file("thumbnails.wasm")).unwrap();
    let mut store = Store::new(&FAST_ENGINE, ());
    let instance = Linker::new(&FAST_ENGINE).instantiate(&mut store, &component).expect("it imports nothing");
    let thumbnail =
        instance.get_typed_func::<(Vec<u8>,), (Result<Vec<u8>, String>,)>(&mut store, "thumbnail").unwrap();
    let mut call = |photo: Vec<u8>| thumbnail.call(&mut store, (photo,)).unwrap().0;
    let picture = Picture::read(&call(photograph(640, 480).jpeg()).unwrap());
    assert_eq!((picture.width, picture.height), (320, 320));
    let failure = call(b"no image at all".to_vec()).unwrap_err();
    assert!(failure.starts_with("the source is not an image of a known format"), "{failure}");
}
