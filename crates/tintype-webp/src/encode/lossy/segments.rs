//! Segments: quality and quantisers, and which macroblocks get which.

use super::header::SegmentHeader;
use super::macroblock::Source;
use super::store::SMALL;
use crate::vp8::quantize::{Factors, Quantizer};

/// The quantiser index of a quality.
fn index(quality: u8) -> u8 {
    // Linear up to 75, twice as steep from there on, and then the cube root.
    let quality = u64::from(quality.min(100));
    let linear = if quality < 75 { quality * 2 * 10000 / 3 } else { (2 * quality - 100) * 10000 };
    let target = linear * 1_000_000 * 1_000_000;
    // The cube root of a share of a million, in millionths.
    let mut root = 0u64;
    for bit in (0..20).rev() {
        let next = root | 1 << bit;
        if next * next * next <= target {
            root = next;
        }
    }
    (127 * (1_000_000 - root.min(1_000_000)) / 1_000_000) as u8
}

/// The quantiser indices of a frame.
pub(super) fn indices(quality: u8) -> Quantizer {
    Quantizer {
        y_ac: index(quality),
        y_dc_delta: -6,
        y2_dc_delta: -3,
        y2_ac_delta: -3,
        uv_dc_delta: -8,
        uv_ac_delta: -2,
    }
}

/// The parameters of segments: the busier, the coarser.
pub(super) fn segments(quality: u8) -> [SegmentHeader; 4] {
    let base = i32::from(index(quality));
    let offsets = [-9, -4, 5, 12];
    offsets.map(|offset| {
        let quantizer = (base + offset * (base + 20) / 64).clamp(0, 127) as u8;
        SegmentHeader { quantizer, filter: (quantizer as i32 * 20 / 100).clamp(0, 63) as u8 }
    })
}

/// Most bytes that a macroblock's coefficients take in store, and roughly the most when they are written.
pub(super) fn max_tokens(quality: u8) -> [usize; 2] {
    let indices = indices(quality);
    let factors = segments(quality).map(|segment| Factors::new(&indices, segment.quantizer.into()));
    let least = factors.iter().flat_map(|factors| [factors.y[1], factors.uv[1]]).min().unwrap_or(4).max(4);
    // A block's coefficients have 64 times the energy of its pixels' differences, so that few can be large.
    const ENERGY: i32 = 64 * 255 * 255 + 100_000;
    let large = i32::from(SMALL) * least;
    let many = 1 + (ENERGY / (large * large)).min(15) as usize;
    // The ends of 25 blocks, 384 coefficients of a byte, and a second one of those that are large.
    let stored = 25 + 384 + 24 * many + 16;
    // Only the values that small steps leave take more bits than a byte has.
    [stored, if least >= 10 { stored } else { stored + stored / 4 }]
}

/// The segment of a macroblock, by the variance of its luminance.
pub(super) fn choose(source: &Source) -> u8 {
    let variance = activity(&source.y);
    [15, 90, 450].into_iter().filter(|&limit| variance >= limit as u32).count() as u8
}

/// The mean variance of blocks of 8x8 pixels.
fn activity(luma: &[[u8; 16]; 16]) -> u32 {
    let mut total = 0;
    for rows in luma.as_chunks::<8>().0 {
        let (mut sums, mut squares) = ([0u32; 16], [0u32; 16]);
        for row in rows {
            for ((sum, square), &pixel) in sums.iter_mut().zip(&mut squares).zip(row) {
                *sum += u32::from(pixel);
                *square += u32::from(pixel) * u32::from(pixel);
            }
        }
        for (sums, squares) in sums.as_chunks::<8>().0.iter().zip(squares.as_chunks::<8>().0) {
            let (sum, square) = (sums.iter().sum::<u32>(), squares.iter().sum::<u32>());
            total += square - sum * sum / 64;
        }
    }
    total / 256
}
