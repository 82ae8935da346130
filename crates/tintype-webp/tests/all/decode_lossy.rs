//! Lossy images: the same as another decoder makes of the same data.

use crate::common::bits::*;
use crate::common::vp8::{Frame, PLAIN, vp8};
use crate::common::*;
use tintype_webp::decode::{Compression, DecodeError, Decoder, Flaw, Output, Step, Unsupported};

fn check(frame: Frame, random: &mut Random) {
    let file = riff(&[(b"VP8 ", &vp8(frame, random))]);
    let header = read_header(&file).unwrap();
    assert_eq!((header.width, header.height), (frame.width, frame.height));
    assert_eq!((header.compression, header.alpha), (Compression::Lossy, false));
    let decoded = decode(&file).unwrap();
    assert_eq!(decoded.flaw, None, "{frame:?}");
    let expected = reference(&file).unwrap();
    let difference = largest_difference(&decoded.image, &expected);
    assert_eq!(difference, 0, "{frame:?}");
}

#[test]
fn images_of_every_size_are_those_of_another_decoder() {
    let mut random = Random(1);
    for width in (1..20).chain([31, 32, 33, 47, 64, 65, 100]) {
        for height in [1, 2, 7, 15, 16, 17, 18, 33, 40] {
            check(Frame { width, height, ..PLAIN }, &mut random);
        }
    }
}

#[test]
fn every_loop_filter_is_that_of_another_decoder() {
    let mut random = Random(2);
    for simple in [false, true] {
        for level in [0, 1, 5, 14, 15, 30, 40, 63] {
            for sharpness in 0..8 {
                for deltas in [false, true] {
                    check(Frame { simple, level, sharpness, deltas, ..PLAIN }, &mut random);
                }
            }
        }
    }
}

#[test]
fn segments_partitions_and_quantizers_are_those_of_another_decoder() {
    let mut random = Random(3);
    for partitions in 0..4 {
        for segments in [false, true] {
            for quantizer in [0, 3, 30, 80, 127] {
                for (skip, level) in [(false, 63), (true, 20), (false, 3)] {
                    for deltas in [false, true] {
                        let frame = Frame { partitions, segments, quantizer, skip, level, deltas, ..PLAIN };
                        check(Frame { width: 50, height: 130, ..frame }, &mut random);
                    }
                }
            }
        }
    }
}

/// A file with an ALPH chunk.
fn with_alpha(alpha: &[u8], flags: u8) -> Vec<u8> {
    let image = vp8(PLAIN, &mut Random(4));
    riff(&[(b"VP8X", &vp8x(flags, 40, 50)), (b"ALPH", alpha), (b"VP8 ", &image)])
}

/// Values of alpha in every range.
fn alpha_values() -> Vec<u8> {
    let mut random = Random(5);
    (0..50 * 40).map(|at| if random.below(4) == 0 { random.below(256) } else { at / 9 } as u8).collect()
}

/// Alpha compressed without transforms.
fn compressed(values: &[u8]) -> Vec<u8> {
    let mut bits = BitWriter::default();
    bits.put(0, 1).plain_main().bytes().one(0).one(0).one(0).one(0);
    values.iter().for_each(|&value| _ = bits.byte(value));
    bits.data()
}

#[test]
fn alpha_of_every_filter_and_compression_is_that_of_another_decoder() {
    let values = alpha_values();
    for filter in 0..4 {
        for preprocessing in 0..2 {
            let raw = [&[filter << 2 | preprocessing << 4], &values[..]].concat();
            let lossless = [&[filter << 2 | preprocessing << 4 | 1], &compressed(&values)[..]].concat();
            let raw = with_alpha(&raw, ALPHA);
            let image = decode(&raw).unwrap();
            assert!(image.flaw.is_none() && image.image == reference(&raw).unwrap(), "{filter}");
            let lossless = decode(&with_alpha(&lossless, ALPHA)).unwrap();
            assert!(lossless.image == image.image);
        }
    }
}

#[test]
fn alpha_counts_without_its_flag_and_the_flag_without_alpha_is_opaque() {
    let alpha = [&[0], &alpha_values()[..]].concat();
    assert!(
        decode(&with_alpha(&alpha, 0)).unwrap().image == decode(&with_alpha(&alpha, ALPHA)).unwrap().image
    );
    let image = vp8(PLAIN, &mut Random(4));
    let file = riff(&[(b"VP8X", &vp8x(ALPHA, 40, 50)), (b"VP8 ", &image)]);
    let decoded = decode(&file).unwrap();
    assert!(decoded.flaw.is_none());
    assert!(decoded.image.channels == 4 && decoded.image.data.chunks(4).all(|pixel| pixel[3] == 255));
}

#[test]
fn frames_that_are_no_key_frames_and_unknown_versions_are_named() {
    let mut image = vp8(PLAIN, &mut Random(4));
    let error = |image: &[u8]| read_header(&riff(&[(b"VP8 ", image)])).err();
    image[0] |= 1;
    assert_eq!(error(&image), Some(DecodeError::Unsupported(Unsupported::InterFrame)));
    image[0] = image[0] & !15 | 4 << 1;
    assert_eq!(error(&image), Some(DecodeError::Unsupported(Unsupported::Vp8Version(4))));
    image[0] &= !15;
    image[3] = 0;
    assert!(matches!(error(&image), Some(DecodeError::Malformed { .. })));
}

/// The planes of a file, one image of one channel each.
fn planes(file: &[u8], sizes: &[usize]) -> Result<(Vec<Image>, Option<Flaw>), DecodeError> {
    let mut decoder = Decoder::new(roomy());
    let mut feeder = Feeder::new(file, sizes);
    while decoder.header()?.is_none() {
        feeder.feed(&mut decoder);
    }
    let header = decoder.header()?.unwrap().clone();
    decoder.start(Output::Planar)?;
    let size = |plane: usize| {
        let shift = u32::from(plane == 1 || plane == 2);
        (header.width.div_ceil(1 << shift) as usize, header.height.div_ceil(1 << shift) as usize)
    };
    let image = |plane| Image { width: size(plane).0, height: size(plane).1, channels: 1, data: Vec::new() };
    let mut planes: Vec<Image> = (0..header.channels()).map(image).collect();
    loop {
        match decoder.next_strip()? {
            Step::Strip(strip) => {
                assert_eq!(strip.planes().len(), planes.len());
                for (plane, rows) in planes.iter_mut().zip(strip.planes()) {
                    rows.iter().for_each(|row| plane.data.extend_from_slice(row));
                }
            }
            Step::NeedInput => feeder.feed(&mut decoder),
            Step::Done => break,
        }
    }
    for plane in &planes {
        assert_eq!(plane.data.len(), plane.width * plane.height);
    }
    Ok((planes, decoder.damage()))
}

/// Interpolates and converts planes, as plainly as can be.
fn to_pixels(planes: &[Image]) -> Vec<u8> {
    let chroma = |plane: &Image, x: usize, y: usize| {
        let near = |at: usize| at / 2;
        let far = |at: usize, size: usize| {
            if at.is_multiple_of(2) { (at / 2).saturating_sub(1) } else { (at / 2 + 1).min(size - 1) }
        };
        let at = |x: usize, y: usize| i32::from(plane.data[y * plane.width + x]);
        let row = |y: usize| 3 * at(near(x), y) + at(far(x, plane.width), y);
        (3 * row(near(y)) + row(far(y, plane.height)) + 8) >> 4
    };
    let mut pixels = Vec::new();
    for (y, x) in (0..planes[0].height).flat_map(|y| (0..planes[0].width).map(move |x| (y, x))) {
        let at = y * planes[0].width + x;
        let luma = (i32::from(planes[0].data[at]) * 19077) >> 8;
        let (u, v) = (chroma(&planes[1], x, y), chroma(&planes[2], x, y));
        let red = luma + ((v * 26149) >> 8) - 14234;
        let green = luma - ((u * 6419) >> 8) - ((v * 13320) >> 8) + 8708;
        let blue = luma + ((u * 33050) >> 8) - 17685;
        pixels.extend([red, green, blue].map(|value| (value >> 6).clamp(0, 255) as u8));
        pixels.extend(planes.get(3).map(|alpha| alpha.data[at]));
    }
    pixels
}

#[test]
fn planes_are_what_pixels_are_made_of() {
    let mut random = Random(6);
    for (width, height) in [(1, 1), (40, 50), (17, 33), (64, 24), (15, 100)] {
        let image = vp8(Frame { width, height, ..PLAIN }, &mut random);
        let alpha: Vec<u8> = (0..=width * height).map(|at| if at == 0 { 0 } else { at as u8 }).collect();
        let plain = riff(&[(b"VP8 ", &image)]);
        let transparent =
            riff(&[(b"VP8X", &vp8x(ALPHA, width, height)), (b"ALPH", &alpha), (b"VP8 ", &image)]);
        for file in [plain, transparent] {
            let whole = planes(&file, &[usize::MAX]).unwrap();
            assert!(to_pixels(&whole.0) == decode(&file).unwrap().image.data);
            for sizes in [&[1][..], &[1000, 7]] {
                assert!(planes(&file, sizes).unwrap() == whole);
            }
        }
    }
}

#[test]
fn planes_of_truncated_files_repeat_their_last_row() {
    let image = vp8(Frame { width: 64, height: 255, ..PLAIN }, &mut Random(1));
    let file = riff(&[(b"VP8 ", &image)]);
    let (whole, _) = planes(&file, &[usize::MAX]).unwrap();
    let length = (0..file.len()).step_by(50).find(|&length| decode(&file[..length]).is_ok()).unwrap();
    let (cut, flaw) = planes(&file[..length], &[100]).unwrap();
    assert_eq!(flaw, Some(Flaw::EndsEarly));
    for (whole, cut) in whole.iter().zip(&cut) {
        let rows = |image: &Image| image.data.chunks(image.width).map(<[u8]>::to_vec).collect::<Vec<_>>();
        let (whole, cut) = (rows(whole), rows(cut));
        let same = whole.iter().zip(&cut).take_while(|(a, b)| a == b).count();
        assert!(same >= 4 && cut[same..].iter().all(|row| *row == cut[same - 1]), "{same}");
    }
}

#[test]
fn lossless_images_have_no_planes() {
    let file = write(&picture(10, 10, 3));
    assert!(!read_header(&file).unwrap().planar());
    let error = planes(&file, &[usize::MAX]).err();
    assert_eq!(error, Some(DecodeError::Unsupported(Unsupported::Planes)));
}
