//! Encoding never holds more than it predicts.

use peak_memory::most_held;
use tintype_webp::encode::lossless::{AlphaEncoder, Config, Effort, Encoder};

const EFFORTS: [Effort; 3] = [Effort::Fast, Effort::Default, Effort::Best];

/// Rows of noise, of a gradient, of one colour, of few colours, or of noise that repeats.
fn row(kind: usize, y: usize, length: usize, seed: &mut u32) -> Vec<u8> {
    let mut noise = || {
        *seed = seed.wrapping_mul(1664525).wrapping_add(1013904223);
        (*seed >> 24) as u8
    };
    let values = 0..length;
    match kind {
        0 => values.map(|_| noise()).collect(),
        1 => values.map(|at| (at / 3 + y) as u8).collect(),
        2 => vec![77; length],
        3 => values.map(|at| if (at / 9 * 7 + y / 5) % 11 < 4 { 255 } else { 10 }).collect(),
        _ => values.map(|at| ((at % 97) * (at % 97) * (1 + y % 3)) as u8 ^ (noise() >> 7)).collect(),
    }
}

#[test]
fn encoding_never_holds_more_than_it_predicts() {
    for (width, height) in [(1, 1), (40, 30), (1, 3000), (5000, 2), (300, 200)] {
        for (kind, channels, effort) in (0..5)
            .flat_map(|kind| [3, 4].into_iter().flat_map(move |c| EFFORTS.map(|effort| (kind, c, effort))))
        {
            if width * height > 50_000 && (effort == Effort::Best) != (channels == 4) {
                continue;
            }
            let near_lossless = if kind == 1 { 100 } else { 40 };
            let config = Config { effort, near_lossless, ..Config::default() };
            let mut seed = 5;
            let rows: Vec<_> = (0..height).map(|y| row(kind, y, width * channels, &mut seed)).collect();
            let predicted = Encoder::memory(width as u32, height as u32, channels == 4, config);
            let ((), most) = most_held(|| {
                let mut encoder = Encoder::new(width as u32, height as u32, channels == 4, config).unwrap();
                rows.iter().for_each(|row| encoder.push_row(row).unwrap());
                while encoder.step() {}
                assert!(!encoder.into_bytes().unwrap().is_empty());
            });
            assert!(
                most <= predicted,
                "{width}x{height}x{channels}, {kind}, {effort:?}: {most} of {predicted}"
            );
        }
    }
}

#[test]
fn a_pixel_takes_at_most_sixteen_bytes() {
    let memory = |side| Encoder::memory(side, side, true, Config::default());
    assert!(memory(3000) < 16 * 9_000_000, "{}", memory(3000));
    assert!(memory(300) < 16 * 90_000 + (3 << 20), "{}", memory(300));
}

#[test]
fn encoding_alpha_never_holds_more_than_it_predicts() {
    for kind in 0..5 {
        for effort in EFFORTS {
            let mut seed = 9;
            let predicted = AlphaEncoder::memory(300, 200, effort);
            let ((), most) = most_held(|| {
                let plane = (0..200).flat_map(|y| row(kind, y, 300, &mut seed)).collect();
                let mut encoder = AlphaEncoder::new(plane, 300, 200, effort).unwrap();
                while encoder.step() {}
                assert!(!encoder.into_bytes().unwrap().is_empty());
            });
            assert!(most <= predicted, "{kind}, {effort:?}: {most} of {predicted}");
        }
    }
}
