//! Animations never hold more than is predicted: canvases and one frame, but not the film.

use crate::common::animation::{Shown, canvases_of_noise};
use peak_memory::most_held;
use tintype_webp::decode::{Decoder, DecoderConfig, Drawn, Frame};
use tintype_webp::encode::animation::{Attached, Coding, Encoder};
use tintype_webp::encode::{lossless, lossy};

const CODINGS: [Coding; 2] = [
    Coding::Lossless(lossless::Config { effort: lossless::Effort::Fast, near_lossless: 100, exact: false }),
    Coding::Lossy(lossy::Config { quality: 90, effort: lossless::Effort::Fast, sharp_chroma: false }),
];

/// The file, and the most that encoding held beyond what was predicted for one frame and counted for those before it.
fn encoded((width, height): (u32, u32), alpha: bool, frames: &[Shown], coding: Coding) -> (Vec<u8>, isize) {
    let channels = if alpha { 4 } else { 3 };
    let before = peak_memory::held();
    let mut encoder = Encoder::new(width, height, alpha).unwrap();
    let predicted = Encoder::memory(width, height, alpha, &coding) as isize;
    let mut worst = isize::MIN;
    for (duration, canvas) in frames {
        let (held, begun) = (encoder.held() as isize, peak_memory::held() - before);
        let ((), most) = most_held(|| {
            canvas.chunks(channels * width as usize).for_each(|row| encoder.push_row(row).unwrap());
            encoder.end_frame(*duration, coding).unwrap();
            while encoder.step().unwrap() {}
        });
        worst = worst.max(begun + most as isize - held - predicted);
    }
    (encoder.finish(0, &Attached::default()).unwrap().concat(), worst)
}

#[test]
fn encoding_holds_two_canvases_one_frame_and_what_is_encoded() {
    for (size, alpha) in [((64, 40), true), ((64, 40), false), ((300, 200), true), ((17, 400), false)] {
        for coding in CODINGS {
            let (_, excess) = encoded(size, alpha, &canvases_of_noise(size, alpha, 5), coding);
            assert!(excess <= 0, "{size:?} {alpha} {coding:?}: {excess}");
        }
    }
}

/// The frames of a film that arrives in chunks of 4 KiB, and the bytes predicted for playing it.
fn play(file: &[u8]) -> (u32, u64) {
    let mut decoder = Decoder::new(DecoderConfig::default());
    let mut chunks = file.chunks(4096);
    while decoder.header().unwrap().is_none() {
        decoder.feed(chunks.next().unwrap());
    }
    let predicted = decoder.predicted_animation_memory().unwrap();
    let mut animation = decoder.into_animation().unwrap();
    // What is coded without loss may need more for its codes, and counts it.
    animation.set_max_memory(predicted + (256 << 10));
    let mut frames = 0;
    loop {
        match animation.next_frame().unwrap() {
            Frame::Begun { .. } => (),
            Frame::Done => break,
            Frame::NeedInput => {
                match chunks.next() {
                    Some(chunk) => animation.feed(chunk),
                    None => animation.finish(),
                }
                continue;
            }
        }
        loop {
            match animation.next_row().unwrap() {
                Drawn::Row => (),
                Drawn::Done => break,
                Drawn::NeedInput => match chunks.next() {
                    Some(chunk) => animation.feed(chunk),
                    None => animation.finish(),
                },
            }
        }
        frames += 1;
    }
    (frames, predicted)
}

#[test]
fn decoding_holds_a_canvas_and_one_frame() {
    for (size, alpha) in [((64, 40), true), ((300, 200), true), ((300, 200), false)] {
        for coding in CODINGS {
            let most = [3, 12].map(|count| {
                let (file, _) = encoded(size, alpha, &canvases_of_noise(size, alpha, count), coding);
                let ((frames, predicted), most) = most_held(|| play(&file));
                assert_eq!(frames, count);
                assert!(most <= predicted + (256 << 10), "{size:?} {coding:?}: {most} of {predicted}");
                most
            });
            // However long the film is.
            assert!(most[1] < most[0] + most[0] / 8 + 4096, "{size:?} {coding:?}: {most:?}");
        }
    }
}
