//! Animations that are encoded play as they were: pixels, times, and nothing more than what changes.

use crate::common::animation::*;
use crate::common::bits::content_of;
use crate::common::*;
use std::io::Cursor;
use tintype_webp::decode::info;
use tintype_webp::encode::animation::{Attached, Coding, EncodeError, Encoder};
use tintype_webp::encode::{lossless, lossy};

const LOSSLESS: Coding =
    Coding::Lossless(lossless::Config { effort: lossless::Effort::Fast, near_lossless: 100, exact: false });

fn lossy(quality: u8) -> Coding {
    Coding::Lossy(lossy::Config { quality, ..lossy::Config::default() })
}

fn encode_with(
    (width, height): (usize, usize),
    channels: usize,
    frames: &[Shown],
    coding: impl Fn(usize) -> Coding,
) -> Vec<u8> {
    let mut encoder = Encoder::new(width as u32, height as u32, channels == 4).unwrap();
    for (number, (duration, canvas)) in frames.iter().enumerate() {
        canvas.chunks(channels * width).for_each(|row| encoder.push_row(row).unwrap());
        encoder.end_frame(*duration, coding(number)).unwrap();
        while encoder.step().unwrap() {}
    }
    encoder.finish(5, &Attached::default()).unwrap().concat()
}

fn encode(size: (usize, usize), channels: usize, frames: &[Shown], coding: Coding) -> Vec<u8> {
    encode_with(size, channels, frames, |_| coding)
}

/// Canvases by chance, which blending and disposing left behind.
fn canvases(seed: u32, size: (usize, usize), count: usize) -> Vec<Shown> {
    let parts = parts(seed, size, count);
    let frames: Vec<Shown> = parts.iter().map(|part| part.duration).zip(composited(&parts, size)).collect();
    merged(&frames)
}

/// Frames with equal neighbours as one.
fn merged(frames: &[Shown]) -> Vec<Shown> {
    let mut merged: Vec<Shown> = Vec::new();
    for (duration, canvas) in frames {
        match merged.last_mut() {
            Some(last) if largest_visible_difference(&last.1, canvas) == 0 => last.0 += duration,
            _ => merged.push((*duration, canvas.clone())),
        }
    }
    merged
}

/// Canvases of RGB with a disc that moves over a picture.
fn disc(size: (usize, usize), count: usize) -> Vec<Shown> {
    let ground = picture(size.0, size.1, 3).data;
    let frame = |number: usize| {
        let mut canvas = ground.clone();
        for (place, pixel) in canvas.chunks_mut(3).enumerate() {
            let (x, y) = (place % size.0, place / size.0);
            if (x.abs_diff(20 + 4 * number)).pow(2) + y.abs_diff(20).pow(2) < 100 {
                pixel.copy_from_slice(&[250, 40 + (number * 9) as u8, (x * 5) as u8]);
            }
        }
        (40, canvas)
    };
    (0..count).map(frame).collect()
}

/// Rectangles of a file's frames, with flags: 1 disposes, 2 does not blend.
fn frames_of(file: &[u8]) -> Vec<([usize; 4], u8)> {
    let mut at = 12;
    let mut frames = Vec::new();
    while at + 8 <= file.len() {
        let size = u32::from_le_bytes(file[at + 4..at + 8].try_into().unwrap()) as usize;
        if &file[at..at + 4] == b"ANMF" {
            let field = |n: usize| {
                let [a, b, c] = file[at + 8 + 3 * n..][..3].try_into().unwrap();
                u32::from_le_bytes([a, b, c, 0]) as usize
            };
            frames.push(([2 * field(0), 2 * field(1), field(2) + 1, field(3) + 1], file[at + 8 + 15]));
        }
        at += 8 + size + size % 2;
    }
    assert_eq!(at, file.len(), "the sizes of chunks add up");
    frames
}

/// The frames of `image-webp`, which draws those of RGB correctly.
fn reference_frames(file: &[u8]) -> Vec<Shown> {
    let mut decoder = image_webp::WebPDecoder::new(Cursor::new(file)).unwrap();
    let (width, height) = decoder.dimensions();
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    (0..decoder.num_frames())
        .map(|_| {
            let mut canvas = vec![0; width as usize * height as usize * channels];
            let duration = decoder.read_frame(&mut canvas).unwrap();
            let rgb = canvas.chunks(channels).flat_map(|pixel| pixel[..3].to_vec()).collect();
            (duration, rgb)
        })
        .collect()
}

fn rgb_of(canvas: &[u8]) -> Vec<u8> {
    canvas.chunks(4).flat_map(|pixel| pixel[..3].to_vec()).collect()
}

#[test]
fn lossless_animations_come_back_exactly_with_every_kind_of_change() {
    for seed in 0..30 {
        let frames = canvases(seed, (23, 18), 10);
        let file = encode((23, 18), 4, &frames, LOSSLESS);
        let played = play(&file).unwrap();
        assert_eq!((played.loops, played.flaw, played.frames.len()), (5, None, frames.len()), "seed {seed}");
        for ((duration, canvas), (other_duration, expected)) in played.frames.iter().zip(&frames) {
            assert_eq!(duration, other_duration);
            assert_eq!(largest_visible_difference(canvas, expected), 0, "seed {seed}");
        }
    }
}

#[test]
fn both_decoders_see_the_same_frames() {
    let frames = disc((90, 50), 6);
    for coding in [LOSSLESS, lossy(80)] {
        let file = encode((90, 50), 3, &frames, coding);
        let (played, reference) = (play(&file).unwrap(), reference_frames(&file));
        assert_eq!(played.frames.len(), reference.len());
        for ((duration, canvas), (other_duration, other)) in played.frames.iter().zip(&reference) {
            assert_eq!(duration, other_duration);
            // It rounds down what it blends, opaque pixels included.
            let worst = rgb_of(canvas).iter().zip(other).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(worst <= Some(2), "{worst:?}");
        }
        if matches!(coding, Coding::Lossless(_)) {
            let ours: Vec<Shown> =
                played.frames.iter().map(|(duration, canvas)| (*duration, rgb_of(canvas))).collect();
            assert!(ours == frames);
        }
    }
}

#[test]
fn lossy_frames_look_like_their_canvases_and_what_stays_is_untouched() {
    let frames = disc((90, 50), 6);
    let file = encode((90, 50), 3, &frames, lossy(90));
    let played = play(&file).unwrap();
    let image = |data: Vec<u8>| Image { width: 90, height: 50, channels: 3, data };
    for ((_, canvas), (_, expected)) in played.frames.iter().zip(&frames) {
        let expected = image(expected.clone());
        let quality = crate::common::encode::psnr(&image(rgb_of(canvas)), &expected);
        let config = lossy::Config { quality: 90, ..lossy::Config::default() };
        let alone = decode(&crate::common::encode::encode(&expected, config)).unwrap().image;
        let alone = crate::common::encode::psnr(&alone, &expected);
        assert!(quality > alone - 0.5, "{quality} and {alone}");
    }
    // Outside of the rectangles, the first frame stays to the last bit.
    let first = &played.frames[0].1;
    for (_, canvas) in &played.frames {
        assert!(canvas[..2 * 90 * 4] == first[..2 * 90 * 4] && canvas[45 * 90 * 4..] == first[45 * 90 * 4..]);
    }
}

#[test]
fn lossy_frames_with_alpha_keep_it_exactly() {
    for seed in 0..10 {
        let frames = canvases(seed, (40, 36), 6);
        let played = play(&encode((40, 36), 4, &frames, lossy(95))).unwrap();
        assert_eq!(played.frames.len(), frames.len());
        for ((_, canvas), (_, expected)) in played.frames.iter().zip(&frames) {
            assert!(canvas.chunks(4).zip(expected.chunks(4)).all(|(a, b)| a[3] == b[3]), "seed {seed}");
        }
    }
}

#[test]
fn a_flat_change_comes_back_within_two_levels_when_lossy() {
    let flat = |color: [u8; 3], inner: [u8; 3]| -> Vec<u8> {
        let place = |at: usize| (at % 64, at / 64);
        let is_inner = |at| (16..48).contains(&place(at).0) && (16..32).contains(&place(at).1);
        (0..64 * 48).flat_map(|at| if is_inner(at) { inner } else { color }).collect()
    };
    let ground = [90, 120, 60];
    let frames = [ground, [200, 30, 40], [20, 30, 220], ground].map(|inner| (100, flat(ground, inner)));
    let file = encode((64, 48), 3, &frames, lossy(100));
    let played = play(&file).unwrap();
    for ((_, canvas), (_, expected)) in played.frames.iter().zip(&frames) {
        let differences = rgb_of(canvas).iter().zip(expected).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(differences <= Some(2), "{differences:?}");
    }
    let rects: Vec<_> = frames_of(&file).into_iter().map(|(rect, _)| rect).collect();
    assert_eq!(rects, [[0, 0, 64, 48], [16, 16, 32, 16], [16, 16, 32, 16], [16, 16, 32, 16]]);
}

#[test]
fn frames_are_no_larger_than_what_changes_and_clear_what_disappears() {
    // A square on a transparent canvas that moves, stays, and vanishes.
    let square = |left: usize, top: usize, side: usize| -> Vec<u8> {
        let is_square =
            |at: usize| (left..left + side).contains(&(at % 32)) && (top..top + side).contains(&(at / 32));
        (0..32 * 32).flat_map(|at| if is_square(at) { [9, 99, 199, 255] } else { [0; 4] }).collect()
    };
    let frames =
        [(30, square(2, 2, 6)), (30, square(20, 21, 6)), (30, square(20, 21, 6)), (30, square(0, 0, 0))];
    let file = encode((32, 32), 4, &frames, LOSSLESS);
    let found = frames_of(&file);
    // The second frame is the third as well; and the last changes nothing once the one before is cleared.
    assert_eq!(found.len(), 3);
    assert_eq!((found[0].0, found[0].1 & 1), ([0, 0, 32, 32], 1));
    assert_eq!((found[1].0, found[1].1 & 1), ([20, 20, 6, 7], 1));
    assert_eq!(found[2].0, [0, 0, 1, 1]);
    let played = play(&file).unwrap();
    assert_eq!(played.frames.iter().map(|(duration, _)| *duration).collect::<Vec<_>>(), [30, 60, 30]);
    assert!(played.frames[1].1 == frames[1].1 && played.frames[2].1 == frames[3].1);
}

#[test]
fn what_stays_within_a_rectangle_costs_next_to_nothing() {
    let mut frames = disc((90, 50), 2);
    // The second differs in two corners alone.
    frames[1] = frames[0].clone();
    frames[1].1[..3].fill(0);
    frames[1].1[(50 * 90 - 1) * 3..].fill(255);
    for coding in [LOSSLESS, lossy(80)] {
        let file = encode((90, 50), 3, &frames, coding);
        let alone = encode((90, 50), 3, &frames[..1], coding);
        assert_eq!(frames_of(&file)[1], ([0, 0, 90, 50], 0));
        assert!(file.len() < alone.len() + 500, "{} and {}", file.len(), alone.len());
    }
}

#[test]
fn lossy_and_lossless_frames_alternate_as_asked() {
    let frames = disc((64, 48), 4);
    let file = encode_with((64, 48), 3, &frames, |number| if number % 2 == 0 { LOSSLESS } else { lossy(80) });
    let kinds: Vec<_> = file.windows(4).filter(|id| matches!(*id, b"VP8L" | b"VP8 ")).collect();
    assert_eq!(kinds, [b"VP8L", b"VP8 ", b"VP8L", b"VP8 "]);
    assert_eq!(play(&file).unwrap().frames.len(), 4);
}

#[test]
fn one_frame_alone_is_a_still_like_any_other() {
    let frames = canvases(1, (23, 18), 1);
    let file = encode((23, 18), 4, &frames, LOSSLESS);
    let mut still = lossless::Encoder::new(
        23,
        18,
        true,
        lossless::Config { effort: lossless::Effort::Fast, ..lossless::Config::default() },
    )
    .unwrap();
    frames[0].1.chunks(23 * 4).for_each(|row| still.push_row(row).unwrap());
    while still.step() {}
    assert!(content_of(&file, b"VP8L") == still.into_bytes().unwrap());
    assert!(info(&file).unwrap().header.animation.is_none() && !file.windows(4).any(|id| id == b"VP8X"));
    let file = encode((23, 18), 4, &frames, lossy(80));
    assert!(decode(&file).unwrap().image.channels == 4 && info(&file).unwrap().frames == 1);
}

#[test]
fn equal_frames_are_merged_as_long_as_their_time_fits() {
    let canvas = picture(20, 10, 3).data;
    let frames = [(16_000_000, canvas.clone()), (700_000, canvas.clone()), (77_216, canvas)];
    let played = play(&encode((20, 10), 3, &frames, LOSSLESS)).unwrap();
    let times: Vec<_> = played.frames.iter().map(|(duration, _)| *duration).collect();
    assert_eq!(times, [16_700_000, 77_216]);
    assert!(played.frames[0].1 == played.frames[1].1);
}

#[test]
fn metadata_stands_where_it_belongs() {
    let mut encoder = Encoder::new(20, 10, false).unwrap();
    for canvas in [picture(20, 10, 3).data, vec![7; 600]] {
        canvas.chunks(60).for_each(|row| encoder.push_row(row).unwrap());
        encoder.end_frame(10, LOSSLESS).unwrap();
        while encoder.step().unwrap() {}
    }
    assert!(encoder.held() > 200 && encoder.work() > 10_000);
    let attached = Attached { icc: Some(b"profile"), exif: Some(b"II*\0"), xmp: Some(b"<x/>") };
    let file = encoder.finish(0, &attached).unwrap().concat();
    assert_eq!(file.len() as u64 - 8, u64::from(u32::from_le_bytes(file[4..8].try_into().unwrap())));
    let info = info(&file).unwrap();
    assert_eq!((info.icc, info.exif, info.xmp), (attached.icc, attached.exif, attached.xmp));
    assert_eq!((info.frames, info.header.animation.unwrap().loops, info.header.alpha), (2, 0, false));
    assert_eq!(frames_of(&file).len(), 2);
}

#[test]
fn mistakes_of_callers_are_errors() {
    assert!(matches!(Encoder::new(0, 5, false), Err(EncodeError::Dimensions { .. })));
    assert!(matches!(Encoder::new(5, 16_384, false), Err(EncodeError::Dimensions { .. })));
    let mut encoder = Encoder::new(2, 1, false).unwrap();
    assert_eq!(encoder.end_frame(1, LOSSLESS), Err(EncodeError::Unfinished));
    assert_eq!(encoder.push_row(&[0; 5]), Err(EncodeError::RowLength { expected: 6, given: 5 }));
    encoder.push_row(&[0; 6]).unwrap();
    assert_eq!(encoder.push_row(&[0; 6]), Err(EncodeError::TooManyRows));
    assert_eq!(encoder.finish(0, &Attached::default()), Err(EncodeError::Unfinished));
}
