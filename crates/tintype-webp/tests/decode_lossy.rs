//! Lossy images: the same as another decoder makes of the same data.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::bits::*;
use common::vp8::{Frame, PLAIN, vp8};
use common::*;
use tintype_webp::decode::{Compression, DecodeError, Unsupported};

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
