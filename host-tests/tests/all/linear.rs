//! Work grows no faster than a file: twice as many chunks, segments, scans or pieces take at most twice as much.

use harness::Resizer;
use harness::resizer::types::{Format, Length, Options};
use pictures::{JpegStyle, photograph};

/// What a part of a file may take more when there are twice as many of it: twice, and a little for what is not quite even.
const DOUBLED: f64 = 2.2;

fn options() -> Options {
    let mut options = Options::default();
    options.geometry.width = Some(Length::Pixels(50));
    options.output.format = Format::Jpeg;
    options
}

/// Returns the instructions spent on a file that arrives in pieces of `piece` bytes.
fn fuel(image: &[u8], piece: usize) -> u64 {
    let mut resizer = Resizer::new();
    let mut session = resizer.session(&options());
    for chunk in image.chunks(piece) {
        session.write(chunk).unwrap();
    }
    session.finish().unwrap();
    drop(session);
    resizer.fuel()
}

/// Inserts `count` copies of a part into a file.
fn with(file: &[u8], at: usize, part: &[u8], count: usize) -> Vec<u8> {
    [&file[..at], &part.repeat(count), &file[at..]].concat()
}

/// The position after the first occurrence of these bytes.
fn after(file: &[u8], bytes: &[u8]) -> usize {
    file.windows(bytes.len()).position(|window| window == bytes).expect("a part of the file") + bytes.len()
}

/// Files with `count` parts of one kind each.
fn files(count: usize) -> Vec<(&'static str, Vec<u8>)> {
    let photo = photograph(100, 80);
    let (jpeg, png, webp, gif) = (photo.jpeg(), photo.png(), photo.webp(), photo.gif(&[]));
    let progressive = photo.jpeg_as(&JpegStyle { progressive: true, ..JpegStyle::default() });
    let pixels = after(&png, b"IDAT") - 8;
    let mut riff = webp.clone();
    // An extended file: a canvas of 100 × 80 pixels, without flags, before the image.
    let canvas = [b"VP8X\x0a\0\0\0\0\0\0\0".as_slice(), &[99, 0, 0, 79, 0, 0]].concat();
    riff.splice(12..12, canvas);
    vec![
        ("comments before a JPEG's image", with(&jpeg, 2, b"\xff\xfe\0\x02", count)),
        // A scan of an AC coefficient without data, at the place of the last scan.
        ("empty scans of a JPEG", {
            let last = progressive.windows(2).rposition(|window| window == b"\xff\xda").expect("a scan");
            with(&progressive, last, b"\xff\xda\0\x08\x01\x01\0\x01\x01\0", count)
        }),
        ("chunks before a PNG's image", with(&png, pixels, b"\0\0\0\0teXt\0\0\0\0", count)),
        ("empty chunks of a PNG's image", with(&png, pixels, b"\0\0\0\0IDAT\x35\xaf\x06\x1e", count)),
        ("chunks before a WebP's image", with(&riff, 30, b"none\0\0\0\0", count)),
        ("comments before a GIF's image", with(&gif, after_palette(&gif), b"\x21\xfe\x01x\0", count)),
    ]
}

/// The end of a GIF's global colour table.
fn after_palette(gif: &[u8]) -> usize {
    let flags = gif[10];
    13 + if flags & 0x80 != 0 { 3 << ((flags & 7) + 1) } else { 0 }
}

#[test]
fn twice_as_many_parts_take_at_most_twice_the_work() {
    const COUNT: usize = 20_000;
    let none = files(0);
    for (((name, once), (_, twice)), (_, none)) in files(COUNT).into_iter().zip(files(2 * COUNT)).zip(none) {
        let [none, once, twice] = [none, once, twice].map(|file| fuel(&file, 64 << 10));
        let (once, twice) = (once.saturating_sub(none), twice.saturating_sub(none));
        println!("{name}: {none}, {once} and {twice} more");
        assert!(twice as f64 <= DOUBLED * once as f64 + 1e6, "{name}: {once}, then {twice}");
        assert!(once / COUNT as u64 <= 20_000, "{name}: {} each", once / COUNT as u64);
    }
}

#[test]
fn twice_as_many_pieces_take_at_most_twice_the_work() {
    for (name, file) in files(2000) {
        let [whole, once, twice] = [64 << 10, 16, 8].map(|piece| fuel(&file, piece));
        println!("{name}, {} bytes: {whole} whole, {once} and {twice} in pieces", file.len());
        assert!(twice as f64 <= DOUBLED * once as f64, "{name}: {once}, then {twice}");
    }
}
