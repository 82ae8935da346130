//! What is encoded decodes, to what it should, in our decoder and in another.

use crate::common::encode::*;
use crate::common::*;
use tintype_webp::encode::lossy::{Config, Effort, EncodeError, Encoder, Input, Plane};

/// Decodes a file in both decoders, which must agree.
fn decode_twice(file: &[u8]) -> Image {
    let decoded = decode(file).unwrap();
    assert_eq!(decoded.flaw, None);
    assert!(decoded.image == reference(file).unwrap(), "the decoders disagree");
    decoded.image
}

fn noise(width: usize, height: usize, channels: usize) -> Image {
    let mut seed = 7u32;
    let data = (0..width * height * channels)
        .map(|_| {
            seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
            (seed >> 24) as u8
        })
        .collect();
    Image { width, height, channels, data }
}

fn flat(width: usize, height: usize, pixel: &[u8]) -> Image {
    Image { width, height, channels: pixel.len(), data: pixel.repeat(width * height) }
}

#[test]
fn images_of_every_size_decode_in_both_decoders() {
    for width in 1..=40 {
        for height in 1..=40 {
            let image = picture(width, height, 3);
            let config = Config { quality: (width * 5 % 101) as u8, ..Config::default() };
            let decoded = decode_twice(&encode(&image, config));
            assert_eq!((decoded.width, decoded.height), (width, height));
        }
    }
}

#[test]
fn every_quality_and_effort_decodes_and_better_quality_is_closer() {
    let image = picture(200, 150, 3);
    for effort in EFFORTS {
        let mut before = 0.0;
        for quality in [0, 10, 30, 50, 75, 90, 100] {
            let decoded = decode_twice(&encode(&image, Config { quality, effort, ..Config::default() }));
            let quality_in_decibels = psnr(&image, &decoded);
            assert!(quality_in_decibels > before, "{effort:?} {quality}: {quality_in_decibels} {before}");
            before = quality_in_decibels;
        }
        // Colour differences at half size are what remains.
        assert!(before > 30.0, "{before}");
    }
}

#[test]
fn gray_images_come_back_nearly_as_they_were_at_quality_100() {
    let mut image = picture(160, 120, 3);
    for pixel in image.data.chunks_mut(3) {
        pixel.fill(pixel[1]);
    }
    let decoded = decode_twice(&encode(&image, Config { quality: 100, ..Config::default() }));
    assert!(psnr(&image, &decoded) > 46.0, "{}", psnr(&image, &decoded));
}

#[test]
fn noise_decodes_at_every_quality_and_effort() {
    for effort in EFFORTS {
        for quality in [0, 75, 100] {
            decode_twice(&encode(&noise(90, 70, 3), Config { quality, effort, ..Config::default() }));
        }
    }
}

#[test]
fn a_checkerboard_of_extremes_decodes() {
    let mut image = noise(64, 64, 3);
    image.data.iter_mut().for_each(|sample| *sample = if *sample < 128 { 0 } else { 255 });
    for effort in EFFORTS {
        for quality in [0, 75, 100] {
            decode_twice(&encode(&image, Config { quality, effort, ..Config::default() }));
        }
    }
}

#[test]
fn a_flat_image_stays_flat_and_takes_few_bytes() {
    for pixel in [[0, 0, 0], [255, 255, 255], [200, 30, 90], [30, 90, 200]] {
        let image = flat(300, 200, &pixel);
        let file = encode(&image, Config::default());
        assert!(file.len() < 180, "{}", file.len());
        let decoded = decode_twice(&file);
        let pixels: Vec<_> = decoded
            .data
            .chunks(3)
            .enumerate()
            .filter(|(_, p)| p.iter().zip(&pixel).any(|(a, b)| a.abs_diff(*b) > 3))
            .take(40)
            .collect();
        assert!(pixels.is_empty(), "{pixels:?}");
        // From the second row of macroblocks on, at the latest, nothing changes any more.
        let below = decoded.data.chunks(3).skip(300 * 40);
        assert!(below.clone().all(|other| Some(other) == below.clone().next()), "{pixel:?}");
    }
}

#[test]
fn planes_of_pixels_give_the_bytes_of_the_pixels() {
    let (width, height) = (51, 37);
    let gray = flat(width, height, &[120; 3]);
    let chroma = vec![128; 26 * 19];
    let planes = [&vec![119; width * height][..], &chroma, &chroma];
    let own = encode_planes((width, height), planes, Input::Planes, Config::default()).unwrap();
    assert!(own == encode_data(&gray, Config::default()));
    let planes = [&vec![120; width * height][..], &chroma, &chroma];
    let jpeg = encode_planes((width, height), planes, Input::JpegPlanes, Config::default()).unwrap();
    assert!(own == jpeg);
}

#[test]
fn steps_give_the_bytes_that_finishing_gives() {
    let image = picture(100, 90, 3);
    let mut encoder = Encoder::new(100, 90, Input::Rgb, Config::default()).unwrap();
    image.data.chunks(300).for_each(|row| encoder.push_row(row).unwrap());
    let mut steps = 1;
    while encoder.step().unwrap() {
        steps += 1;
    }
    // Modes and coefficients of six rows of macroblocks, and what is around them.
    assert_eq!(steps, 15);
    assert!(encoder.finish().unwrap() == encode_data(&image, Config::default()));
}

#[test]
fn wrong_rows_are_rejected() {
    let new = |input| Encoder::new(20, 20, input, Config::default()).unwrap();
    let mut pixels = new(Input::Rgb);
    assert_eq!(pixels.push_plane_row(Plane::Y, &[0; 20]), Err(EncodeError::WrongInput));
    assert_eq!(pixels.push_row(&[0; 59]), Err(EncodeError::RowLength { expected: 60, given: 59 }));
    assert_eq!(pixels.step(), Err(EncodeError::MissingRows));
    (0..20).for_each(|_| pixels.push_row(&[0; 60]).unwrap());
    assert_eq!(pixels.push_row(&[0; 60]), Err(EncodeError::TooManyRows { plane: Plane::Y }));
    let mut planes = new(Input::Planes);
    assert_eq!(planes.push_row(&[0; 60]), Err(EncodeError::WrongInput));
    (0..16).for_each(|_| planes.push_plane_row(Plane::Y, &[0; 20]).unwrap());
    assert_eq!(planes.push_plane_row(Plane::Y, &[0; 20]), Err(EncodeError::TooManyRows { plane: Plane::Y }));
    for (width, height) in [(0, 1), (1, 0), (16384, 1), (1, 16384)] {
        let result = Encoder::new(width, height, Input::Rgb, Config::default());
        assert_eq!(result.err(), Some(EncodeError::Dimensions { width, height }));
    }
}

#[test]
fn colours_count_as_much_as_they_are_opaque() {
    // Every second column is green and all but transparent.
    let mut image = flat(64, 64, &[200, 0, 0, 255]);
    image.data.chunks_mut(8).for_each(|pixels| pixels[4..].copy_from_slice(&[0, 255, 0, 1]));
    let decoded =
        decode_twice(&encode(&image, Config { quality: 100, effort: Effort::Best, ..Config::default() }));
    for pixel in decoded.data.chunks(6) {
        assert!(pixel[0] > 190 && pixel[1] < 20 && pixel[2] < 20, "{pixel:?}");
    }
}

#[test]
fn invisible_pixels_cost_next_to_nothing() {
    let mut image = noise(128, 128, 4);
    for (at, pixel) in image.data.chunks_mut(4).enumerate() {
        // A disc shows, and has one colour.
        let (x, y) = (at as i32 % 128 - 64, at as i32 / 128 - 64);
        let visible = x * x + y * y < 900;
        pixel[3] = if visible { 255 } else { 0 };
        if visible {
            pixel[..3].copy_from_slice(&[40, 90, 200]);
        }
    }
    let file = encode(&image, Config::default());
    assert!(file.len() < 150, "{}", file.len());
    let decoded = decode_twice(&file);
    for (pixel, decoded) in image.data.chunks(4).zip(decoded.data.chunks(3)).filter(|(pixel, _)| pixel[3] > 0)
    {
        assert!(pixel.iter().zip(decoded).all(|(a, b)| a.abs_diff(*b) < 8), "{pixel:?} {decoded:?}");
    }
}

#[test]
fn sharp_chroma_keeps_thin_lines_of_colour() {
    for (width, height) in [(64, 64), (63, 61)] {
        let mut image = flat(width, height, &[0, 0, 0]);
        for (at, pixel) in image.data.chunks_mut(3).enumerate() {
            if at % width % 5 == 2 {
                pixel.copy_from_slice(&[255, 0, 0]);
            }
        }
        let [plain, sharp] = [false, true].map(|sharp_chroma| {
            let config = Config { quality: 95, sharp_chroma, ..Config::default() };
            psnr(&image, &decode_twice(&encode(&image, config)))
        });
        assert!(sharp > plain + 0.5, "{sharp} {plain}");
    }
}

#[test]
fn the_same_image_gives_the_same_bytes_on_every_machine() {
    let sum = |file: &[u8]| {
        file.iter().fold(0xCBF2_9CE4_8422_2325u64, |sum, &byte| {
            (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3)
        })
    };
    let image = picture(123, 77, 4);
    let sums = EFFORTS
        .map(|effort| sum(&encode(&image, Config { effort, sharp_chroma: true, ..Config::default() })));
    assert_eq!(
        sums.map(|sum| format!("{sum:016x}")),
        ["7306f287b8c59b4a", "cc552a5b7ae1ba13", "66bea69c82adfcc9"]
    );
}
