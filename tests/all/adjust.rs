//! Changes of detail and colours, and images laid over others: through the engine's public functions.

use std::io::Cursor;
use std::sync::Arc;

use crate::film::{canvases, play, png_file, visible, webp_file};
use tintype::{
    Adjust, Amount, Blend, Color, Error, Factor, Format, Gravity, Length, Limit, Obscure, Offset, Options,
    Overlay, Place, Position, Session, Sharpen, Tone, Unsharp, Veil, resize,
};

fn factor(hundredths: u32) -> Factor {
    Factor::from_millionths(hundredths * 10_000)
}

fn png(change: impl FnOnce(&mut Options)) -> Options {
    let mut options = Options::default();
    options.output.format = Format::Png;
    change(&mut options);
    options
}

/// A picture of one colour with alpha.
fn plain(width: u32, height: u32, color: [u8; 4]) -> Vec<u8> {
    png_file((width, height), &color.repeat((width * height) as usize))
}

fn pattern(width: u32, height: u32) -> Vec<u8> {
    let pixel = |i: u32| [(i * 7) as u8, (i / width * 5) as u8, (i % 31 * 8) as u8, 255];
    png_file((width, height), &(0..width * height).flat_map(pixel).collect::<Vec<_>>())
}

/// Width, channels and samples of a PNG.
fn read(file: &[u8]) -> (usize, usize, Vec<u8>) {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut samples).unwrap();
    (info.width as usize, info.color_type.samples(), samples)
}

fn pixel(file: &[u8], x: usize, y: usize) -> Vec<u8> {
    let (width, count, samples) = read(file);
    samples[(y * width + x) * count..][..count].to_vec()
}

fn overlay(image: Vec<u8>) -> Overlay {
    Overlay {
        image: image.into(),
        opacity: Factor::ONE,
        place: Place::At(Position::default()),
        width: None,
        height: None,
        blend: Blend::Over,
    }
}

fn all_at_once() -> Adjust {
    let half = Length::Share(factor(50));
    Adjust {
        blur: factor(150),
        sharpen: Some(Sharpen { sigma: factor(200), flat: factor(100), jagged: factor(200) }),
        unsharp: Some(Unsharp { threshold: 3, ..Unsharp::MILD }),
        pixelate: 2,
        obscure: vec![Obscure {
            x: half,
            y: Length::Pixels(3),
            width: half,
            height: half,
            by: Veil::Blur(factor(400)),
        }],
        exposure: Amount::from_millionths(300_000),
        contrast: factor(120),
        saturation: factor(150),
        tone: Some(Tone::Sepia),
        ..Adjust::default()
    }
}

#[test]
fn neutral_values_give_the_same_bytes_and_cost_nothing() {
    let sources = [pattern(40, 30), plain(9, 9, [200, 10, 60, 90])];
    for format in [Format::Jpeg, Format::Png, Format::Webp] {
        for source in &sources {
            let mut options = Options::default();
            options.output.format = format;
            let without = resize(&source[..], &options).unwrap();
            options.adjust = Adjust {
                sharpen: Some(Sharpen { sigma: Factor::ZERO, flat: Factor::ONE, jagged: Factor::ONE }),
                unsharp: Some(Unsharp { amount: Factor::ZERO, ..Unsharp::MILD }),
                tone: Some(Tone::Monochrome { color: Color::WHITE, intensity: Factor::ZERO }),
                pixelate: 1,
                ..Adjust::default()
            };
            assert_eq!(resize(&source[..], &options).unwrap(), without);
        }
    }
}

#[test]
fn a_jpeg_is_adjusted_as_its_pixels_are() {
    let mut jpeg = Options::default();
    (jpeg.output.format, jpeg.output.quality) = (Format::Jpeg, Some(95));
    let source = resize(plain(64, 48, [200, 100, 50, 255]), &jpeg).unwrap().image;
    let negated = png(|options| options.adjust.negate = true);
    let pixel = pixel(&resize(source, &negated).unwrap().image, 30, 20);
    assert!(pixel.iter().zip([55, 155, 205]).all(|(a, b)| a.abs_diff(b) <= 3), "{pixel:?}");
}

#[test]
fn chunks_and_steps_make_no_difference() {
    let source = pattern(60, 50);
    let mut options = png(|options| options.adjust = all_at_once());
    options.overlays = vec![overlay(plain(20, 10, [0, 90, 0, 100])); 2];
    let whole = resize(&source[..], &options).unwrap();
    let mut session = Session::stepped(options.clone());
    let mut image = Vec::new();
    for chunk in source.chunks(7) {
        session.write(chunk).unwrap();
        while session.step().unwrap() {}
        image.extend(session.read(usize::MAX).unwrap());
    }
    session.finish().unwrap();
    while session.step().unwrap() {}
    image.extend(session.read(usize::MAX).unwrap());
    assert!(image == whole.image);
    assert_eq!(session.work(), whole.work);
}

#[test]
fn every_frame_is_adjusted_like_a_still() {
    let size = (41, 30);
    let frames = canvases(size, 4);
    let source = webp_file(size, &frames, 0);
    let mut options = Options::default();
    options.output.lossless = true;
    options.input.frames = 0;
    options.adjust = all_at_once();
    options.overlays = vec![overlay(plain(9, 9, [255, 0, 0, 128]))];
    let film = play(&resize(&source[..], &options).unwrap().image);
    assert_eq!(film.frames.len(), frames.len());
    for (page, (_, frame)) in film.frames.iter().enumerate() {
        let mut of_still = options.clone();
        (of_still.input.page, of_still.input.frames) = (page as u32, 1);
        of_still.output.format = Format::Png;
        let (_, count, samples) = read(&resize(&source[..], &of_still).unwrap().image);
        let shown: Vec<u8> = if count == 4 {
            samples
        } else {
            samples.as_chunks().0.iter().flat_map(|&[red, green, blue]| [red, green, blue, 255]).collect()
        };
        assert!(visible(frame) == visible(&shown), "frame {page}");
    }
}

#[test]
fn an_overlay_lies_where_it_should() {
    let offset =
        |x, y| Position::Gravity { gravity: Gravity::SouthEast, x: Offset::Pixels(x), y: Offset::Pixels(y) };
    let red =
        |place, side| Overlay { place, width: side, height: side, ..overlay(plain(4, 2, [255, 0, 0, 255])) };
    let base = plain(20, 10, [0, 0, 255, 255]);
    let rows = |overlay: Overlay| {
        let image = resize(&base[..], &png(|options| options.overlays.push(overlay))).unwrap().image;
        let (width, count, samples) = read(&image);
        let row = |row: &[u8]| {
            row.chunks_exact(count).map(|pixel| if pixel[0] > 127 { 'R' } else { '.' }).collect::<String>()
        };
        samples.chunks_exact(width * count).map(row).collect::<Vec<_>>()
    };
    let shown = rows(red(Place::At(offset(1, 2)), None));
    assert_eq!(shown[5], "....................");
    assert_eq!(shown[6..8], ["...............RRRR."; 2]);
    assert_eq!(shown[8], "....................");
    // A share of the width and the height: of 20 by 10 pixels, 8 by 4.
    let larger = rows(red(Place::At(Position::gravity(Gravity::NorthWest)), Some(Length::Share(factor(40)))));
    assert_eq!((larger[3].as_str(), larger[4].as_str()), ("RRRRRRRR............", "...................."));
    let corner = Place::At(Position::gravity(Gravity::NorthWest));
    let wide = rows(Overlay { width: Some(Length::Pixels(10)), ..red(corner, None) });
    assert_eq!((wide[4].as_str(), wide[5].as_str()), ("RRRRRRRRRR..........", "...................."));
    let tiles = rows(red(Place::Tiled(2, 1), None));
    assert_eq!(tiles[4], "..RRRR..RRRR..RRRR..");
    assert_eq!(tiles[3], "....................");
    // One that is too large fits the image.
    let whole = rows(overlay(plain(400, 200, [255, 0, 0, 255])));
    assert!(whole.iter().all(|row| !row.contains('.')));
}

#[test]
fn overlays_lie_one_on_the_other_and_mix_with_what_is_below() {
    let half = Overlay { opacity: factor(50), ..overlay(plain(9, 9, [255, 255, 255, 255])) };
    let black = overlay(plain(9, 9, [0, 0, 0, 255]));
    let mix = |overlays: Vec<Overlay>, base: [u8; 4]| {
        let options = png(|options| options.overlays = overlays);
        pixel(&resize(plain(9, 9, base), &options).unwrap().image, 4, 4)
    };
    let gray = [100, 100, 100, 255];
    assert_eq!(mix(vec![half.clone()], gray)[0], 177);
    assert_eq!(mix(vec![black.clone(), half.clone()], gray)[0], 127);
    assert_eq!(mix(vec![half.clone(), black], gray)[0], 0);
    // A transparent picture shows the overlay alone.
    assert_eq!(mix(vec![half], [9, 9, 9, 0]), [255, 127], "gray, and how opaque it is");
    let red = Overlay { blend: Blend::Multiply, ..overlay(plain(9, 9, [255, 0, 0, 255])) };
    assert_eq!(mix(vec![red], [200, 100, 50, 255])[..3], [200, 0, 0]);
}

#[test]
fn values_out_of_range_and_bad_overlays_are_refused() {
    let refused = |change: &dyn Fn(&mut Options)| resize(pattern(20, 20), &png(change)).unwrap_err();
    let name = |error: Error| match error {
        Error::InvalidOption { name, .. } => name.into_owned(),
        other => panic!("{other:?}"),
    };
    assert_eq!(name(refused(&|options| options.adjust.gamma = Factor::ZERO)), "gamma");
    assert_eq!(
        name(refused(&|options| options.adjust.blur = Factor::from_millionths(2_000_000_000))),
        "blur"
    );
    let with = |image: &[u8], opacity: u32| Overlay { opacity: factor(opacity), ..overlay(image.to_vec()) };
    assert_eq!(name(refused(&|options| options.overlays.push(with(&pattern(3, 3), 101)))), "overlay");
    assert_eq!(name(refused(&|options| options.overlays.push(with(b"no image", 50)))), "overlay");
    assert_eq!(
        name(refused(&|options| (options.output.bit_depth, options.adjust.negate) = (16, true))),
        "bit-depth"
    );
    let deep = |options: &mut Options| {
        options.output.bit_depth = 16;
        options.overlays.push(overlay(pattern(3, 3)));
    };
    assert_eq!(name(refused(&deep)), "bit-depth");
    let huge = overlay(plain(5000, 4000, [0; 4]));
    assert_eq!(name(refused(&|options| options.overlays.push(huge.clone()))), "overlay");
    let wide = Overlay { width: Some(Length::Pixels(Length::MAX)), ..overlay(pattern(3, 3)) };
    assert_eq!(name(refused(&|options| options.overlays.push(wide.clone()))), "overlay");
}

#[test]
fn the_memory_of_an_overlay_counts() {
    let image: Arc<[u8]> = pattern(1500, 1500).into();
    let mut options = png(|options| options.geometry.width = Some(Length::Pixels(1400)));
    options.overlays = vec![Overlay { image, ..overlay(Vec::new()) }; 3];
    let source = pattern(1500, 1500);
    assert!(resize(&source[..], &options).is_ok());
    options.limits.memory = 16 << 20;
    let refused = resize(&source[..], &options).unwrap_err();
    assert!(matches!(refused, Error::LimitExceeded { limit: Limit::Memory, .. }), "{refused:?}");
}
