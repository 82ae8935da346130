//! Lossless encoding: what was encoded comes back, by this decoder and by another.

use crate::common::bits::*;
use crate::common::vp8::{Frame, PLAIN, vp8};
use crate::common::*;
use tintype_webp::encode::lossless::{AlphaEncoder, Config, Effort, EncodeError, Encoder, encode_alpha};

const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Default, Effort::Best];

fn encode(image: &Image, config: Config) -> Vec<u8> {
    let mut encoder =
        Encoder::new(image.width as u32, image.height as u32, image.channels == 4, config).unwrap();
    for row in image.data.chunks(image.width * image.channels) {
        encoder.push_row(row).unwrap();
    }
    while encoder.step() {}
    encoder.into_bytes().unwrap()
}

/// Encodes an image, checks that both decoders give it back, and returns the number of bytes.
fn round_trip(image: &Image, config: Config, what: &str) -> usize {
    let content = encode(image, config);
    let file = riff(&[(b"VP8L", &content)]);
    let decoded = decode(&file).unwrap();
    assert_eq!(decoded.flaw, None, "{what}");
    assert!(rgba(&decoded.image) == rgba(image), "{what}");
    assert!(rgba(&reference(&file).unwrap()) == rgba(image), "{what}, by image-webp");
    content.len()
}

fn rgba(image: &Image) -> Vec<u8> {
    if image.channels == 4 {
        return image.data.clone();
    }
    image.data.chunks(3).flat_map(|pixel| [pixel[0], pixel[1], pixel[2], 255]).collect()
}

fn exact(effort: Effort) -> Config {
    Config { effort, exact: true, ..Config::default() }
}

/// An image whose pixels are what `color` makes of their places.
fn draw(
    width: usize,
    height: usize,
    channels: usize,
    mut color: impl FnMut(usize, usize) -> [u8; 4],
) -> Image {
    let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let data = places.flat_map(|(x, y)| color(x, y).into_iter().take(channels)).collect();
    Image { width, height, channels, data }
}

/// Some of everything: smooth, noisy, flat, letters, patterns, with few colours and with many.
fn kind(kind: u32, width: usize, height: usize, channels: usize, random: &mut Random) -> Image {
    let seed = random.below(1 << 16);
    let letters = move |x: usize, y: usize| {
        let (glyph, row) = ((x / 7 + y / 11 * 31) as u32, (y % 11) as u32);
        let hash =
            (glyph % 9 + 1).wrapping_mul(0x9E37_79B9 ^ seed).wrapping_add(row.wrapping_mul(0x85EB_CA6B));
        x % 7 < 5 && row < 8 && hash.rotate_left((x % 7) as u32 * 3) & 1 == 1
    };
    draw(width, height, channels, |x, y| match kind {
        0 => [(); 4].map(|()| random.below(256) as u8),
        1 => [x as u8, y as u8, (x + y) as u8, 255 - (x / 2) as u8],
        2 => [seed as u8, 3, (seed >> 8) as u8, 255],
        3 if letters(x, y) => [20, 30, 40, 255],
        3 => [250, 250, 245, 255],
        4 => [(x / 9 * 40) as u8, (y / 7 * 50) as u8, (((x / 9) ^ (y / 7)) * 16) as u8, 255],
        5 => {
            let noise = random.below(4) as usize;
            [(x / 3 + noise) as u8, (y / 2 + noise) as u8, 90 + noise as u8, if x % 11 < 3 { 0 } else { 200 }]
        }
        6 => [if (x * 3 + y) % 17 < 4 { 255 } else { 0 }; 4],
        _ => {
            let edge = letters(x / 2, y / 2);
            let shade = (x * y / 50) as u8;
            if edge { [shade, shade, 255, 255] } else { [(random.below(3) * 80) as u8, 7, shade, 255] }
        }
    })
}

#[test]
fn the_best_effort_makes_no_small_file_larger_than_the_default_does() {
    let mut random = Random(11);
    for round in 0..40 {
        let (width, height) = (8 + random.below(120) as usize, 8 + random.below(90) as usize);
        let image = kind(round % 8, width, height, 3 + round as usize % 2, &mut random);
        let [default, best] = [Effort::Default, Effort::Best]
            .map(|effort| encode(&image, Config { effort, ..Config::default() }).len());
        assert!(best <= default, "{round}: {best} of {default}");
    }
}

#[test]
fn images_of_every_kind_come_back() {
    let mut random = Random(7);
    for (width, height) in [(1, 1), (1, 70), (70, 1), (2, 2), (17, 33), (100, 80), (257, 129)] {
        for channels in [3, 4] {
            for number in 0..8 {
                let image = kind(number, width, height, channels, &mut random);
                for effort in EFFORTS {
                    let what = format!("kind {number}, {width}x{height}x{channels}, {effort:?}");
                    round_trip(&image, exact(effort), &what);
                }
            }
        }
    }
}

#[test]
fn photographs_of_sorts_come_back() {
    for channels in [3, 4] {
        for effort in EFFORTS {
            round_trip(&picture(300, 200, channels), exact(effort), "picture");
        }
    }
}

#[test]
fn tables_of_every_number_of_colours_come_back() {
    let mut random = Random(3);
    for colors in (1..=20).chain([31, 64, 100, 200, 254, 255, 256, 257, 258]) {
        let table: Vec<[u8; 4]> = (0..colors).map(|_| [(); 4].map(|()| random.below(256) as u8)).collect();
        let image = draw(61, 23, 4, |_, _| table[random.below(colors) as usize]);
        for effort in EFFORTS {
            let length = round_trip(&image, exact(effort), &format!("{colors} colours"));
            assert!(colors > 16 || length < 61 * 23 * 4 / 4, "{colors} colours in {length} bytes");
        }
    }
}

#[test]
fn the_widest_and_highest_images_come_back() {
    for (width, height) in [(16383, 3), (3, 16383)] {
        for number in [1, 3] {
            let image = kind(number, width, height, 3, &mut Random(5));
            round_trip(&image, exact(Effort::Default), "wide or high");
        }
    }
}

#[test]
fn hidden_colours_are_kept_only_if_exact() {
    let image = draw(40, 40, 4, |x, y| [x as u8 * 5, y as u8 * 3, 9, if (x + y) % 9 < 4 { 0 } else { 255 }]);
    round_trip(&image, exact(Effort::Default), "exact");
    let file = riff(&[(b"VP8L", &encode(&image, Config::default()))]);
    let decoded = decode(&file).unwrap().image;
    for (new, old) in decoded.data.chunks(4).zip(image.data.chunks(4)) {
        assert_eq!(new[3], old[3]);
        assert!(old[3] == 0 || new == old);
    }
}

#[test]
fn impossible_sizes_and_rows_are_errors() {
    let new = |width, height| Encoder::new(width, height, false, Config::default());
    for (width, height) in [(0, 1), (1, 0), (16384, 1), (1, 16384), (u32::MAX, u32::MAX)] {
        assert_eq!(new(width, height).err(), Some(EncodeError::Size { width, height }));
    }
    let mut encoder = new(3, 1).unwrap();
    assert_eq!(encoder.push_row(&[0; 10]), Err(EncodeError::RowLength { expected: 9, actual: 10 }));
    assert!(!encoder.step());
    assert_eq!(encoder.push_row(&[0; 9]), Ok(()));
    assert_eq!(encoder.push_row(&[0; 9]), Err(EncodeError::TooManyRows));
    assert!(encoder.step());
    assert_eq!(encoder.into_bytes(), Err(EncodeError::Unfinished));
}

#[test]
fn near_lossless_stays_within_its_bounds() {
    let image = picture(120, 90, 4);
    let lossless = encode(&image, exact(Effort::Default)).len();
    for (level, bound) in [(99, 1), (80, 1), (60, 2), (40, 4), (20, 8), (0, 16)] {
        let config = Config { near_lossless: level, ..exact(Effort::Default) };
        let content = encode(&image, config);
        let decoded = decode(&riff(&[(b"VP8L", &content)])).unwrap().image;
        let difference = largest_difference(&decoded, &image);
        assert!((1..=bound).contains(&difference), "{level}: {difference}");
        let alpha = |image: &Image| image.data.chunks(4).map(|pixel| pixel[3]).collect::<Vec<_>>();
        assert_eq!(alpha(&decoded), alpha(&image));
        assert!(content.len() < lossless, "{level}");
    }
}

/// Noise, enlarged twofold by averages.
fn enlarged(width: usize, height: usize) -> Image {
    let mut random = Random(6);
    let small: Vec<u8> = (0..(width / 2 + 1) * height).map(|_| 100 + random.below(7) as u8).collect();
    draw(width, height, 3, |x, y| {
        let at = y * (width / 2 + 1) + x / 2;
        [if x % 2 == 0 { small[at] } else { small[at].midpoint(small[at + 1]) }; 4]
    })
}

#[test]
fn near_lossless_files_are_never_larger_than_lossless_ones() {
    let mut random = Random(12);
    let mut grain = |amount: u32| random.below(amount) as usize;
    let (width, height) = (96, 80);
    let images = [
        picture(width, height, 3),
        picture(width, height, 4),
        draw(width, height, 3, |x, y| {
            [(x / 2 + grain(9)) as u8, (y + grain(9)) as u8, (60 + grain(9)) as u8, 255]
        }),
        draw(width, height, 3, |_, _| [(128 + grain(3)) as u8; 4]),
        draw(width, height, 3, |x, y| [x as u8, y as u8, (x + y) as u8 / 2, 255]),
        draw(width, height, 3, |x, y| [(x * x / 100) as u8, (x * y / 75) as u8, 0, 255]),
        enlarged(width, height),
        kind(3, width, height, 3, &mut Random(1)),
        kind(7, width, height, 3, &mut Random(2)),
        kind(5, width, height, 4, &mut Random(3)),
        kind(0, width, height, 3, &mut Random(4)),
    ];
    // Small images are encoded both ways. The last one is not small.
    let large = enlarged(440, 300);
    for (number, image) in images.iter().chain([&large]).enumerate() {
        for effort in [Effort::Fast, Effort::Default] {
            let length =
                |near_lossless| encode(image, Config { effort, near_lossless, ..Config::default() }).len();
            let lossless = length(100);
            for level in [80, 40] {
                assert!(length(level) <= lossless, "{number}, {effort:?}, {level}");
            }
        }
    }
}

#[test]
fn alpha_channels_come_back() {
    let mut random = Random(11);
    let (width, height) = (150, 70);
    let image = vp8(Frame { width: width as u32, height: height as u32, ..PLAIN }, &mut random);
    for number in 0..8 {
        let plane: Vec<u8> = kind(number, width, height, 4, &mut random)
            .data
            .chunks(4)
            .map(|pixel| pixel[number as usize % 4])
            .collect();
        for effort in EFFORTS {
            let content = encode_alpha(&plane, width as u32, height as u32, effort).unwrap();
            assert!(content.len() <= plane.len() + 1);
            let chunks: [(&[u8; 4], &[u8]); 3] = [
                (b"VP8X", &vp8x(ALPHA, width as u32, height as u32)),
                (b"ALPH", &content),
                (b"VP8 ", &image),
            ];
            let file = riff(&chunks);
            let decoded = decode(&file).unwrap();
            assert_eq!(decoded.flaw, None);
            let alpha = |image: &Image| image.data.chunks(4).map(|pixel| pixel[3]).collect::<Vec<_>>();
            assert!(alpha(&decoded.image) == plane, "{number}, {effort:?}");
            assert!(alpha(&reference(&file).unwrap()) == plane, "{number}, {effort:?}, by image-webp");
        }
    }
}

#[test]
fn noise_in_an_alpha_channel_stays_raw() {
    let mut random = Random(4);
    let plane: Vec<u8> = (0..900).map(|_| random.below(256) as u8).collect();
    let content = encode_alpha(&plane, 30, 30, Effort::Default).unwrap();
    assert_eq!((content[0], &content[1..]), (0, &plane[..]));
    assert!(encode_alpha(&plane, 30, 31, Effort::Default).is_err());
    let encoder = AlphaEncoder::new(plane, 30, 30, Effort::Default).unwrap();
    assert_eq!(encoder.into_bytes(), Err(EncodeError::Unfinished));
}

#[test]
fn a_large_flat_image_takes_little_work_and_few_bytes() {
    let row = [200, 30, 60].repeat(2890);
    let mut encoder = Encoder::new(2890, 2890, false, Config::default()).unwrap();
    (0..2890).for_each(|_| encoder.push_row(&row).unwrap());
    while encoder.step() {}
    assert!(encoder.work() < 1 << 30, "{}", encoder.work());
    assert!(encoder.into_bytes().unwrap().len() < 1000);
}

#[test]
fn what_repeats_is_copied() {
    // Rows of noise, eight times over.
    let mut random = Random(8);
    let block = draw(64, 64, 3, |_, _| [(); 4].map(|()| random.below(256) as u8));
    let image = Image { height: 512, data: block.data.repeat(8), ..block };
    for effort in EFFORTS {
        let length = round_trip(&image, exact(effort), "repeated noise");
        assert!(length < 64 * 64 * 3 * 5 / 4, "{length}");
    }
}
