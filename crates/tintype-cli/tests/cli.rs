//! The program as it is called.

#![allow(clippy::unwrap_used)] // a test that fails does so by panicking

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tintype::{Format, inspect, sniff};

/// A folder of its own for a test, with two pictures and a file that is none.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("wide.png"), png(60, 30)).unwrap();
    fs::write(folder.join("tall.png"), png(20, 80)).unwrap();
    fs::write(folder.join("notes.txt"), "not an image").unwrap();
    folder
}

fn png(width: u32, height: u32) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&vec![90; (width * height * 3) as usize]).unwrap();
    file
}

fn tintype(folder: &Path, line: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tintype"));
    command.current_dir(folder).args(line.split(' ')).output().unwrap()
}

fn size(file: &[u8]) -> (Format, u32, u32) {
    let source = inspect(file).unwrap().source;
    (source.format, source.width, source.height)
}

#[test]
fn a_file_becomes_another_and_says_so() {
    let folder = folder("one");
    let output = tintype(&folder, "wide.png --width 30 -o small.jpg");
    assert!(output.status.success());
    assert_eq!(size(&fs::read(folder.join("small.jpg")).unwrap()), (Format::Jpeg, 30, 15));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.starts_with("wide.png → small.jpg: 30 × 15, "), "{told}");
    assert!(output.stdout.is_empty());
}

#[test]
fn many_files_go_into_a_folder_and_one_that_fails_stops_no_other() {
    let folder = folder("many");
    let output = tintype(&folder, "*.png notes.txt --height 15 -o out/");
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(size(&fs::read(folder.join("out/wide.webp")).unwrap()), (Format::Webp, 30, 15));
    assert_eq!(size(&fs::read(folder.join("out/tall.webp")).unwrap()), (Format::Webp, 4, 15));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("notes.txt: the source is not an image"), "{told}");
    let names: Vec<_> = fs::read_dir(folder.join("out")).unwrap().collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_source_is_never_overwritten_and_two_never_share_a_place() {
    let folder = folder("overwritten");
    let before = fs::read(folder.join("wide.png")).unwrap();
    let output = tintype(&folder, "wide.png --format png --width 9");
    assert_eq!(output.status.code(), Some(1));
    assert!(fs::read(folder.join("wide.png")).unwrap() == before);
    fs::write(folder.join("wide.jpg"), &before).unwrap();
    let output = tintype(&folder, "wide.png wide.jpg -o out/");
    assert!(String::from_utf8(output.stderr).unwrap().contains("two files"));
}

#[test]
fn facts_are_lines_of_json() {
    let folder = folder("facts");
    let output = tintype(&folder, "--info wide.png tall.png");
    let lines = String::from_utf8(output.stdout).unwrap();
    let facts: Vec<serde_json::Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((facts.len(), &facts[1]["height"], &facts[0]["format"]), (2, &80.into(), &"png".into()));
}

#[test]
fn standard_input_goes_to_standard_output() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tintype"));
    command.args(["-", "--width", "6"]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&png(60, 30)).unwrap();
    let image = child.wait_with_output().unwrap().stdout;
    assert_eq!((sniff(&image), size(&image)), (Some(Format::Webp), (Format::Webp, 6, 3)));
}
