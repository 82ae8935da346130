//! The command line program, as a component.

use std::path::Path;
use std::process::Command;

use harness::dist;
use pictures::{Picture, photograph};

#[test]
fn the_program_makes_files_in_the_folder_that_it_is_given() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli");
    std::fs::create_dir_all(&folder).unwrap();
    for name in ["one.jpg", "two.jpg"] {
        std::fs::write(folder.join(name), photograph(400, 300).jpeg()).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_wasmtime"));
    command.args(["run", "--dir", ".", dist::path("tintype-cli.wasm").to_str().unwrap()]);
    command.args(["*.jpg", "--width", "100", "--format", "png", "-o", "out/"]).current_dir(&folder);
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    for name in ["one.png", "two.png"] {
        let picture = Picture::read(&std::fs::read(folder.join("out").join(name)).unwrap());
        assert_eq!((picture.width, picture.height), (100, 75), "{name}");
    }
}
