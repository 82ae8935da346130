//! Plays any bytes as an animation, whole and in chunks: both must agree, and what is held must stay within the limit.
//! What was shown is encoded without loss and played again: it must be the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tintype_webp::decode::{DecodeError, Decoder, DecoderConfig, Drawn, Frame};
use tintype_webp::encode::animation::{Attached, Coding, Encoder};
use tintype_webp::encode::lossless::{Config, Effort};

/// Pixels of all frames that are played: more would only be slow.
const MOST_PIXELS: u64 = 1 << 20;

/// What was shown: the size, and each frame's time and canvas.
type Film = ((u32, u32), Vec<(u32, Vec<u8>)>, bool);

fuzz_target!(|input: &[u8]| {
    let Some((&size, file)) = input.split_last() else { return };
    let chunk = usize::from(size) * usize::from(size) / 16 + 1;
    let whole = play(file, usize::MAX);
    assert!(play(file, chunk) == whole, "chunks make a difference");
    let Ok(Some((size, frames, _))) = whole else { return };
    if frames.is_empty() || size.0 > 16_383 || size.1 > 16_383 {
        return;
    }
    let coding = Coding::Lossless(Config { effort: Effort::Fast, ..Config::default() });
    let mut encoder = Encoder::new(size.0, size.1, true).unwrap();
    for (duration, canvas) in &frames {
        canvas.chunks(4 * size.0 as usize).for_each(|row| encoder.push_row(row).unwrap());
        encoder.end_frame(*duration, coding).unwrap();
        while encoder.step().unwrap() {}
    }
    let file = encoder.finish(0, &Attached::default()).unwrap().concat();
    let expected = merged(&frames);
    if expected.len() == 1 {
        return;
    }
    let (again, frames, damaged) = play(&file, usize::MAX).unwrap().unwrap();
    assert!(again == size && !damaged && merged(&frames) == expected);
});

/// Plays a file; nothing if it is a still, or too large.
fn play(file: &[u8], chunk: usize) -> Result<Option<Film>, DecodeError> {
    let mut chunks = file.chunks(chunk.min(file.len().max(1)));
    let mut decoder = Decoder::new(DecoderConfig { max_memory: 24 << 20, ..DecoderConfig::default() });
    let (width, height, animated) = loop {
        if let Some(header) = decoder.header()? {
            break (header.width, header.height, header.animation.is_some());
        }
        match chunks.next() {
            Some(chunk) => decoder.feed(chunk),
            None => decoder.finish(),
        }
    };
    let pixels = u64::from(width) * u64::from(height);
    if !animated || pixels > MOST_PIXELS / 4 {
        return Ok(None);
    }
    let mut animation = decoder.into_animation()?;
    let (mut frames, mut begun) = (Vec::new(), None);
    loop {
        let wants = match begun {
            None => match animation.next_frame()? {
                Frame::Begun { duration } => {
                    begun = Some(duration);
                    false
                }
                Frame::NeedInput => true,
                Frame::Done => break,
            },
            Some(duration) => match animation.next_row()? {
                Drawn::Row => false,
                Drawn::NeedInput => true,
                Drawn::Done => {
                    frames.push((duration, animation.canvas().to_vec()));
                    begun = None;
                    if frames.len() as u64 * pixels > MOST_PIXELS {
                        break;
                    }
                    false
                }
            },
        };
        if wants {
            match chunks.next() {
                Some(chunk) => animation.feed(chunk),
                None => animation.finish(),
            }
        }
    }
    Ok(Some((animation.size(), frames, animation.damage().is_some())))
}

/// Frames with equal neighbours as one, and without the colours of what is transparent. Times are not merged beyond the
/// longest, which is left to the tests.
fn merged(frames: &[(u32, Vec<u8>)]) -> Vec<Vec<u8>> {
    let visible = |canvas: &Vec<u8>| -> Vec<u8> {
        canvas
            .chunks(4)
            .flat_map(|pixel| if pixel[3] == 0 { [0; 4] } else { [pixel[0], pixel[1], pixel[2], pixel[3]] })
            .collect()
    };
    let mut merged: Vec<Vec<u8>> = frames.iter().map(|(_, canvas)| visible(canvas)).collect();
    merged.dedup();
    merged
}
