//! Decoding never holds more than it predicts.

use crate::common::*;
use peak_memory::most_held;
use tintype_jpeg::decode::{Decoder, Output, Row, Scale, Step};

/// The most that decoding in chunks of 4 KiB holds, and what was predicted.
fn held(file: &[u8], scale: Scale, output: Output) -> (u64, u64) {
    let (predicted, most) = most_held(|| decode_in_chunks(file, scale, output));
    (most, predicted)
}

/// The bytes predicted for what it does.
fn decode_in_chunks(file: &[u8], scale: Scale, output: Output) -> u64 {
    let mut decoder = Decoder::new(roomy());
    let mut chunks = file.chunks(4096);
    let mut feed = |decoder: &mut Decoder| match chunks.next() {
        Some(chunk) => decoder.feed(chunk),
        None => decoder.finish(),
    };
    while decoder.header().unwrap().is_none() {
        feed(&mut decoder);
    }
    let predicted = decoder.predicted_memory(scale, output).unwrap();
    decoder.start(scale, output).unwrap();
    loop {
        let more = match output {
            Output::Interleaved | Output::Inks => match decoder.next_row().unwrap() {
                Row::Pixels(_) => continue,
                Row::NeedInput => true,
                Row::Done => false,
            },
            _ => match decoder.next_strip().unwrap() {
                Step::Strip(_) => continue,
                Step::NeedInput => true,
                Step::Done => false,
            },
        };
        if !more {
            return predicted;
        }
        feed(&mut decoder);
    }
}

#[test]
fn decoding_never_holds_more_than_it_predicts() {
    for channels in [1, 3, 4] {
        let image = picture(250, 170, channels);
        for sampling in [(1, 1), (2, 2), (4, 1)] {
            for progressive in [false, true] {
                let file = write(&image, Writing { sampling, progressive, ..PLAIN });
                for scale in [1, 2, 3, 8].into_iter().filter_map(Scale::eighths) {
                    for output in
                        [Output::Interleaved, Output::Inks, Output::Planar, Output::PlanarSubsampled]
                    {
                        let (held, predicted) = held(&file, scale, output);
                        assert!(
                            held <= predicted,
                            "{held} > {predicted}: {sampling:?} {progressive} {scale:?}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn a_baseline_image_holds_as_much_however_high_it_is() {
    let held = [100, 1000].map(|height| {
        let file = write(&picture(200, height, 3), Writing { sampling: (2, 2), ..PLAIN });
        held(&file, Scale::FULL, Output::Planar).0
    });
    assert!(held[0].abs_diff(held[1]) < 4096, "{held:?}");
}

#[test]
fn an_eighth_of_a_progressive_image_holds_two_bytes_a_block() {
    let file = write(&picture(800, 600, 1), Writing { progressive: true, ..PLAIN });
    let (eighth, full) =
        (held(&file, Scale::EIGHTH, Output::Planar).0, held(&file, Scale::FULL, Output::Planar).0);
    let blocks = 100 * 75;
    assert!(full - eighth > blocks * (136 - 2), "{eighth} and {full}");
    assert!(eighth < blocks * 2 + 320 * 1024);
}
