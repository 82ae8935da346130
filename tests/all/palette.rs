//! PNG and GIF with a number of colours that is asked for.

use crate::film::{in_chunks, play_gif, png_file};
use std::collections::BTreeSet;
use std::io::Cursor;
use tintype::{Effort, Error, Format, Limit, Options, resize};

const SIZE: (u32, u32) = (160, 120);

fn options(format: Format, colors: u32) -> Options {
    let mut options = Options::default();
    (options.output.format, options.output.colors) = (format, Some(colors));
    options
}

fn draw(pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    (0..SIZE.1).flat_map(|y| (0..SIZE.0).map(move |x| (x, y))).flat_map(|(x, y)| pixel(x, y)).collect()
}

/// Smooth, with many colours.
fn photograph() -> Vec<u8> {
    draw(|x, y| {
        let disc = if x.abs_diff(60).pow(2) + y.abs_diff(50).pow(2) < 900 { 60 } else { 0 };
        [x + disc, y * 3 / 2 + disc, (x * y) / 120 + x / 4, 255].map(|value| value.min(255) as u8)
    })
}

/// A red disc with a soft edge, and with half of it a shadow, on transparency.
fn disc() -> Vec<u8> {
    draw(|x, y| {
        let away = (f64::from(x) - 80.0).hypot(f64::from(y) - 60.0);
        let alpha = ((50.0 - away) * 12.0).clamp(0.0, if x < 80 { 255.0 } else { 128.0 });
        if alpha == 0.0 { [0; 4] } else { [220, (y * 2) as u8, 40, alpha as u8] }
    })
}

/// The type and bits of a file, its colours, and its pixels.
fn read(file: &[u8]) -> (png::ColorType, u8, usize, Vec<[u8; 4]>) {
    let mut decoder = png::Decoder::new(Cursor::new(file));
    decoder.set_transformations(png::Transformations::EXPAND);
    let mut reader = decoder.read_info().unwrap();
    let info = reader.info();
    let colors = info.palette.as_ref().map_or(0, |palette| palette.len() / 3);
    let (kind, bits) = (info.color_type, info.bit_depth as u8);
    let mut samples = vec![0; reader.output_buffer_size().unwrap()];
    let frame = reader.next_frame(&mut samples).unwrap();
    let pixels =
        samples[..frame.buffer_size()].chunks(frame.color_type.samples()).map(|pixel| match *pixel {
            [gray] => [gray, gray, gray, 255],
            [gray, alpha] => [gray, gray, gray, alpha],
            [red, green, blue] => [red, green, blue, 255],
            _ => pixel.try_into().unwrap(),
        });
    (kind, bits, colors, pixels.collect())
}

/// What is seen of pixels on black or white, in means of blocks, as eyes see them.
fn seen(pixels: &[[u8; 4]], ground: u32) -> Vec<f64> {
    let value = |x: u32, y: u32, channel: usize| {
        let pixel = pixels[(y * SIZE.0 + x) as usize];
        let alpha = f64::from(pixel[3]) / 255.0;
        f64::from(pixel[channel]) * alpha + f64::from(ground) * (1.0 - alpha)
    };
    let blocks = (0..SIZE.1).step_by(4).flat_map(|y| (0..SIZE.0).step_by(4).map(move |x| (x, y)));
    let channels = blocks.flat_map(|block| [0, 1, 2].map(|channel| (block, channel)));
    channels
        .map(|((x, y), channel)| {
            let places = (0..16).map(|place| value(x + place % 4, y + place / 4, channel));
            places.sum::<f64>() / 16.0
        })
        .collect()
}

fn error(one: &[[u8; 4]], other: &[[u8; 4]]) -> f64 {
    let of = |ground| -> f64 {
        let pairs = seen(one, ground).into_iter().zip(seen(other, ground));
        pairs.map(|(a, b)| (a - b).powi(2)).sum()
    };
    (of(0) + of(255)) / f64::from(2 * SIZE.0 * SIZE.1 * 3 / 16)
}

#[test]
fn a_png_has_no_more_colours_than_are_asked_for_and_the_more_the_better() {
    for canvas in [photograph(), disc()] {
        let source = png_file(SIZE, &canvas);
        let mut errors = Vec::new();
        for (colors, expected) in [(2, 1), (3, 2), (4, 2), (16, 4), (17, 8), (64, 8), (256, 8)] {
            let made = resize(&source[..], &options(Format::Png, colors)).unwrap().image;
            let (kind, bits, found, pixels) = read(&made);
            assert_eq!((kind, bits), (png::ColorType::Indexed, expected), "{colors}");
            assert!((1..=colors as usize).contains(&found), "{found} of {colors}");
            assert!(pixels.iter().collect::<BTreeSet<_>>().len() <= found);
            errors.push(error(&pixels, canvas.as_chunks().0));
            assert!(in_chunks(&source, &options(Format::Png, colors), 99) == made);
        }
        assert!(errors[0] > errors[3] && errors[3] > errors[5] && errors[6] < 3.0, "{errors:?}");
    }
}

#[test]
fn what_is_opaque_or_clear_stays_so() {
    let canvas = disc();
    for colors in [8, 32, 256] {
        for effort in [Effort::Fast, Effort::Default, Effort::Best] {
            let mut options = options(Format::Png, colors);
            options.output.effort = effort;
            let made = resize(png_file(SIZE, &canvas), &options).unwrap().image;
            for (found, drawn) in read(&made).3.iter().zip(canvas.as_chunks::<4>().0) {
                match drawn[3] {
                    0 => assert_eq!(*found, [0; 4]),
                    255 => assert_eq!(found[3], 255, "{colors} {effort:?}"),
                    _ => (),
                }
            }
        }
    }
}

#[test]
fn a_picture_of_few_colours_is_the_same_file_as_without_a_limit() {
    let pictures = [
        draw(|x, y| [(x / 40 * 60) as u8, (y / 60 * 99) as u8, 7, 255]),
        draw(|x, _| if x < 80 { [0; 4] } else { [9, 9, 9, (x / 40 * 50) as u8] }),
        draw(|x, _| {
            [(x / 80) as u8 * 255; 3].into_iter().chain([255]).collect::<Vec<_>>().try_into().unwrap()
        }),
    ];
    for canvas in pictures {
        let source = png_file(SIZE, &canvas);
        let made = |colors| {
            let mut options = options(Format::Png, 8);
            options.output.colors = colors;
            resize(&source[..], &options).unwrap().image
        };
        assert!(made(Some(8)) == made(None));
        let (.., pixels) = read(&made(Some(8)));
        let visible = |pixel: &[u8; 4]| if pixel[3] == 0 { [0; 4] } else { *pixel };
        assert!(pixels.iter().map(visible).eq(canvas.as_chunks().0.iter().map(visible)));
    }
}

#[test]
fn a_gif_has_no_more_colours_than_are_asked_for() {
    let source = png_file(SIZE, &photograph());
    for colors in [2, 16, 100, 256] {
        let made = resize(&source[..], &options(Format::Gif, colors)).unwrap().image;
        let frame = play_gif(&made).frames.remove(0).1;
        let found = frame.as_chunks::<4>().0.iter().collect::<BTreeSet<_>>().len();
        assert!(found <= colors as usize && found > colors as usize / 2, "{found} of {colors}");
    }
    let all = resize(&source[..], &options(Format::Gif, 256)).unwrap().image;
    let mut usual = options(Format::Gif, 2);
    usual.output.colors = None;
    assert!(resize(&source[..], &usual).unwrap().image == all);
}

#[test]
fn a_palette_makes_a_smaller_file() {
    let source = png_file(SIZE, &photograph());
    let bytes = |colors| {
        let mut options = options(Format::Png, 2);
        options.output.colors = colors;
        resize(&source[..], &options).unwrap().image.len()
    };
    assert!(bytes(Some(16)) < bytes(Some(256)) && bytes(Some(2)) < bytes(Some(16)));
}

#[test]
fn numbers_out_of_range_and_sixteen_bits_are_refused_and_other_formats_take_no_notice() {
    let source = png_file(SIZE, &photograph());
    for colors in [0, 1, 257] {
        let made = resize(&source[..], &options(Format::Png, colors));
        assert!(matches!(&made, Err(Error::InvalidOption { name, .. }) if name == "colors"), "{made:?}");
    }
    let mut deep = options(Format::Png, 16);
    deep.output.bit_depth = 16;
    let made = resize(&source[..], &deep);
    assert!(matches!(&made, Err(Error::InvalidOption { name, .. }) if name == "bit-depth"), "{made:?}");
    for format in [Format::Jpeg, Format::Webp] {
        let mut usual = options(format, 2);
        let made = resize(&source[..], &usual).unwrap().image;
        usual.output.colors = None;
        assert!(resize(&source[..], &usual).unwrap().image == made);
    }
}

#[test]
fn the_memory_that_is_reported_as_needed_is_enough() {
    let source = png_file(SIZE, &photograph());
    let mut tight = options(Format::Png, 64);
    tight.limits.memory = 1 << 20;
    let Err(Error::LimitExceeded { limit: Limit::Memory, needed, .. }) = resize(&source[..], &tight) else {
        panic!("a mebibyte is too little");
    };
    tight.limits.memory = needed;
    assert!(resize(&source[..], &tight).is_ok());
}
