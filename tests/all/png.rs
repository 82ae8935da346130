//! PNG renditions: in as few bits as the pixels need, and with the same pixels.

use png::{BitDepth, ColorType};
use std::io::Cursor;
use tintype::{Effort, Error, Format, Limit, Options, Session, resize};

const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Default, Effort::Best];

fn file(width: u32, color: ColorType, depth: BitDepth, samples: &[u8]) -> Vec<u8> {
    let bytes = color.samples() * if depth == BitDepth::Sixteen { 2 } else { 1 };
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, (samples.len() / bytes) as u32 / width);
    encoder.set_color(color);
    encoder.set_depth(depth);
    encoder.write_header().unwrap().write_image_data(samples).unwrap();
    file
}

/// A picture whose pixels a function draws.
fn draw<const SAMPLES: usize>(
    (width, height): (u32, u32),
    pixel: impl Fn(u32, u32) -> [u8; SAMPLES],
) -> Vec<u8> {
    let color = [ColorType::Grayscale, ColorType::GrayscaleAlpha, ColorType::Rgb, ColorType::Rgba];
    let samples: Vec<u8> =
        (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect();
    file(width, color[SAMPLES - 1], BitDepth::Eight, &samples)
}

/// A number that looks random.
fn noise(x: u32, y: u32) -> u32 {
    let mixed = (x.wrapping_mul(7919).wrapping_add(y.wrapping_mul(104_729))).wrapping_mul(0x9e37_79b1);
    (mixed ^ mixed >> 15).wrapping_mul(0x85eb_ca6b) >> 12
}

fn options(effort: Effort) -> Options {
    let mut options = Options::default();
    (options.output.format, options.output.effort) = (Format::Png, effort);
    options
}

fn kind(file: &[u8]) -> (ColorType, u8) {
    let reader = png::Decoder::new(Cursor::new(file)).read_info().unwrap();
    (reader.info().color_type, reader.info().bit_depth as u8)
}

/// The pixels in RGBA, with 16 bits.
fn pixels(file: &[u8]) -> Vec<[u16; 4]> {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut samples).unwrap();
    let samples: Vec<u16> = match frame.bit_depth {
        BitDepth::Sixteen => samples.as_chunks().0.iter().map(|&bytes| u16::from_be_bytes(bytes)).collect(),
        _ => samples.iter().map(|&sample| u16::from(sample) * 257).collect(),
    };
    let pixel = |pixel: &[u16]| match *pixel {
        [gray] => [gray, gray, gray, u16::MAX],
        [gray, alpha] => [gray, gray, gray, alpha],
        [red, green, blue] => [red, green, blue, u16::MAX],
        _ => pixel.try_into().unwrap(),
    };
    samples.chunks(frame.color_type.samples()).map(pixel).collect()
}

/// Pictures, and the colour type and the bits that they are reduced to.
fn reducible() -> Vec<(&'static str, Vec<u8>, ColorType, u8)> {
    use ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
    let size = (90, 70);
    let gray = |steps: u32| draw(size, move |x, y| [(noise(x, y) % steps * 255 / (steps - 1)) as u8; 3]);
    let colors = |count: u32| {
        draw(size, move |x, y| {
            let color = noise(x, y) % count;
            [color as u8, 255 - color as u8, 9]
        })
    };
    let glass = |x: u32, y: u32| (noise(x, y) % 5 * 60) as u8;
    vec![
        ("black and white", gray(2), Grayscale, 1),
        ("four grays", gray(4), Grayscale, 2),
        ("sixteen grays", gray(16), Grayscale, 4),
        ("all grays", gray(256), Grayscale, 8),
        ("all grays and alpha", draw(size, |x, y| [noise(x, y) as u8, 255]), Grayscale, 8),
        ("two grays that need more bits", draw(size, |x, _| [(x % 2 + 7) as u8]), Indexed, 1),
        ("one colour", colors(1), Indexed, 1),
        ("two colours", colors(2), Indexed, 1),
        ("four colours", colors(4), Indexed, 2),
        ("five colours", colors(5), Indexed, 4),
        ("sixteen colours", colors(16), Indexed, 4),
        ("seventeen colours", colors(17), Indexed, 8),
        ("256 colours", draw((256, 70), |x, y| [noise(x, y) as u8, noise(x, y) as u8 ^ 90, 7]), Indexed, 8),
        ("257 colours", draw((257, 70), |x, _| [x as u8, (x / 256) as u8, 9]), Rgb, 8),
        (
            "few colours, some transparent",
            draw(size, |x, y| [200, 9, (x % 4) as u8, glass(x, y)]),
            Indexed,
            8,
        ),
        ("many opaque colours", draw(size, |x, y| [x as u8, y as u8, noise(x, y) as u8, 255]), Rgb, 8),
        (
            "many grays with alpha",
            draw(size, |x, y| [x as u8, x as u8, x as u8, (y * 3) as u8]),
            GrayscaleAlpha,
            8,
        ),
        ("many colours with alpha", draw(size, |x, y| [x as u8, y as u8, 0, glass(x, y)]), Rgba, 8),
        (
            "a last pixel of glass",
            draw(size, |x, y| [x as u8, y as u8, 0, 255 - u8::from((x, y) == (89, 69))]),
            Rgba,
            8,
        ),
        (
            "a last pixel of colour",
            draw(size, |x, y| [x as u8, x as u8, x as u8 + u8::from((x, y) == (89, 69)), y as u8]),
            Rgba,
            8,
        ),
        ("colours under nothing", draw(size, |x, y| [x as u8, y as u8, 7, 0]), Rgba, 8),
        // What follows takes more bits, and fewer bytes.
        (
            "a disc of two colours",
            draw(size, |x, y| if x * x + y * y < 3500 { [9, 90, 200] } else { [255; 3] }),
            Indexed,
            1,
        ),
        ("few grays with alpha", draw((24, 24), |x, y| [0, (x.min(23 - x) * y) as u8]), GrayscaleAlpha, 8),
        ("too few pixels for a palette", draw((3, 2), |x, y| [x as u8, y as u8, 7]), Rgb, 8),
    ]
}

#[test]
fn pixels_are_written_in_the_fewest_bytes_that_hold_them_and_stay_the_same() {
    for (name, source, color, bits) in reducible() {
        for effort in EFFORTS {
            let image = resize(&source, &options(effort)).unwrap().image;
            assert_eq!(kind(&image), (color, bits), "{name}");
            assert!(pixels(&image) == pixels(&source), "{name}, {effort:?}");
        }
    }
}

#[test]
fn sixteen_bits_stay_sixteen_bits() {
    let samples: Vec<u8> = (0..60 * 40 * 3 * 2u32).map(|at| noise(at / 2, at) as u8).collect();
    let source = file(60, ColorType::Rgb, BitDepth::Sixteen, &samples);
    for effort in EFFORTS {
        let mut options = options(effort);
        options.output.bit_depth = 16;
        let image = resize(&source, &options).unwrap().image;
        assert_eq!(kind(&image), (ColorType::Rgb, 16));
        assert!(pixels(&image) == pixels(&source));
    }
}

/// A large picture: few colours up to a row, and many in that and after it.
fn late(first: u32) -> Vec<u8> {
    draw((700, 900), move |x, y| match y < first {
        true => [(x / 9 * 3) as u8, 80, 60, 255],
        false => [(x / 2) as u8, (y / 4) as u8, (noise(x, y) % 9) as u8, (noise(y, x) % 3 * 100) as u8],
    })
}

#[test]
fn an_image_that_has_been_held_in_vain_is_written_as_it_is() {
    for first in [0, 1, 300, 890, 899] {
        let source = late(first);
        let image = resize(&source, &options(Effort::Fast)).unwrap().image;
        assert_eq!(kind(&image), (ColorType::Rgba, 8), "{first}");
        assert!(pixels(&image) == pixels(&source), "{first}");
    }
}

#[test]
fn bytes_do_not_depend_on_the_pieces_of_the_source() {
    for source in [late(450), late(900), draw((640, 500), |x, y| [x as u8, y as u8, noise(x, y) as u8])] {
        let whole = resize(&source, &options(Effort::Default)).unwrap().image;
        for size in [509, 70_000] {
            let mut session = Session::stepped(options(Effort::Default));
            let mut image = Vec::new();
            for chunk in source.chunks(size) {
                session.write(chunk).unwrap();
                while session.step().unwrap() {}
                image.extend(session.read(usize::MAX).unwrap());
            }
            session.finish().unwrap();
            while session.step().unwrap() {
                image.extend(session.read(1000).unwrap());
            }
            image.extend(session.read(usize::MAX).unwrap());
            assert!(image == whole, "in pieces of {size} bytes");
        }
    }
}

#[test]
fn more_effort_makes_no_larger_file() {
    let text =
        draw((600, 400), |x, y| match (x / 5 * 13 + y / 11 * 7) % 17 < 3 && (x % 5) * (y % 11) % 3 > 0 {
            true => [20, 20, (x % 200) as u8],
            false => [250, 250, (y % 200) as u8],
        });
    let photo = draw((600, 400), |x, y| {
        let light = (x / 4 + y / 3) as u8;
        [light, light / 2 + (noise(x, y) % 8) as u8, 240 - light / 2 + (noise(y, x) % 8) as u8]
    });
    for (name, source) in [("text", text), ("photograph", photo)] {
        let bytes = EFFORTS.map(|effort| resize(&source, &options(effort)).unwrap().image.len());
        assert!(bytes.is_sorted_by(|less, more| more <= less), "{name}: {bytes:?}");
    }
}

#[test]
fn the_memory_that_is_reported_as_needed_is_enough() {
    for source in [late(300), late(900)] {
        let with = |memory| {
            let mut options = options(Effort::Default);
            options.limits.memory = memory;
            resize(&source, &options)
        };
        let Err(Error::LimitExceeded { limit: Limit::Memory, needed, .. }) = with(1 << 20) else {
            panic!("in a mebibyte")
        };
        assert!(with(needed).is_ok());
    }
}
