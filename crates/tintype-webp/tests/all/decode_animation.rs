//! Animations: every way to blend and to dispose, chunks, damage, and limits.

use crate::common::animation::*;
use crate::common::bits::*;
use crate::common::*;
use tintype_webp::decode::{Damage, DecodeError, Decoder, DecoderConfig, Drawn, Flaw, Frame};

const SIZE: (usize, usize) = (23, 18);

#[test]
fn every_frame_is_what_a_compositor_of_the_formulas_makes() {
    for seed in 0..20 {
        let parts = parts(seed, SIZE, 9);
        let played = play(&file_of(&parts, SIZE, seed as u16)).unwrap();
        assert_eq!((played.size, played.loops, played.flaw), (SIZE, seed as u16, None));
        assert_eq!(played.frames.len(), parts.len());
        for ((part, expected), (duration, canvas)) in
            parts.iter().zip(composited(&parts, SIZE)).zip(&played.frames)
        {
            assert_eq!(*duration, part.duration);
            assert!(largest_visible_difference(canvas, &expected) <= 1, "seed {seed}");
        }
    }
}

#[test]
fn lossy_frames_with_alpha_are_drawn_as_they_decode_alone() {
    let mut chance = Chance(5);
    let mut encode = |width: usize, height: usize| {
        let image = patch(&mut chance, width, height);
        let file = crate::common::encode::encode_rgba(&image);
        let decoded = decode(&file).unwrap().image;
        (file, decoded)
    };
    let (first, second) = (encode(24, 18), encode(9, 7));
    let frame = |file: &[u8]| {
        [chunk(b"ALPH", &content_of(file, b"ALPH")), chunk(b"VP8 ", &content_of(file, b"VP8 "))].concat()
    };
    let file = riff(&[
        (b"VP8X", &vp8x(ANIMATED | ALPHA, 24, 18)),
        (b"ANIM", &[0; 6]),
        (b"ANMF", &anmf(0, 0, (24, 18), true, &frame(&first.0))),
        (b"ANMF", &anmf(4, 6, (9, 7), true, &frame(&second.0))),
    ]);
    let part = |image: Image, x, y| Part { image, x, y, blend: true, dispose: false, duration: 100 };
    let expected = composited(&[part(first.1, 0, 0), part(second.1, 4, 6)], (24, 18));
    let played = play(&file).unwrap();
    for ((_, canvas), expected) in played.frames.iter().zip(&expected) {
        assert!(largest_visible_difference(canvas, expected) <= 1);
    }
}

#[test]
fn every_chunking_gives_the_same_frames_and_the_same_work() {
    let file = file_of(&parts(3, SIZE, 6), SIZE, 0);
    let whole = play(&file).unwrap();
    for sizes in [&[1][..], &[2, 3, 5], &[7], &[64, 1], &[1000]] {
        assert!(play_chunked(&file, sizes, roomy()).unwrap() == whole, "{sizes:?}");
    }
}

#[test]
fn chunks_between_frames_and_in_them_are_passed_over() {
    let image = write(&picture(6, 4, 4));
    let inner =
        [chunk(b"JUNK", b"abc"), chunk(b"VP8L", &content_of(&image, b"VP8L")), chunk(b"MORE", b"x")].concat();
    let mut frame = anmf(0, 0, (6, 4), false, &inner);
    frame.push(0);
    let file = riff(&[
        (b"VP8X", &vp8x(ANIMATED | ALPHA | HAS_EXIF, 6, 4)),
        (b"ANIM", &[0, 0, 0, 0, 3, 0, 9]),
        (b"ANMF", &frame),
        (b"JUNK", b"?"),
        (b"ANMF", &frame),
        (b"EXIF", b"II*\0"),
        (b"XMP ", b"<x/>"),
    ]);
    for sizes in [&[usize::MAX][..], &[1]] {
        let played = play_chunked(&file, sizes, roomy()).unwrap();
        assert_eq!((played.loops, played.frames.len(), played.flaw), (3, 2, None));
        assert!(played.frames[0] == played.frames[1] && played.frames[0].1 == picture(6, 4, 4).data);
    }
    // All of it at once, with its end.
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.feed(&file);
    decoder.finish();
    decoder.header().unwrap();
    let mut animation = decoder.into_animation().unwrap();
    let mut frames = 0;
    while let Frame::Begun { .. } = animation.next_frame().unwrap() {
        while animation.next_row().unwrap() == Drawn::Row {}
        frames += 1;
    }
    assert_eq!((frames, animation.damage()), (2, None));
}

#[test]
fn a_file_that_is_cut_short_shows_the_frames_before_the_cut() {
    let file = file_of(&parts(3, SIZE, 6), SIZE, 0);
    let whole = play(&file).unwrap();
    let mut most = 0;
    for length in 0..file.len() {
        let Ok(played) = play(&file[..length]) else {
            assert_eq!(most, 0, "the first frame was there already");
            continue;
        };
        let complete = played.frames.len() - usize::from(played.flaw.is_some() && !played.frames.is_empty());
        assert!(played.frames[..complete] == whole.frames[..complete], "{length}");
        assert!(played.frames.len() >= most, "{length}");
        most = played.frames.len();
        let refusing = DecoderConfig { damage: Damage::Refuse, ..roomy() };
        let refused = play_chunked(&file[..length], &[usize::MAX], refusing);
        assert_eq!(refused.is_err(), played.flaw.is_some(), "{length}");
    }
    assert_eq!(most, 6);
}

#[test]
fn a_later_frame_that_is_damaged_leaves_the_canvas_and_the_rest_goes_on() {
    let parts = parts(8, SIZE, 4);
    let file = file_of(&parts, SIZE, 0);
    let at = file.windows(4).enumerate().filter(|(_, id)| id == b"VP8L").nth(1).unwrap().0;
    let mut broken = file.clone();
    broken[at + 8 + 6..at + 8 + 12].fill(0xFF);
    let played = play(&broken).unwrap();
    assert_eq!((played.frames.len(), played.flaw), (4, Some(Flaw::BadData)));
    // A frame that does not fit on the canvas ends the animation.
    let at = file.windows(4).enumerate().filter(|(_, id)| id == b"ANMF").nth(2).unwrap().0;
    let mut outside = file.clone();
    outside[at + 8] = 200;
    let played = play(&outside).unwrap();
    assert_eq!((played.frames.len(), played.flaw), (2, Some(Flaw::BadData)));
    let refusing = DecoderConfig { damage: Damage::Refuse, ..roomy() };
    assert!(matches!(play_chunked(&outside, &[999], refusing), Err(DecodeError::Malformed { .. })));
}

#[test]
fn the_canvas_and_frames_are_held_against_the_limit() {
    let file = file_of(&parts(3, (200, 100), 6), (200, 100), 0);
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.feed(&file);
    decoder.header().unwrap();
    let predicted = decoder.predicted_animation_memory().unwrap();
    assert!((80_000..2_000_000).contains(&predicted), "{predicted}");
    for (max_memory, fits) in [(79_000, false), (100_000, false), (3_000_000, true)] {
        let config = DecoderConfig { max_memory, ..DecoderConfig::default() };
        let played = play_chunked(&file, &[500], config);
        assert_eq!(played.is_ok(), fits, "{max_memory}");
        assert!(fits || matches!(played, Err(DecodeError::Memory { .. })));
    }
}

#[test]
fn stills_have_no_frames() {
    let mut decoder = Decoder::new(DecoderConfig::default());
    decoder.feed(&write(&picture(6, 4, 4)));
    decoder.header().unwrap();
    assert!(matches!(decoder.into_animation(), Err(DecodeError::Order(_))));
}
