//! Sources that break the rules of their format: what is there is shown, as in browsers.

use tintype::{Error, Format, Options, Session, resize};

/// What comes out of a source: width, height, RGBA pixels, and whether it was found damaged.
#[derive(Debug, PartialEq, Eq)]
struct Shown {
    size: (u32, u32),
    pixels: Vec<[u8; 4]>,
    damaged: bool,
}

impl Shown {
    fn at(&self, x: u32, y: u32) -> [u8; 4] {
        self.pixels[(y * self.size.0 + x) as usize]
    }
}

fn options(allow_damaged: bool) -> Options {
    let mut options = Options::default();
    options.output.format = Format::Png;
    options.input.allow_damaged = allow_damaged;
    options
}

fn read(image: &[u8], damaged: bool) -> Shown {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(image));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let pixels = pixels.chunks(info.color_type.samples()).map(|pixel| match *pixel {
        [gray] => [gray, gray, gray, 255],
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, 255],
        _ => pixel.try_into().unwrap(),
    });
    Shown { size: (info.width, info.height), pixels: pixels.collect(), damaged }
}

/// Makes a rendition of the same size, which may not depend on how the source is cut.
fn show(source: &[u8]) -> Result<Shown, Error> {
    let whole = resize(source, &options(true)).map(|made| read(&made.image, made.damaged));
    for piece in [1, 7, 100, 1000] {
        let mut session = Session::new(options(true));
        let pieces = || -> Result<Shown, Error> {
            source.chunks(piece).try_for_each(|piece| session.write(piece))?;
            session.finish()?;
            Ok(read(&session.read(usize::MAX)?, session.damaged()))
        }();
        assert_eq!(pieces, whole, "in pieces of {piece}");
    }
    whole
}

/// Checks that a source is shown with damage, and refused where that is not allowed.
fn show_damaged(source: &[u8]) -> Shown {
    let shown = show(source).unwrap();
    assert!(shown.damaged);
    is_malformed(resize(source, &options(false)).map(|_| ()));
    shown
}

fn show_sound(source: &[u8]) -> Shown {
    let shown = show(source).unwrap();
    assert!(!shown.damaged);
    shown
}

fn is_malformed<T: std::fmt::Debug>(result: Result<T, Error>) {
    assert!(matches!(result, Err(Error::Malformed { .. })), "{result:?}");
}

const SIDE: u32 = 48;

/// A colour for each place of a PNG.
fn color(x: u32, y: u32) -> [u8; 4] {
    [x as u8 * 5, y as u8 * 5, (x * y) as u8, 255]
}

fn chunk(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
    let content = [kind, body].concat();
    let crc = content.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 * (crc & 1)))
    });
    [&(body.len() as u32).to_be_bytes(), content.as_slice(), &(!crc).to_be_bytes()].concat()
}

/// Rows of pixels in the order of a PNG, each with its filter, of one image or the first `passes` of an interlaced one.
fn raw(passes: Option<usize>) -> Vec<u8> {
    let interlaced =
        [[0, 0, 8, 8], [4, 0, 8, 8], [0, 4, 4, 8], [2, 0, 4, 4], [0, 2, 2, 4], [1, 0, 2, 2], [0, 1, 1, 2]];
    let passes = passes.map_or(&[[0, 0, 1, 1]][..], |count| &interlaced[..count]);
    let mut raw = Vec::new();
    for &[left, top, columns, rows] in passes {
        for y in (top..SIDE).step_by(rows as usize) {
            raw.push(0);
            raw.extend((left..SIDE).step_by(columns as usize).flat_map(|x| color(x, y)[..3].to_vec()));
        }
    }
    raw
}

/// Bytes of a block of [`zlib`], and of its head.
const STORED: usize = 500;
const STORED_HEAD: usize = 5;

/// A stream of blocks that are stored as they are (RFC 1951, 3.2.4), without its checksum.
fn zlib(raw: &[u8]) -> Vec<u8> {
    let mut stream = vec![0x78, 1];
    for (index, block) in raw.chunks(STORED).enumerate() {
        let length = block.len() as u16;
        stream.push(u8::from((index + 1) * STORED >= raw.len()));
        stream.extend([length.to_le_bytes(), (!length).to_le_bytes()].concat());
        stream.extend(block);
    }
    stream
}

/// A PNG with its pixels in chunks of 2000 bytes, after another chunk.
fn png(interlaced: bool, other: Option<Vec<u8>>, stream: &[u8]) -> Vec<u8> {
    let head =
        [&[0, 0, 0, SIDE as u8, 0, 0, 0, SIDE as u8, 8, 2, 0, 0][..], &[u8::from(interlaced)]].concat();
    let mut file = [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &head), other.unwrap_or_default()].concat();
    stream.chunks(2000).for_each(|part| file.extend(chunk(b"IDAT", part)));
    file.extend(chunk(b"IEND", b""));
    file
}

/// Checks that rows of a PNG are there, `whole` or more of them, and the others are black; returns how many.
fn rows_of(shown: &Shown, whole: u32) -> u32 {
    assert_eq!(shown.size, (SIDE, SIDE));
    let is = |y: u32, color: &dyn Fn(u32) -> [u8; 4]| (0..SIDE).all(|x| shown.at(x, y) == color(x));
    let rows = (0..SIDE).take_while(|&y| is(y, &|x| color(x, y))).count() as u32;
    assert!(rows >= whole, "{rows} rows, not {whole}");
    assert!((rows..SIDE).all(|y| is(y, &|_| [0, 0, 0, 255])), "after {rows} rows");
    rows
}

/// Complete rows in the first `stream` bytes of a zlib stream of stored blocks.
fn rows_in(stream: usize) -> u32 {
    let blocks = (stream - 2) / (STORED + STORED_HEAD);
    (blocks * STORED / (1 + 3 * SIDE as usize)) as u32
}

#[test]
fn a_png_that_ends_early_keeps_its_rows() {
    let stream = zlib(&raw(None));
    let file = png(false, None, &stream);
    assert_eq!(rows_of(&show_sound(&file), SIDE), SIDE);
    for cut in [1500, 4000, file.len() - 100] {
        let rows = rows_of(&show_damaged(&file[..cut]), rows_in(cut - 150));
        assert!(rows < SIDE);
    }
    // The same, with an end.
    let short = png(false, None, &stream[..3000]);
    rows_of(&show_damaged(&short), rows_in(3000));
    // Nothing is missing but the end of the file.
    assert_eq!(rows_of(&show_sound(&file[..file.len() - 12]), SIDE), SIDE);
    is_malformed(show(&file[..100]));
    is_malformed(show(&file[..30]));
}

#[test]
fn a_png_with_a_fault_keeps_the_rows_before_it() {
    let stream = zlib(&raw(None));
    let mut bent = stream.clone();
    let block = 2 + 9 * (STORED + STORED_HEAD);
    bent[block] = 7;
    // What the decompressor has made of the same 256 bytes is lost.
    let rows = rows_of(&show_damaged(&png(false, None, &bent)), rows_in(block - 256));
    assert!(rows <= rows_in(block) + 1);
    bent[2] = 7;
    is_malformed(show(&png(false, None, &bent)));

    let mut file = png(false, None, &stream);
    let ends = file.windows(4).enumerate().filter(|(_, kind)| kind == b"IDAT").map(|(at, _)| at);
    let second_end = ends.skip(1).map(|at| at + 4 + 2000).next().unwrap();
    file[second_end] ^= 1;
    let rows = rows_of(&show_damaged(&file), rows_in(4000 - 256));
    assert!(rows < SIDE, "a wrong checksum ends the image");
}

#[test]
fn passes_that_are_missing_of_an_interlaced_png_are_filled_from_those_before() {
    assert_eq!(rows_of(&show_sound(&png(true, None, &zlib(&raw(Some(7))))), SIDE), SIDE);
    let steps = [(8, 8), (4, 8), (4, 4), (2, 4), (2, 2), (1, 2)];
    for (passes, (columns, rows)) in (1..).zip(steps) {
        let shown = show_damaged(&png(true, None, &zlib(&raw(Some(passes)))));
        for (x, y) in (0..SIDE).flat_map(|y| (0..SIDE).map(move |x| (x, y))) {
            let expected = color(x / columns * columns, y / rows * rows);
            assert_eq!(shown.at(x, y), expected, "{x} {y} of {passes} passes");
        }
    }
    let file = png(true, None, &zlib(&raw(Some(7))));
    show_damaged(&file[..file.len() / 2]);
    is_malformed(show(&file[..60]));
}

#[test]
fn a_png_is_turned_although_its_exif_is_broken_elsewhere() {
    let orientation = &b"\x12\x01\x03\0\x01\0\0\0\x06\0\0\0"[..];
    let outside = b"\x0f\x01\x02\0\x40\0\0\0\xff\xff\0\0";
    let unknown = b"\x10\x01\x77\x77\xff\xff\xff\xff\xff\xff\xff\xff";
    let pointer = b"\x25\x88\x04\0\x01\0\0\0\xff\xff\xff\xff";
    for entries in [
        vec![orientation],
        vec![outside, orientation],
        vec![unknown, orientation],
        vec![orientation, pointer],
        vec![pointer, unknown, outside, orientation],
    ] {
        for end in [&b"\0\0\0\0"[..], b"\xff\xff\xff\xff", b""] {
            let head = [b"II*\0\x08\0\0\0", &[entries.len() as u8, 0][..]].concat();
            let exif = [&head, entries.concat().as_slice(), end].concat();
            let shown = show_sound(&png(false, Some(chunk(b"eXIf", &exif)), &zlib(&raw(None))));
            assert_eq!(shown.at(SIDE - 1, 0), color(0, 0), "{exif:?}");
            assert_eq!(shown.at(0, 0), color(0, SIDE - 1), "{exif:?}");
        }
    }
}

/// A GIF, as its parts.
struct Gif {
    screen: (u16, u16),
    table: bool,
    /// What lies before the frame.
    between: Vec<u8>,
    at: (u16, u16),
    size: (u16, u16),
    interlaced: bool,
    indices: Vec<u8>,
}

/// The rows of a GIF, 90 pixels wide, in order.
const WIDE: u16 = 90;
const HIGH: u16 = 40;

impl Default for Gif {
    fn default() -> Self {
        let indices = (0..HIGH).flat_map(|y| (0..WIDE).map(move |x| index(x, y))).collect();
        let size = (WIDE, HIGH);
        Self { screen: size, table: true, between: Vec::new(), at: (0, 0), size, interlaced: false, indices }
    }
}

/// An index, 1 to 120, for each place.
fn index(x: u16, y: u16) -> u8 {
    1 + ((x + 7 * y) % 120) as u8
}

/// The colour of an index in the table.
fn entry(index: u8) -> [u8; 4] {
    [index, 255 - index, 2 * index, 255]
}

impl Gif {
    fn file(&self) -> Vec<u8> {
        let shorts = |pair: (u16, u16)| [pair.0.to_le_bytes(), pair.1.to_le_bytes()].concat();
        let flags = if self.table { 0xF6 } else { 0x70 };
        let mut file = [b"GIF89a".to_vec(), shorts(self.screen), vec![flags, 0, 0]].concat();
        if self.table {
            file.extend((0..128).flat_map(|index| entry(index)[..3].to_vec()));
        }
        file.extend(&self.between);
        file.push(0x2C);
        file.extend(
            [shorts(self.at), shorts(self.size), vec![if self.interlaced { 0x40 } else { 0 }, 7]].concat(),
        );
        // Codes stay of eight bits if the table of strings is cleared before it is full.
        let mut codes: Vec<u8> = self.indices.chunks(100).flat_map(|part| [&[128], part].concat()).collect();
        codes.push(129);
        codes.chunks(200).for_each(|part| file.extend([&[part.len() as u8], part].concat()));
        file.extend([0, 0x3B]);
        file
    }
}

/// Checks that rows of a GIF are there and the others empty; returns the number of whole rows.
fn gif_rows(shown: &Shown, empty: [u8; 4]) -> u16 {
    assert_eq!(shown.size, (WIDE.into(), HIGH.into()));
    let there = |x: u16, y: u16| shown.at(x.into(), y.into()) == entry(index(x, y));
    let rows = (0..HIGH).take_while(|&y| (0..WIDE).all(|x| there(x, y))).count() as u16;
    for y in rows..HIGH {
        let begun = (0..WIDE).take_while(|&x| y == rows && there(x, y)).count() as u16;
        assert!((begun..WIDE).all(|x| shown.at(x.into(), y.into()) == empty), "row {y} after {rows}");
    }
    rows
}

/// A control extension that makes index 0 transparent.
const CONTROL: &[u8] = b"\x21\xf9\x04\x01\0\0\0\0";
const BLACK: [u8; 4] = [0, 0, 0, 255];

#[test]
fn a_gif_that_ends_early_keeps_its_rows() {
    for (between, empty) in [(CONTROL, [0; 4]), (b"", BLACK)] {
        let file = Gif { between: between.to_vec(), ..Gif::default() }.file();
        assert_eq!(gif_rows(&show_sound(&file), empty), HIGH);
        assert_eq!(gif_rows(&show_damaged(&file[..file.len() - 20]), empty), HIGH - 1);
        let rows = gif_rows(&show_damaged(&file[..file.len() / 2]), empty);
        assert!((12..HIGH / 2 + 2).contains(&rows), "{rows} rows");
        is_malformed(show(&file[..450]));
        // Without its last two bytes, nothing is missing; nor does what follows matter.
        assert_eq!(gif_rows(&show_sound(&file[..file.len() - 2]), empty), HIGH);
        assert_eq!(gif_rows(&show_sound(&[&file, &b"garbage"[..]].concat()), empty), HIGH);
    }
    let short = Gif { indices: Gif::default().indices[..WIDE as usize * 9 + 5].to_vec(), ..Gif::default() };
    assert_eq!(gif_rows(&show_damaged(&short.file()), BLACK), 9);
}

#[test]
fn a_gif_with_a_fault_keeps_the_rows_before_it() {
    let mut gif = Gif::default();
    // A string that has not been defined, first after the table is cleared.
    gif.indices[20 * 100] = 200;
    let rows = gif_rows(&show_damaged(&gif.file()), BLACK);
    assert!((18..=22).contains(&rows), "{rows} rows");
    gif.indices[0] = 200;
    is_malformed(show(&gif.file()));
}

#[test]
fn passes_that_are_missing_of_an_interlaced_gif_are_filled_from_those_before() {
    let order: Vec<u16> = [(0, 8), (4, 8), (2, 4), (1, 2)]
        .into_iter()
        .flat_map(|(first, step)| (first..HIGH).step_by(step))
        .collect();
    for (rows, step) in [(40, 1), (20, 2), (10, 4), (5, 8)] {
        let indices = order[..rows].iter().flat_map(|&y| (0..WIDE).map(move |x| index(x, y))).collect();
        let shown = show(&Gif { interlaced: true, indices, ..Gif::default() }.file()).unwrap();
        assert_eq!(shown.damaged, step > 1);
        for (x, y) in (0..HIGH).flat_map(|y| (0..WIDE).map(move |x| (x, y))) {
            assert_eq!(
                shown.at(x.into(), y.into()),
                entry(index(x, y / step * step)),
                "{x} {y} of {rows} rows"
            );
        }
    }
}

#[test]
fn the_first_frame_of_a_gif_enlarges_its_screen() {
    for (screen, at, size) in [
        ((0, 0), (0, 0), (90, 40)),
        ((0, 7), (0, 0), (90, 40)),
        ((90, 40), (45, 20), (135, 60)),
        ((10, 10), (200, 0), (290, 40)),
        ((10, 200), (0, 0), (90, 200)),
    ] {
        for interlaced in [false, true] {
            let gif = Gif { screen, at, interlaced, indices: vec![5; 90 * 40], ..Gif::default() };
            let shown = show_sound(&gif.file());
            assert_eq!(shown.size, size);
            for (x, y) in (0..size.1).flat_map(|y| (0..size.0).map(move |x| (x, y))) {
                let inside = (at.0.into()..u32::from(at.0) + 90).contains(&x)
                    && (at.1.into()..u32::from(at.1) + 40).contains(&y);
                assert_eq!(shown.at(x, y), if inside { entry(5) } else { [0; 4] }, "{x} {y} of {size:?}");
            }
        }
    }
    // Within the limits.
    let mut limited = options(true);
    limited.limits.source_pixels = 10_000;
    let file = Gif { at: (60_000, 0), ..Gif::default() }.file();
    assert!(matches!(resize(file, &limited), Err(Error::LimitExceeded { .. })));
    // A frame without a size has that of the screen, if there is one.
    gif_rows(&show_sound(&Gif { size: (0, HIGH), ..Gif::default() }.file()), BLACK);
    is_malformed(show(&Gif { size: (0, 0), screen: (0, 40), ..Gif::default() }.file()));
}

#[test]
fn a_gif_without_a_colour_table_is_black_and_white() {
    for (between, first) in [(&b""[..], BLACK), (CONTROL, [0; 4])] {
        let indices = vec![0, 1, 1, 0];
        let gif = Gif {
            screen: (2, 2),
            size: (2, 2),
            table: false,
            between: between.into(),
            indices,
            ..Gif::default()
        };
        let shown = show_sound(&gif.file());
        assert_eq!(shown.pixels, [first, [255; 4], [255; 4], first]);
    }
}

#[test]
fn what_is_unknown_between_the_blocks_of_a_gif_is_skipped() {
    for between in [
        &b"\x21\xab\x03abc\x02de\0"[..],
        b"\x21\xab\0",
        b"\0\0\0",
        b"\x21\xfe\x07comment\0\0\x21\x42\x01!\0",
        b"\x21\xff\x0bNETSCAPE2.0\x03\x01\0\0\0",
        // Control extensions that are too short or too long.
        b"\x21\xf9\x02\x01\0\0",
        b"\x21\xf9\0",
        b"\x21\x01\x0cplain text..\0",
    ] {
        let gif = Gif { between: between.to_vec(), ..Gif::default() };
        assert_eq!(gif_rows(&show_sound(&gif.file()), BLACK), HIGH, "{between:?}");
        let mut transparent = [between, CONTROL].concat();
        let gif = Gif { between: transparent.clone(), indices: vec![0; 90 * 40], ..Gif::default() };
        assert_eq!(show_sound(&gif.file()).at(3, 3), [0; 4], "{between:?}");
        transparent.extend(b"\x21\xab\x01\x3b\0");
        let gif = Gif { between: transparent, indices: vec![0; 90 * 40], ..Gif::default() };
        assert_eq!(show_sound(&gif.file()).at(3, 3), [0; 4], "{between:?}");
    }
    is_malformed(show(&Gif { between: b"what is this".to_vec(), ..Gif::default() }.file()));
    assert_eq!(tintype::inspect(&Gif::default().file()).unwrap().frames, 1);
}

#[test]
fn whatever_is_changed_in_a_file_gives_an_image_or_an_error_that_does_not_depend_on_the_pieces() {
    let gif = |interlaced| Gif { interlaced, between: CONTROL.to_vec(), ..Gif::default() }.file();
    let png = |passes: Option<usize>| png(passes.is_some(), None, &zlib(&raw(passes)));
    let mut random = 1u32;
    let mut next = |below: usize| {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (random >> 8) as usize % below
    };
    let mut counts = [0; 3];
    for file in [gif(false), gif(true), png(None), png(Some(7))] {
        for _ in 0..40 {
            let mut changed = file.clone();
            for _ in 0..=next(3) {
                changed[8 + next(file.len() - 8)] = next(256) as u8;
            }
            counts[match show(&changed) {
                Err(_) => 0,
                Ok(shown) => 1 + usize::from(shown.damaged),
            }] += 1;
        }
    }
    assert!(counts.iter().all(|&count| count > 0), "{counts:?}");
}
